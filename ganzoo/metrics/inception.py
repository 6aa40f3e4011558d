"""TF-GAN's Inception, on which scores are called FID, KID and Inception score."""

import hashlib
import pathlib

import numpy as np
import tensorflow as tf

from ganzoo import tfgan
from ganzoo.metrics.features import Features

SIDE = 299


class Inception(Features):
    """The canonical graph, from TensorFlow Hub or a SavedModel folder with the same signature.

    It takes float images (num, 299, 299, 3) in [-1, 1] and answers with a dict of "pool_3",
    2,048 features, and "logits", 1,008 of them. Images are resized as TF-GAN's evaluations do it,
    bilinearly without antialiasing or half-pixel centres; grey ones stand for three equal
    channels.

    Args:
        path: of the folder; None to fetch TF-GAN's from TensorFlow Hub.

    Raises:
        ValueError: for a folder that is no such model, or a model that cannot be fetched.
    """

    metric_names = {
        "frechet_distance": "FID",
        "kernel_distance": "KID",
        "classifier_score": "IS",
    }
    name = "inception"
    image_shape = (SIDE, SIDE, 3)
    resize = f"bilinear (TensorFlow 1) to {SIDE}x{SIDE}"

    def __init__(self, path=None):
        import tensorflow_hub

        where = path or tfgan.module("eval.inception_metrics").INCEPTION_TFHUB
        what = "`inception` must be the folder of a SavedModel such as TF-GAN's"
        if path is not None and not (pathlib.Path(path).expanduser() / "saved_model.pb").is_file():
            raise ValueError(f"{what}, holding saved_model.pb. Received: {str(path)!r}")
        try:
            folder = tensorflow_hub.resolve(str(pathlib.Path(path).expanduser()) if path else where)
            self._module = tensorflow_hub.load(folder)
            answers = self._module(tf.zeros((1, *self.image_shape)))
            sizes = {k: int(np.prod(answers[k].shape[1:])) for k in ("pool_3", "logits")}
        except Exception as error:  # whatever TensorFlow Hub and a foreign graph raise
            raise ValueError(
                f"{what}: called with (num, {SIDE}, {SIDE}, 3) floats it gives 'pool_3' and "
                f"'logits'. Received: {str(where)!r} ({type(error).__name__}: "
                f"{str(error).strip().splitlines()[0][:200]}); without a network, fetch it "
                "elsewhere and name its folder"
            ) from error
        if min(sizes.values()) < 2:
            raise ValueError(f"{what}. Received: {str(where)!r}, with outputs of sizes {sizes}")
        self.sha256 = _sha256(pathlib.Path(folder))

    def __call__(self, images):
        images = np.asarray(images)
        if images.ndim == 4 and images.shape[-1] == 1:
            images = np.repeat(images, 3, -1)
        return super().__call__(images)

    def answers(self, images):
        outputs = self._module(tf.compat.v1.image.resize_bilinear(images, (SIDE, SIDE)))
        return [tf.reshape(outputs[k], (len(images), -1)) for k in ("pool_3", "logits")]


def _sha256(folder):
    """One checksum of a folder: of its files' names and bytes, in order."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
