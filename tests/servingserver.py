"""A server on the loopback that answers as TensorFlow Serving does, over gRPC by Serving's own
service definition and over REST by its documented JSON, from SavedModels."""

import concurrent.futures
import contextlib
import http.server
import json
import re
import threading
import time

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from ganzoo import savedmodels


class Service(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Predict and GetModelMetadata of SavedModels: dict of name to folder."""

    def __init__(self, folders):
        self.folders, self.delay = folders, 0
        self.loaded = {name: tf.saved_model.load(str(folder)) for name, folder in folders.items()}

    def _model(self, spec, context):
        if spec.name not in self.loaded or (spec.HasField("version") and spec.version.value != 1):
            text = f"Servable not found for request: Latest({spec.name})"
            context.abort(grpc.StatusCode.NOT_FOUND, text)
        return self.loaded[spec.name]

    def GetModelMetadata(self, request, context):
        self._model(request.model_spec, context)
        answer = get_model_metadata_pb2.GetModelMetadataResponse(model_spec=request.model_spec)
        found = get_model_metadata_pb2.SignatureDefMap()
        for name, signature in savedmodels.signature_defs(
            self.folders[request.model_spec.name]
        ).items():
            found.signature_def[name].CopyFrom(signature)
        answer.metadata["signature_def"].Pack(found)
        return answer

    def Predict(self, request, context):
        time.sleep(self.delay)
        model = self._model(request.model_spec, context)
        name = request.model_spec.signature_name or "serving_default"
        if name not in model.signatures:
            text = f'Serving signature key "{name}" not found.'
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, text)
        signature = savedmodels.signature_defs(self.folders[request.model_spec.name])[name]
        if set(signature.inputs) != set(request.inputs):
            text = "input size does not match signature"
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, text)
        inputs = {n: tf.make_ndarray(t) for n, t in request.inputs.items()}
        for n, info in signature.inputs.items():
            assert request.inputs[n].dtype == info.dtype, n
        try:
            outputs = model.signatures[name](**{n: tf.constant(a) for n, a in inputs.items()})
        except tf.errors.InvalidArgumentError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, error.message)
        answer = predict_pb2.PredictResponse(model_spec=request.model_spec)
        for n, array in outputs.items():
            answer.outputs[n].CopyFrom(tf.make_tensor_proto(array.numpy()))
        return answer


class Abort(Exception):
    """What a gRPC context raises, for the REST side."""

    def abort(self, code, text):
        raise Abort(code, text)


STATUS = {"NOT_FOUND": 404, "INVALID_ARGUMENT": 400, "FAILED_PRECONDITION": 400}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        def metadata(name, version):
            request = get_model_metadata_pb2.GetModelMetadataRequest()
            fill(request.model_spec, name, version)
            answer = self.server.service.GetModelMetadata(request, Abort())
            found = get_model_metadata_pb2.SignatureDefMap()
            answer.metadata["signature_def"].Unpack(found)
            signatures = json_format.MessageToDict(found, preserving_proto_field_name=True)
            return {"model_spec": {"name": name}, "metadata": {"signature_def": signatures}}

        self._answer(r"/v1/models/([^/:]+)(?:/versions/(\d+))?/metadata", metadata)

    def do_POST(self):
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))

        def predict(name, version):
            request = predict_pb2.PredictRequest()
            fill(request.model_spec, name, version)
            request.model_spec.signature_name = content["signature_name"]
            folder = self.server.service.folders.get(name)
            signature = savedmodels.signature_defs(folder)[content["signature_name"]]
            for n, value in content["inputs"].items():
                dtype = tf.dtypes.as_dtype(signature.inputs[n].dtype)
                request.inputs[n].CopyFrom(tf.make_tensor_proto(value, dtype))
            answer = self.server.service.Predict(request, Abort())
            outputs = {n: tf.make_ndarray(t).tolist() for n, t in answer.outputs.items()}
            return {"outputs": outputs if len(outputs) > 1 else next(iter(outputs.values()))}

        self._answer(r"/v1/models/([^/:]+)(?:/versions/(\d+))?:predict", predict)

    def _answer(self, pattern, method):
        match = re.fullmatch(pattern, self.path)
        try:
            status, body = (
                (200, method(*match.groups())) if match else (404, {"error": "Malformed"})
            )
        except Abort as error:
            status, body = STATUS[error.args[0].name], {"error": error.args[1]}
        data = json.dumps(body).encode()
        with contextlib.suppress(BrokenPipeError):
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)


def fill(spec, name, version):
    spec.name = name
    if version is not None:
        spec.version.value = int(version)


@contextlib.contextmanager
def running(folders):
    """The service, and its two URLs by "http" and "grpc"."""
    service = Service(folders)
    rpc = grpc.server(
        concurrent.futures.ThreadPoolExecutor(2),
        options=[("grpc.max_receive_message_length", -1)],
    )
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(service, rpc)
    port = rpc.add_insecure_port("127.0.0.1:0")
    rpc.start()
    rest = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    rest.daemon_threads, rest.service = True, service
    threading.Thread(target=rest.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield (
            service,
            {
                "http": f"http://127.0.0.1:{rest.server_port}",
                "grpc": f"grpc://127.0.0.1:{port}",
            },
        )
    finally:
        rest.shutdown()
        rest.server_close()
        rpc.stop(None)


def as_input(array):
    """An array of strings as a client would have it."""
    return array.astype(str) if array.dtype == np.dtype(object) else array
