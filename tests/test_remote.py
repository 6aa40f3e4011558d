"""The client against a server that speaks TensorFlow Serving's protocols, over exports."""

import re
import subprocess
import sys

import numpy as np
import pytest
import servingserver
from conftest import pictures, small
from exports import assert_equal, by_keras, signatures_of, stir

import ganzoo
from ganzoo import cli, export, remote

SYSTEMS = ("hali", "stargan", "cyclegan")  # every kind of signature
SHIPPED = "dcgan_fashion_mnist"


@pytest.fixture(scope="module")
def models():
    return {system: stir(small(system)) for system in SYSTEMS}


@pytest.fixture(scope="module")
def server(models, exported, tmp_path_factory):
    """The service and its URLs."""
    out = tmp_path_factory.mktemp("served")
    folders = {name: export.export(gan, name, out) for name, gan in models.items()}
    with servingserver.running(folders | {SHIPPED: exported(SHIPPED)}) as running:
        yield running


@pytest.fixture(params=["http", "grpc"])
def url(request, server):
    return server[1][request.param]


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_signature_answers_as_keras_does(url, models, name):
    model = remote.Model(url, name)
    signatures = signatures_of(models[name])
    assert set(model.signatures) == set(signatures)
    for key, signature in signatures.items():
        inputs = export.examples(signature, 3)
        sent = {n: servingserver.as_input(v) for n, v in inputs.items()}
        assert_equal(model(key, **sent), by_keras(models[name], key, inputs))


def test_a_seed_gives_the_same_images_as_in_python(url):
    model = remote.Model(url, SHIPPED, version=1)
    images = model("sample", num=5, seed=2**61, truncation=0)["images"]
    assert np.array_equal(images, ganzoo.load(SHIPPED).sample(5, seed=2**61))


@pytest.mark.parametrize(
    ("key", "inputs", "message"),
    [
        ("smaple", {}, "`signature` must be one of .*Did you mean 'sample'.*Received: 'smaple'"),
        ("sample", {"num": 1}, "`inputs` of 'sample' must be .*'seed'.*Received: .'num'."),
        ("sample", {"num": 1.5, "seed": 1, "truncation": 0}, "`num` must be int32 of shape"),
        (
            "sample",
            {"num": [1], "seed": 1, "truncation": 0},
            r"`num` must be .*Received: int64 \(1,",
        ),
        ("sample", {"num": 1, "seed": "x", "truncation": 0}, "`seed` must be int64"),
        ("generate", {"latents": np.zeros((1, 3))}, "`latents` must be float32 of shape"),
        ("discriminate", {"images": np.full((1, 28, 28, 1), 256)}, "`images` must be uint8 of"),
    ],
)
def test_what_does_not_fit_is_not_sent(url, key, inputs, message):
    with pytest.raises(ValueError, match=message):
        remote.Model(url, SHIPPED)(key, **inputs)


def test_the_server_s_errors_come_in_one_line(url, server, monkeypatch):
    model = remote.Model(url, SHIPPED)
    with pytest.raises(
        remote.ServerError, match="`num` must be from 1 to 1024. Received:"
    ) as error:
        model("sample", num=0, seed=1, truncation=0)
    assert "\n" not in str(error.value)
    with pytest.raises(remote.ServerError, match="Servable not found.*nothing"):
        remote.Model(url, "nothing")
    with pytest.raises(remote.ServerError, match="Servable not found"):
        remote.Model(url, SHIPPED, version=7)
    monkeypatch.setattr(server[0], "delay", 1)
    impatient = remote.Model(url, SHIPPED, timeout=0.3)
    with pytest.raises(remote.ServerError, match=r"gave no answer within 0.3 s"):
        impatient("sample", num=1, seed=1, truncation=0)
    with pytest.raises(remote.ServerError, match="^grpc://127.0.0.1:9 cannot be reached|^http"):
        remote.Model(re.sub(r":\d+$", ":9", url), SHIPPED)


@pytest.mark.parametrize("wrong", ["localhost:8501", "ftp://localhost", "http://"])
def test_urls_of_no_server(wrong):
    with pytest.raises(ValueError, match="`url` must be one of http://HOST:PORT.*Received: "):
        remote.Model(wrong, "x")
    with pytest.raises(ValueError, match="`timeout` must be above 0 seconds. Received: 0"):
        remote.Model("http://localhost:1", "x", timeout=0)


def test_the_command_line(url, models, picture_folder, tmp_path, capsys):
    cli.main(["remote", url, "signatures", SHIPPED])
    shown = capsys.readouterr().out
    assert "generate: latents float32 (num, 100) -> images float32 (num, 28, 28, 1)" in shown
    out = tmp_path / "x.npz"
    cli.main(["remote", url, "sample", SHIPPED, "--num=3", "--seed=5", f"--out={out}"])
    assert np.array_equal(np.load(out)["images"], ganzoo.load(SHIPPED).sample(3, seed=5))
    (tmp_path / "few").mkdir()
    for file in sorted(picture_folder.iterdir())[:4]:
        file.rename(tmp_path / "few" / file.name)
    few, images = str(tmp_path / "few"), pictures(100)[:4]
    for name, action, way, choice in (
        ("stargan", "translate", "--domain=happy", {"domain": "happy"}),
        ("cyclegan", "translate", "--direction=1", {"direction": "yx"}),
        ("hali", "reconstruct", "--level=2", {"level": 2}),
    ):
        out = tmp_path / f"{name}.npz"
        cli.main(["remote", url, action, name, few, way, f"--out={out}"])
        expected = getattr(models[name], action)(images, **choice)
        assert np.array_equal(np.load(out)["images"], expected)
    with pytest.raises(SystemExit, match="error: `name` must be a model that can translate"):
        cli.main(["remote", url, "translate", SHIPPED, few])


def test_rest_needs_no_tensorflow(server):
    code = (
        "import sys; from ganzoo import remote; m = remote.Model(*sys.argv[1:3]);"
        "print(m('sample', num=2, seed=1, truncation=0)['images'].shape);"
        "print({'tensorflow', 'keras'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, server[1]["http"], SHIPPED]
    lines = subprocess.check_output(command, text=True).splitlines()
    assert lines[0].startswith("(2, ") and lines[1] == "set()"
