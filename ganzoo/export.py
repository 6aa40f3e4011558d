"""SavedModels for TensorFlow Serving: `OUT/<name>/<version>/`, and how a server is to load them.

A SavedModel holds the model's `signatures` (see `ganzoo.models.signatures`) as graphs of
TensorFlow's own operations: to load and run it takes no Python and nothing of ganzoo. Served are
the moving averages; discriminators have their raw weights, as `gan.score` does.

`networks` writes the networks one by one, for runtimes that know no signatures.

Beside the graphs, `assets.extra/` holds what TensorFlow Serving replays when it loads the model
(`tf_serving_warmup_requests`) and the ranges of all tensors (`signatures.json`).
"""

import json
import pathlib
import re

import keras
import numpy as np
import tensorflow as tf
from google.protobuf import text_format
from tensorflow_serving.apis import prediction_log_pb2
from tensorflow_serving.config import model_server_config_pb2

from ganzoo import checksums, files
from ganzoo.layers import inference_form
from ganzoo.models.requests import check_integer
from ganzoo.registry import unknown

EXTRA = "assets.extra"
WARMUP = f"{EXTRA}/tf_serving_warmup_requests"
RANGES = f"{EXTRA}/signatures.json"
MODELS_CONFIG = "models.config"
BATCHING_CONFIG = "batching.config"
FORMATS = {"litert": "tflite", "onnx": "onnx"}  # Keras's names, and the files' endings
SERVED_AT = "/models"  # where the server's container has the folder OUT

BATCHING = """\
# For tensorflow_model_server --enable_batching: requests that come together run together.
# A server that batches refuses inputs without a batch dimension, so the signature `sample`.
max_batch_size { value: 64 }
batch_timeout_micros { value: 2000 }
max_enqueued_batches { value: 100 }
num_batch_threads { value: 2 }
allowed_batch_sizes: [1, 2, 4, 8, 16, 32, 64]
"""


def export(gan, name, out, version=None):
    """Writes `out/name/version/`, and adds the model to `out/models.config`.

    Args:
        gan: a model.
        name: of the model, for the server: letters, digits, `_`, `-` and `.`.
        out: folder of all exports; it is made if need be.
        version: int >= 1, new for this name; None for one more than the last. TensorFlow Serving
            serves the greatest.

    Returns:
        The folder of the SavedModel, a `pathlib.Path`.

    Raises:
        ValueError: for a bad name or version.
        FileExistsError: if that version exists.
        OSError: if it cannot be written; then nothing is left behind.
    """
    _check_name(name)
    out = pathlib.Path(out).expanduser()
    if version is None:
        version = max(versions(out / name), default=0) + 1
    folder = out / name / str(check_integer("version", version, 1))
    with files.whole_folder(folder) as temporary:
        write(gan, name, temporary)
    served = sorted(p.name for p in out.iterdir() if versions(p))
    files.write(out / MODELS_CONFIG, models_config(served).encode())
    if not (out / BATCHING_CONFIG).exists():
        files.write(out / BATCHING_CONFIG, BATCHING.encode())
    return folder


def networks(gan, name, out, kind):
    """Writes `out/name/kind/<network>.<ending>`, one file for each network's inference form.

    Keras exports a model's one function to these formats, from floats to floats: a system's
    signatures, which draw random numbers and choose between networks, stay with SavedModels.

    Args:
        gan, name, out: as for `export`.
        kind: "litert" (TensorFlow Lite) or "onnx" (needs the package `tf2onnx`).

    Returns:
        The folder, a `pathlib.Path`.

    Raises:
        ValueError: for another kind, or a bad name.
        FileExistsError: if the folder exists.
        OSError: if it cannot be written; then nothing is left behind.
    """
    _check_name(name)
    if kind not in FORMATS:
        raise ValueError(unknown("kind", kind, FORMATS))
    folder = pathlib.Path(out).expanduser() / name / kind
    with files.whole_folder(folder) as temporary:
        for network_name, network in gan.networks_for(True).items():
            path = temporary / f"{network_name}.{FORMATS[kind]}"
            specs = [
                keras.InputSpec(shape=(None, *i.shape[1:]), dtype=i.dtype, name=i.name)
                for i in network.inputs
            ]
            inference_form(network).export(
                str(path),
                format=kind,
                verbose=False,
                input_signature=[specs] if len(specs) > 1 else specs,
            )
        checksums.write(temporary)
    return folder


def versions(folder):
    """The versions of a model's exports, ints, sorted."""
    if not folder.is_dir():
        return []
    return sorted(int(p.name) for p in folder.iterdir() if p.name.isdecimal())


def write(gan, name, folder):
    """Writes a model's SavedModel into `folder`, with its ranges, warm-up and checksums."""
    signatures = signatures_of(gan)
    archive = keras.export.ExportArchive()
    for key, signature in signatures.items():
        specs = [tf.TensorSpec(i.shape, i.dtype, n) for n, i in signature.inputs.items()]
        archive.add_endpoint(key, signature.function, specs)
    archive.write_out(folder, verbose=False)
    (folder / EXTRA).mkdir()
    (folder / RANGES).write_text(json.dumps(ranges(signatures), indent=1) + "\n")
    with tf.io.TFRecordWriter(str(folder / WARMUP)) as writer:
        for record in warmup(signatures, name):
            writer.write(record.SerializeToString())
    checksums.write(folder)


def signatures_of(gan):
    """A model's signatures, computed by its networks' inference forms: dict of name to
    `Signature`."""
    forms = {}

    def inferring(networks):
        for network in networks.values():
            if id(network) not in forms:
                forms[id(network)] = inference_form(network)
        return {n: forms[id(network)] for n, network in networks.items()}

    served, raw = (inferring(gan.networks_for(average)) for average in (True, False))
    return gan.signatures(served, raw)


def ranges(signatures):
    """What signatures' tensors may hold, as a dict for JSON: signature, "inputs" or "outputs",
    and name to a text."""
    return {
        key: {
            "inputs": {n: i.meaning for n, i in signature.inputs.items()},
            "outputs": signature.outputs,
        }
        for key, signature in signatures.items()
    }


def warmup(signatures, name):
    """Requests for a server to replay when it loads the model: one for each signature, with one
    row; none for those that a server with batching would refuse, since it would not load then.

    Yields:
        `PredictionLog`.
    """
    for key, signature in signatures.items():
        if all(i.is_batch for i in signature.inputs.values()):
            log = prediction_log_pb2.PredictionLog()
            request = log.predict_log.request
            request.model_spec.name, request.model_spec.signature_name = name, key
            for n, array in examples(signature, 1).items():
                request.inputs[n].CopyFrom(tf.make_tensor_proto(array, dtype=array.dtype))
            yield log


def examples(signature, rows, seed=0):
    """Inputs that are in range: dict of name to array."""
    rng = np.random.default_rng(seed)
    return {n: i.example(rng, rows) for n, i in signature.inputs.items()}


def _check_name(name):
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name):
        raise ValueError(
            f"`name` must be of letters, digits, '_', '-' and '.', not first. Received: {name!r}"
        )


def models_config(names):
    """A server's list of models, as text; paths as its container sees them."""
    config = model_server_config_pb2.ModelServerConfig()
    for name in names:
        config.model_config_list.config.add(
            name=name, base_path=f"{SERVED_AT}/{name}", model_platform="tensorflow"
        )
    return text_format.MessageToString(config)
