"""Networks whose features scores are measured on: ours, shipped, and Inception.

A feature network of ours is a folder in `weights/features`: a Keras model, the statistics of its
answers to real images (`reference_train.npz`, `reference_test.npz`), record.json and SHA256SUMS.
Scores on it keep general names; only with Inception are they called FID, KID and IS.
"""

import dataclasses
import functools
import json
import pathlib

import keras
import numpy as np
import tensorflow as tf

import ganzoo.layers  # noqa: F401 (a saved network names them)
from ganzoo import checksums, paths
from ganzoo.metrics.classification import marginal
from ganzoo.metrics.frechet import Moments
from ganzoo.metrics.kernel import squared_distances
from ganzoo.models.requests import to_float
from ganzoo.registry import unknown

FEATURES = paths.WEIGHTS / "features"
BATCH = 250
KEPT = 10_000  # real images whose features a reference holds one by one
# Real pairs closer than all but this share of pairs count as duplicates.
DUPLICATES = 1e-6


@dataclasses.dataclass(frozen=True)
class Answers:
    """A feature network's answers: float32 features (num, size) and logits (num, classes); these,
    divided by the temperature, are calibrated."""

    features: np.ndarray
    logits: np.ndarray
    temperature: float = 1.0


@dataclasses.dataclass(frozen=True)
class Reference:
    """What is known of a split of real images.

    Attributes:
        split: its name.
        moments: of the features of all its images.
        features: float32 (num, size), of at most KEPT of them, evenly spread.
        probabilities: (classes,), mean of p(y|x).
        shares: (classes,), of the most probable classes.
        duplicate_distance: between features; DUPLICATES of the pairs are closer.
    """

    split: str
    moments: Moments
    features: np.ndarray
    probabilities: np.ndarray
    shares: np.ndarray
    duplicate_distance: float

    @classmethod
    def of(cls, answers, split):
        """The reference from a network's answers to a split's images."""
        num = len(answers.features)
        kept = answers.features[np.linspace(0, num - 1, min(num, KEPT)).astype(int)]
        classes = answers.logits.shape[1]
        counts = np.bincount(answers.logits.argmax(1), minlength=classes)
        return cls(
            split,
            Moments.of(answers.features),
            kept,
            marginal(answers.logits),
            counts / counts.sum(),
            _quantile_of_distances(kept, DUPLICATES),
        )

    def save(self, path):
        """Writes an .npz; single features as float16."""
        np.savez_compressed(
            path,
            mean=self.moments.mean,
            covariance=self.moments.covariance,
            num=self.moments.num,
            features=self.features.astype(np.float16),
            probabilities=self.probabilities,
            shares=self.shares,
            duplicate_distance=self.duplicate_distance,
        )

    @classmethod
    def load(cls, path, split):
        with np.load(path, allow_pickle=False) as file:
            return cls(
                split,
                Moments(file["mean"], file["covariance"], int(file["num"])),
                file["features"].astype(np.float32),
                file["probabilities"],
                file["shares"],
                float(file["duplicate_distance"]),
            )


class Features:
    """A network that answers to images with features and logits.

    Attributes:
        name: of the network.
        sha256: of its weights.
        image_shape: (height, width, channels) that it wants.
        resize: how images of other sizes are brought to it, in words.
        temperature: by which its logits are to be divided for calibrated probabilities.
        metric_names: what scores on its features are called, where not by their general names.
    """

    temperature = 1.0
    metric_names = {}

    def __call__(self, images):
        """`Answers` to images, (num, height, width, channels), uint8 or float in [-1, 1].

        Raises:
            ValueError: for another number of channels, another dtype or range, or NaN.
        """
        shape = np.shape(images)
        sides = shape[1:3] if len(shape) == 4 else self.image_shape[:2]
        parts = []
        for start in range(0, max(len(images), 1), BATCH):
            batch = to_float(images[start : start + BATCH], (*sides, self.image_shape[2]))
            parts.append([v.numpy() for v in self.answers(tf.constant(batch))])
        arrays = (np.concatenate(p) for p in zip(*parts, strict=True))
        return Answers(*arrays, self.temperature)

    def answers(self, images):
        """Features and logits of float images in [-1, 1] of any size."""
        raise NotImplementedError

    def resize_of(self, image_shape):
        """What is done to images of a shape before the network, in words."""
        return "none" if tuple(image_shape[:2]) == self.image_shape[:2] else self.resize


class FeatureNetwork(Features):
    """A network of ours, loaded from its folder and verified; a `Features`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        checksums.verify(self.folder)
        self.name = self.folder.name
        self.sha256 = checksums.read(self.folder)["model.weights.h5"]
        self._model = keras.saving.load_model(self.folder)
        self._run = tf.function(lambda x: self._model(x, training=False), reduce_retracing=True)
        self.image_shape = tuple(self._model.input_shape[1:])
        record = self.folder / "record.json"
        self.temperature = json.loads(record.read_text())["temperature"] if record.exists() else 1.0
        self.resize = "bilinear with antialiasing to {}x{}".format(*self.image_shape[:2])

    @property
    def record(self):
        """Facts about the network: its accuracy and training."""
        return json.loads((self.folder / "record.json").read_text())

    def answers(self, images):
        if images.shape[1:3] != self.image_shape[:2]:
            images = tf.image.resize(images, self.image_shape[:2], antialias=True)
        outputs = self._run(images)
        return outputs["features"], outputs["logits"]

    def reference(self, split):
        """The shipped `Reference` of a split of its data set, "train" or "test"."""
        path = self.folder / f"reference_{split}.npz"
        if not path.is_file():
            there = sorted(p.stem.removeprefix("reference_") for p in self.folder.glob("*.npz"))
            raise ValueError(unknown("split", split, there))
        return Reference.load(path, split)


def names():
    """Names of the feature networks that come with ganzoo."""
    return sorted(p.parent.name for p in FEATURES.glob("*/config.json"))


@functools.cache
def load(name):
    """The feature network called `name`.

    Raises:
        ValueError: for an unknown name, or an altered file.
    """
    if name not in names():
        raise ValueError(unknown("features", name, [*names(), "inception"]))
    return FeatureNetwork(FEATURES / name)


def named(name=None, inception=None):
    """The `Features` called `name`, "inception" among them; None for None.

    Args:
        name: one of `names()`, or "inception".
        inception: path of TF-GAN's Inception, or None for TensorFlow Hub's.
    """
    if inception is not None or name == "inception":
        if name not in (None, "inception"):
            raise ValueError(
                f"`features` must be 'inception' if `inception` is given. Received: {name!r}"
            )
        from ganzoo.metrics.inception import Inception

        return Inception(inception)
    return None if name is None else load(name)


def _quantile_of_distances(rows, share):
    """The distance that `share` of the pairs of rows lie below."""
    rows = rows.astype(np.float64)
    pairs = len(rows) * (len(rows) - 1) // 2
    wanted = max(1, round(share * pairs))
    least = np.empty(0)
    for start in range(0, len(rows), 1000):
        distances = squared_distances(rows[start : start + 1000], rows)
        later = distances[np.arange(len(rows)) > np.arange(start, start + len(distances))[:, None]]
        least = np.concatenate([least, later])
        least = np.partition(least, wanted)[:wanted] if len(least) > wanted else least
    return float(np.sqrt(least.max()))
