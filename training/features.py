"""Trains a feature network for the metrics: `python training/features.py --dataset cifar10`.

Stochastic gradient descent with Nesterov momentum, linear warm-up and cosine decay, label
smoothing 0.1, random crops from images padded by 2 (and flips, but for digits). Takes up from its
last epoch where it was interrupted. Writes `weights/features/DATASET`: the network, its reference
statistics of the splits `train` and `test`, and its accuracy, measured once, at the end.
"""

import pathlib
import time

import keras
import numpy as np
from absl import app, flags

from ganzoo import data
from ganzoo.data.images import tfds_examples
from ganzoo.data.labelled import load_labelled
from ganzoo.data.pipeline import random_crop, random_flip
from ganzoo.networks.classifier import classifier, whiten

FLAGS = flags.FLAGS
flags.DEFINE_enum("dataset", None, ["mnist", "fashion_mnist", "cifar10"], "What to train on.")
flags.DEFINE_string("run", "~/ganzoo-runs/features", "Folder for the state of the training.")
flags.DEFINE_string("data_dir", None, "TFDS's folder of prepared data sets; its default if unset.")
flags.mark_flags_as_required(["dataset"])

SHAPES = {"mnist": (28, 28, 1), "fashion_mnist": (28, 28, 1), "cifar10": (32, 32, 3)}
WIDTHS = {"mnist": 16, "fashion_mnist": 24, "cifar10": 32}
EPOCHS = {"mnist": 12, "fashion_mnist": 20, "cifar10": 24}
BATCH = 128
PADDING = 2


def train(name, read, run):
    """A trained classifier of a data set's training images."""
    keras.utils.set_random_seed(0)
    images, labels = read("train")
    model = classifier(SHAPES[name], int(labels.max()) + 1, WIDTHS[name], name=f"{name}_features")
    whiten(model, np.float32(images[:5000]) / 127.5 - 1)
    steps = len(images) // BATCH
    total = EPOCHS[name] * steps
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, total - total // 5, warmup_target=0.1, warmup_steps=total // 5
    )
    optimizer = keras.optimizers.SGD(rate, 0.9, nesterov=True, weight_decay=5e-3)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    to_logits = keras.Model(model.inputs, model.get_layer("logits").output)
    to_logits.compile(
        optimizer,
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        metrics=["accuracy"],
        steps_per_execution=10,
    )
    pad = ((0, 0), (PADDING, PADDING), (PADDING, PADDING), (0, 0))
    augment = [random_crop(images.shape[1])] + [random_flip] * (name != "mnist")
    dataset = data.batches(
        np.pad(images, pad, "reflect" if name != "mnist" else "edge"),
        BATCH,
        labels=np.eye(labels.max() + 1, dtype=np.float32)[labels],
        augment=augment,
    )
    to_logits.fit(
        dataset,
        epochs=EPOCHS[name],
        steps_per_epoch=steps,
        shuffle=False,
        verbose=2,
        callbacks=[keras.callbacks.BackupAndRestore(run, delete_checkpoint=False)],
    )
    return model


def main(argv):
    del argv
    name = FLAGS.dataset
    names = tfds_examples(name, "test", FLAGS.data_dir)[1]["label"].names

    def read(split):
        return load_labelled(name, SHAPES[name], names, split, FLAGS.data_dir)

    run = pathlib.Path(FLAGS.run).expanduser() / name
    began = time.monotonic()
    model = train(name, read, run / "backup")
    images, labels = read("test")
    outputs = model.predict(np.float32(images) / 127.5 - 1, batch_size=500, verbose=0)
    accuracy = float((outputs["logits"].argmax(-1) == labels).mean())
    print(f"{name}: test accuracy {accuracy:.4f}, {time.monotonic() - began:.0f} s", flush=True)
    model.save(run / "model.keras")


if __name__ == "__main__":
    app.run(main)
