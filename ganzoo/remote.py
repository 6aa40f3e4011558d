"""Models behind TensorFlow Serving, over REST or gRPC.

    model = remote.Model("http://localhost:8501", "wgan_gp_cifar10")    # or grpc://localhost:8500
    images = model("sample", num=64, seed=7, truncation=0)["images"]

The server says what its model offers; inputs are checked against that before they are sent.
"""

import dataclasses
import urllib.parse

import numpy as np

from ganzoo.registry import unknown

DTYPES = {  # TensorFlow's names
    "DT_FLOAT": np.dtype("float32"),
    "DT_INT32": np.dtype("int32"),
    "DT_INT64": np.dtype("int64"),
    "DT_UINT8": np.dtype("uint8"),
    "DT_STRING": np.dtype(object),
}
SCHEMES = ("http", "https", "grpc", "grpcs")


class ServerError(OSError):
    """A server that cannot be reached, or an error that it answered, in one line."""


@dataclasses.dataclass(frozen=True)
class Tensor:
    """A tensor of a signature: dtype, and shape with None where any number of rows may be."""

    dtype: np.dtype
    shape: tuple


@dataclasses.dataclass(frozen=True)
class Signature:
    """A signature that a server offers: dicts of name to `Tensor`."""

    inputs: dict
    outputs: dict


class Model:
    """A model of a server.

    Args:
        url: "http://HOST:PORT" or "https://..." for REST, "grpc://HOST:PORT" or "grpcs://..." for
            gRPC; TensorFlow Serving's ports are 8501 and 8500.
        name: of the model.
        version: int; None for the newest.
        timeout: seconds above 0 to wait for each answer.

    Attributes:
        signatures: dict of name to `Signature`, as the server says.

    Raises:
        ValueError: for another URL or time-out.
        ServerError: if the server cannot be reached, or has no such model.
    """

    def __init__(self, url, name, version=None, timeout=60.0):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.netloc:
            allowed = ", ".join(f"{scheme}://HOST:PORT" for scheme in SCHEMES)
            raise ValueError(f"`url` must be one of {allowed}. Received: {url!r}")
        if not timeout > 0:
            raise ValueError(f"`timeout` must be above 0 seconds. Received: {timeout!r}")
        transport = _Rest if parts.scheme.startswith("http") else _Grpc
        self._transport = transport(url, name, version, timeout)
        self.signatures = self._transport.signatures()

    def __call__(self, signature, **inputs):
        """Runs a signature.

        Args:
            signature: one of `signatures`.
            **inputs: arrays, or what NumPy makes arrays of.

        Returns:
            Dict of output to array.

        Raises:
            ValueError: for an unknown signature or input, or an input of another shape or dtype.
            ServerError: for an error of the server.
        """
        if signature not in self.signatures:
            raise ValueError(unknown("signature", signature, self.signatures))
        wanted = self.signatures[signature]
        if set(inputs) != set(wanted.inputs):
            raise ValueError(
                f"`inputs` of {signature!r} must be {sorted(wanted.inputs)}. "
                f"Received: {sorted(inputs)}"
            )
        arrays = {n: _fitting(n, v, wanted.inputs[n]) for n, v in inputs.items()}
        return self._transport.predict(signature, arrays, wanted)


class _Rest:
    def __init__(self, url, name, version, timeout):
        at = f"/versions/{version}" if version is not None else ""
        self.url = f"{url.rstrip('/')}/v1/models/{urllib.parse.quote(name, safe='')}{at}"
        self.timeout = timeout

    def signatures(self):
        found = self._ask("GET", "/metadata")["metadata"]["signature_def"]["signature_def"]

        def tensor(info):
            sizes = [int(d["size"]) for d in info["tensor_shape"].get("dim", [])]
            return _tensor(info["dtype"], sizes)

        return _signatures(found, lambda s, side: s.get(side, {}), tensor)

    def predict(self, signature, arrays, wanted):
        body = {
            "signature_name": signature,
            "inputs": {n: a.tolist() for n, a in arrays.items()},
        }
        outputs = self._ask("POST", ":predict", json=body)["outputs"]
        if len(wanted.outputs) == 1:  # then the server leaves its name out
            outputs = dict.fromkeys(wanted.outputs, outputs)
        return {n: np.asarray(outputs[n], t.dtype) for n, t in wanted.outputs.items()}

    def _ask(self, method, path, **content):
        import requests

        try:
            answer = requests.request(method, self.url + path, timeout=self.timeout, **content)
        except requests.Timeout as error:
            raise ServerError(_late(self.url, self.timeout)) from error
        except requests.RequestException as error:
            raise ServerError(f"{self.url} cannot be reached") from error
        try:
            found = answer.json()
        except ValueError as error:
            raise ServerError(
                f"{self.url} answers HTTP {answer.status_code}, and no JSON: it is no TensorFlow "
                "Serving, or its port for gRPC"
            ) from error
        if not answer.ok:
            raise ServerError(f"{self.url}: {_line(found.get('error', found))}")
        return found


class _Grpc:
    def __init__(self, url, name, version, timeout):
        import grpc
        from tensorflow_serving.apis import prediction_service_pb2_grpc

        parts = urllib.parse.urlsplit(url)
        options = [(f"grpc.max_{way}_message_length", -1) for way in ("send", "receive")]
        if parts.scheme == "grpcs":
            channel = grpc.secure_channel(parts.netloc, grpc.ssl_channel_credentials(), options)
        else:
            channel = grpc.insecure_channel(parts.netloc, options)
        self.stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        self.url, self.name, self.version, self.timeout = url, name, version, timeout

    def signatures(self):
        from tensorflow.core.framework import types_pb2
        from tensorflow_serving.apis import get_model_metadata_pb2

        request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
        answer = self._ask(self.stub.GetModelMetadata, request)
        found = get_model_metadata_pb2.SignatureDefMap()
        answer.metadata["signature_def"].Unpack(found)

        def tensor(info):
            sizes = [d.size for d in info.tensor_shape.dim]
            return _tensor(types_pb2.DataType.Name(info.dtype), sizes)

        return _signatures(found.signature_def, getattr, tensor)

    def predict(self, signature, arrays, wanted):
        import tensorflow as tf
        from tensorflow_serving.apis import predict_pb2

        request = predict_pb2.PredictRequest()
        request.model_spec.signature_name = signature
        for name, array in arrays.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(array))
        answer = self._ask(self.stub.Predict, request)
        return {n: tf.make_ndarray(answer.outputs[n]) for n in wanted.outputs}

    def _ask(self, method, request):
        import grpc

        request.model_spec.name = self.name
        if self.version is not None:
            request.model_spec.version.value = self.version
        try:
            return method(request, timeout=self.timeout)
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
                raise ServerError(_late(self.url, self.timeout)) from error
            if error.code() == grpc.StatusCode.UNAVAILABLE:
                raise ServerError(f"{self.url} cannot be reached") from error
            raise ServerError(f"{self.url}: {_line(error.details())}") from error


def _signatures(found, side_of, tensor):
    """Signatures from a server's; TensorFlow's own, for initialisation, left out."""
    return {
        name: Signature(
            {n: tensor(t) for n, t in side_of(s, "inputs").items()},
            {n: tensor(t) for n, t in side_of(s, "outputs").items()},
        )
        for name, s in found.items()
        if not name.startswith("__")
    }


def _tensor(dtype, sizes):
    if dtype not in DTYPES:
        raise ServerError(f"the model has a tensor of a dtype that is not ganzoo's: {dtype}")
    return Tensor(DTYPES[dtype], tuple(None if size < 0 else size for size in sizes))


def _fitting(name, value, tensor):
    """A value as an array of a tensor's dtype and shape, if it is one without loss."""
    array = np.asarray(value)
    if array.dtype.kind in "US":
        array = array.astype(object)
    fits = len(array.shape) == len(tensor.shape) and all(
        wanted in (None, size) for size, wanted in zip(array.shape, tensor.shape, strict=True)
    )
    if tensor.dtype == object:
        castable = array.dtype == object
    else:
        castable = array.dtype.kind in "iuf" and bool(np.all(array.astype(tensor.dtype) == array))
        castable |= array.dtype.kind == tensor.dtype.kind == "f"
    if not (fits and castable):
        raise ValueError(
            f"`{name}` must be {np.dtype(tensor.dtype).name} of shape {tensor.shape}. "
            f"Received: {array.dtype.name} {array.shape}"
        )
    return array.astype(tensor.dtype)


def _late(url, timeout):
    return f"{url} gave no answer within {timeout:g} s"


def _line(text):
    return " ".join(str(text).split())
