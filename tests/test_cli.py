"""The command line: what it writes, and one line for each error."""

import resource
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from conftest import pictures, small

import ganzoo
from ganzoo import cli


@pytest.fixture
def model(tmp_path):
    ganzoo.save(small("wgan_gp"), tmp_path / "mine")
    return str(tmp_path / "mine")


def run(*arguments, **options):
    command = [sys.executable, "-m", "ganzoo.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


def test_list_and_info_do_without_tensorflow():
    code = (
        "import sys, ganzoo; from ganzoo import cli; cli.main(['list']);"
        "cli.main(['info', 'wgan_gp_cifar10']);"
        "print({'tensorflow', 'keras'} & set(sys.modules))"
    )
    lines = subprocess.check_output([sys.executable, "-c", code], text=True).splitlines()
    assert lines[-1] == "set()"
    assert [line.split()[0] for line in lines[1 : 1 + len(ganzoo.list_models())]] == (
        ganzoo.list_models()
    )
    assert any(line.split() == ["images", "32x32x3"] for line in lines)


def test_help_of_train_names_its_flags():
    done = run("train", "--help")
    assert done.returncode == 0 and "--recipe" in done.stdout and "--max_minutes" in done.stdout


def test_sample_writes_a_grid_an_archive_or_a_folder(model, tmp_path, capsys):
    expected = ganzoo.load(model).sample(5, seed=3)
    for out in ("grid.png", "x.npz", "folder/"):
        arguments = ["sample", model, "--num=5", "--seed=3", "--out", f"{tmp_path}/{out}"]
        cli.main(arguments)
        assert "5 images" in capsys.readouterr().out
    grid = tf.io.decode_png((tmp_path / "grid.png").read_bytes())
    assert grid.shape == (2 * (2 * 10 - 2), 2 * (3 * 10 - 2), 3)
    assert np.array_equal(grid[:16:2, :16:2], expected[0])
    assert np.array_equal(np.load(tmp_path / "x.npz")["images"], expected)
    files = sorted((tmp_path / "folder").iterdir())
    assert [f.name for f in files] == [f"{i:06d}.png" for i in range(5)]
    assert np.array_equal(tf.io.decode_png(files[4].read_bytes()), expected[4])


def test_translate_takes_a_folder_or_a_file(picture_folder, tmp_path, capsys):
    cyclegan, stargan = small("cyclegan"), small("stargan", domains=("day", "night"))
    images = pictures(100)
    for gan, name, to in ((cyclegan, "direction", "yx"), (stargan, "domain", "night")):
        model = tmp_path / name
        ganzoo.save(gan, model)
        out = tmp_path / f"{name}.npz"
        arguments = ["translate", str(model), str(picture_folder), f"--{name}={to}", f"--out={out}"]
        cli.main(arguments)
        assert "100 images translated" in capsys.readouterr().out
        assert np.array_equal(np.load(out)["images"], gan.translate(images, to))
        one = ["translate", str(model), f"{picture_folder}/007.png", f"--{name}={to}"]
        cli.main([*one, f"--out={tmp_path}/one-{name}/"])
        translated = tf.io.decode_png((tmp_path / f"one-{name}" / "000000.png").read_bytes())
        assert np.abs(translated - gan.translate(images[7:8], to)[0].astype(int)).max() <= 1
        wrong = {"direction": "domain", "domain": "direction"}[name]
        with pytest.raises(SystemExit, match=f"error: `{name}` must be given, one of"):
            cli.main([*one[:3], f"--{wrong}={to}"])
        with pytest.raises(SystemExit, match=f"error: `{name}` must be one of"):
            cli.main([*one[:3], f"--{name}=zz"])
    with pytest.raises(SystemExit, match="`name` must be a model that can sample"):
        cli.main(["sample", str(model)])


def test_translate_refuses_a_model_that_samples(model, picture_folder):
    with pytest.raises(SystemExit, match="`name` must be a model that can translate"):
        cli.main(["translate", model, str(picture_folder), "--domain=x"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["wgan_gb_cifar10"], "Did you mean 'wgan_gp_cifar10'"),
        (["{model}", "--num=0"], "`num` must be at least 1. Received: 0"),
        (["{model}", "--truncation=0"], "`truncation` must be"),
        (["{model}", "--out=x.gif"], "`out` must end in .png, .npz or /. Received: 'x.gif'"),
        (["{model}", "--out={tmp}/no/x.png"], "cannot write"),
        (["{model}", "--out={model}/"], "exists; choose another name"),
    ],
)
def test_errors_are_one_line_and_leave_nothing(arguments, message, model, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    arguments = [a.format(model=model, tmp=tmp_path) for a in arguments]
    with pytest.raises(SystemExit) as stop:
        cli.main(["sample", *arguments])
    assert str(stop.value).startswith("error: ") and message in str(stop.value)
    assert "\n" not in str(stop.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_num_that_is_no_number_is_a_usage_error(model, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["sample", model, "--num=x"])
    assert stop.value.code == 2 and "--num: invalid int value: 'x'" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["grid.png", "x.npz", "folder/"])
def test_a_disk_that_is_full_leaves_nothing(out, model, tmp_path):
    def limit():  # any file beyond 100 bytes fails to be written
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    done = run("sample", model, "--out", f"{tmp_path}/{out}", preexec_fn=limit)
    assert done.returncode == 1
    error = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(error) == 1 and "cannot write" in error[0] and "Traceback" not in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]
