"""Do the scores order what is plainly ordered? Real CIFAR-10 images, spoiled in several ways.

    python benchmarks/ordering.py

Each set of images against the training split, on our CIFAR-10 features: the test split, the same
after JPEG of quality 75, with normal noise of 20 grey levels, only the automobiles of the training
split (5,000), and uniform noise. Prints the table of docs/scores.md.
"""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

from ganzoo import data, pretrained
from ganzoo.metrics import features, scores

NAMES = ("frechet_distance", "kernel_distance", "precision", "recall", "classifier_score")


def spoiled(data_dir=None):
    """Sets of uint8 images by name, from the best to the worst."""
    size = (32, 32, 3)
    test = data.load_images("cifar10", size, "test", data_dir)
    automobiles, _ = data.load_labelled("cifar10", size, ["automobile"], "train", data_dir)
    rng = np.random.default_rng(0)
    noise = np.clip(np.round(test + rng.normal(0, 20, test.shape)), 0, 255).astype(np.uint8)
    return {
        "test split": test,
        "test split, JPEG quality 75": np.stack([_jpeg(image) for image in test]),
        "test split, noise of 20 grey levels": noise,
        "automobiles only": automobiles,
        "uniform noise": rng.integers(0, 256, test.shape).astype(np.uint8),
    }


def _jpeg(image):
    return tf.io.decode_jpeg(tf.io.encode_jpeg(image, quality=75)).numpy()


def samples():
    """10,000 samples of each model that ships, by name."""
    names = pretrained.list_models()
    suited = [n for n in names if pretrained.read(n, pretrained.RECIPE)["dataset"] == "cifar10"]
    return {f"`{n}`": pretrained.load(n).sample(10_000, seed=0) for n in suited}


def measure(sets):
    """The scores: dict of set to dict of name to `Score`."""
    network = features.load("cifar10")
    reference = network.reference("train")
    found = {}
    for name, images in sets.items():
        answers = network(images)
        found[name] = {n: scores.score(n, reference, answers) for n in NAMES}
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data_dir")
    found = measure(spoiled(parser.parse_args().data_dir) | samples())
    print("| images | " + " | ".join(NAMES) + " |")
    print("|---" * (1 + len(NAMES)) + "|")
    for name, values in found.items():
        cells = [
            f"{s.value:.4g} ({s.interval[0]:.4g} to {s.interval[1]:.4g})" for s in values.values()
        ]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
