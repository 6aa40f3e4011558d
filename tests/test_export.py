"""SavedModels: three ways to run them agree; page, warm-up, configurations are what they say."""

import re
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf
from conftest import pictures, shipped, small
from exports import (
    assert_equal,
    by_c,
    by_keras,
    by_reloading,
    compile_program,
    signatures_of,
    stir,
)
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from tensorflow_serving.apis import prediction_log_pb2
from tensorflow_serving.config import model_server_config_pb2

import ganzoo
from ganzoo import checksums, cli, export, registry, savedmodels
from ganzoo.layers import SpectralNormalization, inference_form

SHIPPED = ganzoo.list_models()


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    return compile_program(tmp_path_factory.mktemp("program"))


@pytest.mark.parametrize("name", shipped(costly=True))
def test_keras_the_reloaded_model_and_c_agree(name, exported, program, tmp_path, monkeypatch):
    monkeypatch.setattr("ganzoo.models.requests.PIXELS", 2**30)  # one batch is one batch
    gan, folder = ganzoo.load(name), exported(name)
    signatures = signatures_of(gan)
    requests = [
        (key, export.examples(signature, rows, seed))
        for seed, (key, signature) in enumerate(signatures.items())
        for rows in (1, 7, 64)
    ]
    answers, _, seconds = by_c(program, folder, requests, tmp_path)
    assert seconds[0] < 1, "the first answer comes within a second of loading"
    loaded = tf.saved_model.load(str(folder))
    for (key, inputs), answer in zip(requests, answers, strict=True):
        expected = by_keras(gan, key, inputs)
        assert_equal(by_reloading(loaded, key, inputs), expected)
        assert_equal(answer, expected)


def test_every_system_exports_all_that_it_does(system, program, tmp_path):
    gan = stir(small(system))
    folder = export.export(gan, system, tmp_path)
    checksums.verify(folder)
    signatures = signatures_of(gan)
    assert set(signatures) == set(savedmodels.signature_defs(folder))
    requests = [(k, export.examples(s, rows)) for k, s in signatures.items() for rows in (1, 5)]
    answers, _, _ = by_c(program, folder, requests, tmp_path)
    for (key, inputs), answer in zip(requests, answers, strict=True):
        assert_equal(answer, by_keras(gan, key, inputs))
    # Nothing that only training needs: no raw generators, statistics, singular vectors, optimizers.
    reader = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
    names = [n for n in reader.get_variable_to_shape_map() if not n.startswith("_CHECK")]
    saved = {reader.get_tensor(n).tobytes() for n in names}
    for name in [n for n in gan.averages if n.startswith("generator")]:
        for variable in inference_form(getattr(gan, name)).variables:
            assert variable.numpy().tobytes() not in saved


@pytest.mark.slow
def test_the_paper_s_networks_export_within_a_minute(system, program, tmp_path):
    gan = registry.get(system).create()
    start = time.monotonic()
    folder = export.export(gan, system, tmp_path)
    seconds = time.monotonic() - start
    request = "serving_default", export.examples(signatures_of(gan)["serving_default"], 1)
    _, loading, (first,) = by_c(program, folder, [request], tmp_path)
    size = sum(p.stat().st_size for p in folder.rglob("*")) / 2**20
    print(f"\n{system}: {size:.0f} MiB, export {seconds:.1f} s, load {loading:.2f} s, ", end="")
    print(f"first answer {first:.2f} s")
    assert seconds < 60


def test_domains_of_different_shapes_have_a_signature_for_each_way():
    gan = stir(small("cyclegan", target_channels=1, identity_weight=0.0))
    signatures = signatures_of(gan)
    ways = {"translate_xy", "translate_yx", "discriminate_x", "discriminate_y"}
    assert set(signatures) == {"serving_default", *ways}
    for key, signature in signatures.items():
        inputs = export.examples(signature, 2)
        outputs = signature.function(*map(tf.constant, inputs.values()))
        assert_equal({n: v.numpy() for n, v in outputs.items()}, by_keras(gan, key, inputs))


def test_attributes_may_be_asked_for_together():
    domains = (("young", "smiling"), ("day", "night", "dusk"))
    gan = stir(small("stargan", domains=domains, labels=("any_of", "one_of")))
    translate = signatures_of(gan)["translate"].function
    images = pictures(3)
    asked = ["smiling", "0,smiling", "dusk"]
    got = translate(tf.constant(images), tf.constant(asked))["images"].numpy()
    for i, domain in enumerate(["smiling", ["young", "smiling"], "dusk"]):
        assert np.array_equal(got[i], gan.translate(images, domain)[i])
    for wrong in ("day,night", "young,day", "young,", "old"):
        with pytest.raises(tf.errors.InvalidArgumentError, match="`domain` must be one"):
            translate(tf.constant(images[:1]), tf.constant([wrong]))


def test_folding_leaves_no_statistics_and_the_same_bytes(system):
    gan = stir(small(system))
    for name, network in gan.networks_for(True).items():
        folded = inference_form(network)
        kinds = {type(layer).__name__ for layer in folded._flatten_layers()}
        assert not kinds & {"SpectralNormalization", "BatchNormalization"}, name
        rng = np.random.default_rng(0)
        inputs = [rng.normal(size=(3, *i.shape[1:])).astype(np.float32) for i in network.inputs]
        before, after = (
            tf.nest.flatten(n(inputs if len(inputs) > 1 else inputs[0], training=False))
            for n in (network, folded)
        )
        for x, y in zip(before, after, strict=True):
            np.testing.assert_array_equal(x, y)
        sigmas = [n for n in network._flatten_layers() if isinstance(n, SpectralNormalization)]
        if sigmas:
            kernels = [v for v in folded.variables if v.path.endswith("kernel")]
            assert (
                len(kernels) == len(sigmas) == len([v for v in network.variables if "/u" in v.path])
            )


@pytest.fixture(scope="session")
def sections():
    """SavedModels.md's rows: name to a set of (signature, side, tensor, shape, dtype)."""
    found = {}
    for part in savedmodels.PAGE.read_text().split("\n## ")[1:]:
        name, *lines = part.splitlines()
        rows, key = set(), None
        for line in lines:
            cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
            if len(cells) == 6 and cells[1] in ("input", "output"):
                key = cells[0] or key
                rows.add((key, *cells[1:5]))
        found[name] = rows
    return found


SHOW = """
import sys
from tensorflow.python.tools import saved_model_cli
for folder in sys.argv[1:]:
    print("folder", folder)
    saved_model_cli.create_parser().parse_args(["show", "--dir", folder, "--all"]).func()
"""


def test_the_page_is_what_saved_model_cli_shows(exported, sections):
    folders = {str(exported(name)): name for name in SHIPPED}
    command = [sys.executable, "-c", SHOW, *folders]
    output = subprocess.check_output(command, text=True, stderr=subprocess.PIPE)
    shown, key = {name: set() for name in SHIPPED}, None
    for line in output.splitlines():
        if line.startswith("folder "):
            rows = shown[folders[line.split()[1]]]
        elif match := re.match(r"signature_def\['(\w+)'\]", line):
            key = match[1]
        elif match := re.match(r" +(in|out)puts\['(\w+)'\] tensor_info", line):
            side, tensor = f"{match[1]}put", match[2]
        elif match := re.match(r" +dtype: DT_(\w+)", line):
            dtype = {"FLOAT": "float32"}.get(match[1], match[1].lower())
        elif match := re.match(r" +shape: (.*)", line):
            shape = match[1].replace("-1", "num").replace("()", "scalar")
            shape = "(num,)" if shape == "(num)" else shape
            if not key.startswith("__"):
                rows.add((key, side, tensor, shape, dtype))
    assert shown == sections and all(shown.values())


def test_the_page_is_not_stale(exported):
    page = savedmodels.page({name: exported(name) for name in SHIPPED})
    assert savedmodels.PAGE.read_text() == page, "run `python -m ganzoo.savedmodels`"


@pytest.mark.parametrize("name", shipped(costly=True))
def test_warm_up_requests_are_prediction_logs_that_replay(name, exported):
    folder = exported(name)
    loaded = tf.saved_model.load(str(folder))
    replayed = []
    for record in tf.data.TFRecordDataset(str(folder / export.WARMUP)):
        log = prediction_log_pb2.PredictionLog.FromString(record.numpy())
        assert log.WhichOneof("log_type") == "predict_log"
        request = log.predict_log.request
        inputs = {n: tf.make_ndarray(t) for n, t in request.inputs.items()}
        outputs = by_reloading(loaded, request.model_spec.signature_name, inputs)
        assert all(len(array) == 1 for array in outputs.values())
        assert request.model_spec.name == name
        replayed.append(request.model_spec.signature_name)
    # A server with batching refuses scalars, and would not load the model.
    assert sorted(replayed) == sorted(set(loaded.signatures) - {"sample"})


def test_configurations_are_those_of_the_server(exported, shared):
    for name in SHIPPED:
        exported(name)
    config = model_server_config_pb2.ModelServerConfig()
    text_format.Parse((shared / export.MODELS_CONFIG).read_text(), config)
    models = {c.name: c.base_path for c in config.model_config_list.config}
    assert {n: models[n] for n in SHIPPED} == {n: f"/models/{n}" for n in SHIPPED}
    batching = text_format.Parse((shared / export.BATCHING_CONFIG).read_text(), _batching())
    assert batching.allowed_batch_sizes[-1] == batching.max_batch_size.value == 64
    assert list(batching.allowed_batch_sizes) == sorted(batching.allowed_batch_sizes)


def _batching():
    """TensorFlow Serving's `BatchingParameters` (session_bundle_config.proto), which the package
    of its interfaces leaves out."""
    from google.protobuf import wrappers_pb2

    file = descriptor_pb2.FileDescriptorProto(name="batching.proto", package="tensorflow.serving")
    file.dependency.append(wrappers_pb2.DESCRIPTOR.name)
    message = file.message_type.add(name="BatchingParameters")
    fields = ["max_batch_size", "batch_timeout_micros", "max_enqueued_batches", "num_batch_threads"]
    for number, name in enumerate(fields, 1):
        message.field.add(
            name=name, number=number, label=1, type=11, type_name=".google.protobuf.Int64Value"
        )
    message.field.add(name="allowed_batch_sizes", number=6, label=3, type=3)
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(
        pool.FindMessageTypeByName("tensorflow.serving.BatchingParameters")
    )()


def test_versions_count_up_and_none_is_overwritten(tmp_path, capsys):
    ganzoo.save(small("wgan_gp"), tmp_path / "mine")
    out = tmp_path / "out"
    cli.main(["export", str(tmp_path / "mine"), str(out)])
    assert f"mine written to {out}/mine/1" in capsys.readouterr().out
    cli.main(["export", str(tmp_path / "mine"), str(out), "--version=7"])
    before = sorted(out.rglob("*"))
    for arguments, message in (
        (["--version=7"], "7 exists"),
        (["--version=0"], "`version` must be at least 1. Received: 0"),
        (["--format=onnx", "--version=1"], "`version` must be left out"),
    ):
        with pytest.raises(SystemExit, match=f"error: .*{message}"):
            cli.main(["export", str(tmp_path / "mine"), str(out), *arguments])
    with pytest.raises(ValueError, match="`name` must be of letters.*Received: '../x'"):
        export.export(None, "../x", out)
    assert sorted(out.rglob("*")) == before
    assert (out / "models.config").read_text().count("config {") == 1


def test_a_failed_export_leaves_nothing(tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "ranges", full)
    with pytest.raises(OSError, match="cannot write .*1: No space left on device"):
        export.export(small("wgan_gp"), "mine", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("system", "key", "wrong", "message"),
    [
        ("wgan_gp", "sample", {"num": 0}, "`num` must be from 1 to 1024. Received:"),
        ("wgan_gp", "sample", {"num": 1025}, "`num` must be from 1 to 1024. Received:"),
        ("wgan_gp", "sample", {"truncation": -1}, "`truncation` must be 0 for none, or above"),
        ("cyclegan", "translate", {"direction": ["zz"]}, "`direction` must be one of .*'xy', 'yx'"),
        ("hali", "reconstruct", {"level": [3]}, "`level` must be 1 or 2. Received:"),
    ],
)
def test_servers_refuse_what_is_out_of_range(system, key, wrong, message):
    signature = signatures_of(small(system))[key]
    inputs = export.examples(signature, 1)
    inputs |= {n: np.asarray(v, inputs[n].dtype) for n, v in wrong.items()}
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        signature.function(*(tf.constant(v) for v in inputs.values()))
