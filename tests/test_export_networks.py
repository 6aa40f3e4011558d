"""Networks for TensorFlow Lite and ONNX: they load, and answer as Keras does."""

import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from conftest import small
from exports import stir

from ganzoo import checksums, export


@pytest.mark.parametrize("kind", ["litert", "onnx"])
def test_networks_for_other_runtimes_answer_the_same(kind, tmp_path):
    gan = stir(small("ali"))
    folder = export.networks(gan, "ali", tmp_path, kind)
    checksums.verify(folder)
    assert {p.stem for p in folder.iterdir()} == {"SHA256SUMS", *gan.network_names}
    rng = np.random.default_rng(0)
    for name, network in gan.networks_for(True).items():
        inputs = [rng.normal(size=(7, *i.shape[1:])).astype(np.float32) for i in network.inputs]
        expected = network(inputs if len(inputs) > 1 else inputs[0], training=False)
        if kind == "onnx":
            session = onnxruntime.InferenceSession(folder / f"{name}.onnx")
            fed = dict(zip((i.name for i in session.get_inputs()), inputs, strict=True))
            (answer,) = session.run(None, fed)
        else:
            interpreter = tf.lite.Interpreter(str(folder / f"{name}.tflite"))
            for detail in interpreter.get_input_details():
                rows = (7, *detail["shape"][1:])
                interpreter.resize_tensor_input(detail["index"], rows)
            interpreter.allocate_tensors()
            for detail in interpreter.get_input_details():
                (array,) = (i for i in inputs if i.shape[1:] == tuple(detail["shape"][1:]))
                interpreter.set_tensor(detail["index"], array)
            interpreter.invoke()
            answer = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        np.testing.assert_allclose(answer, expected, rtol=1e-4, atol=1e-4)


def test_another_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`kind` must be one of .*'onnx'.*Received: 'onxx'"):
        export.networks(small("dcgan"), "dcgan", tmp_path, "onxx")
    assert list(tmp_path.iterdir()) == []
