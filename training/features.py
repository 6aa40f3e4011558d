"""Trains a feature network for the metrics: `python training/features.py --dataset cifar10`.

Stochastic gradient descent with Nesterov momentum, linear warm-up and cosine decay, label
smoothing 0.1, random crops from images padded by 2 (and flips, but for digits). Takes up from its
last epoch where it was interrupted. Writes `weights/features/DATASET`: the network, its reference
statistics of the splits `train` and `test`, and its accuracy, measured once, at the end.
"""

import json
import pathlib

import keras
import numpy as np
import tensorflow as tf
from absl import app, flags

from ganzoo import checksums, data, files, pretrained
from ganzoo.data.emoji_styles import STYLES
from ganzoo.data.images import load_images
from ganzoo.data.labelled import load_labelled
from ganzoo.data.pipeline import random_crop, random_flip
from ganzoo.metrics.classification import temperature
from ganzoo.metrics.features import FEATURES, FeatureNetwork, Reference
from ganzoo.networks.classifier import classifier, whiten

SHAPES = {
    "mnist": (28, 28, 1),
    "fashion_mnist": (28, 28, 1),
    "cifar10": (32, 32, 3),
    "emoji_styles": (32, 32, 3),
}
WIDTHS = {"mnist": 16, "fashion_mnist": 24, "cifar10": 32, "emoji_styles": 16}
EPOCHS = {"mnist": 12, "fashion_mnist": 20, "cifar10": 24, "emoji_styles": 20}
BATCH = 128
PADDING = 2

FLAGS = flags.FLAGS
flags.DEFINE_enum("dataset", None, list(SHAPES), "What to train on.")
flags.DEFINE_string("run", "~/ganzoo-runs/features", "Folder for the state of the training.")
flags.DEFINE_string("data_dir", None, "TFDS's folder of prepared data sets; its default if unset.")
flags.mark_flags_as_required(["dataset"])


CARD = """\
# Features for images of {dataset}

A small classifier of {dataset} ({parameters:,} parameters, {num_classes} classes), whose
{features} features ganzoo's scores are measured on; see `docs/scores.md`. Accuracy:
{test_accuracy:.2%} on the test split, {train_accuracy:.2%} on the training split. The network saw
the latter, so its features of training images are not quite those of others: mind that when you
score against it. Trained with smoothed labels, it is less sure than it could be: its logits divided
by {temperature:.3g} predict the test split's labels best.

`reference_train.npz` and `reference_test.npz` hold mean and covariance of the features of a whole
split, those of at most 10,000 images one by one (float16), and the classes' shares.
`python training/features.py --dataset {dataset}` makes it all again.
"""


def reader(name):
    """Names of a data set's classes, and a function of a split to its images and labels.

    The classes of `emoji_styles` are the four vendors.
    """
    if name == "emoji_styles":
        names = list(STYLES)

        def read(split):
            parts = [
                load_images(f"{name}/32", SHAPES[name], f"{split}_{style}", FLAGS.data_dir)
                for style in names
            ]
            return np.concatenate(parts), np.repeat(np.arange(len(names)), list(map(len, parts)))

    else:
        names = data.class_names(name, FLAGS.data_dir)

        def read(split):
            return load_labelled(name, SHAPES[name], names, split, FLAGS.data_dir)

    return names, read


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


def write(name, model, read, facts):
    """Writes the folder of the network; prints and returns its accuracy on the test split."""
    folder = FEATURES / name
    with files.whole_folder(folder, overwrite=True) as temporary:
        pretrained.save_keras(model, temporary)
        checksums.write(temporary)
        network = FeatureNetwork(temporary)
        for split in "train", "test":
            images, labels = read(split)
            answers = network(images)
            accuracy = float((answers.logits.argmax(-1) == labels).mean())
            facts |= {f"{split}_accuracy": accuracy, f"{split}_images": len(images)}
            if split == "test":
                facts["temperature"] = round(temperature(answers.logits, labels), 4)
            print(f"{name}, {split}: accuracy {accuracy:.4f}", flush=True)
            with open(temporary / f"reference_{split}.npz", "wb") as file:
                Reference.of(answers, split).save(file)
        (temporary / "record.json").write_text(json.dumps(facts, indent=1) + "\n")
        (temporary / "README.md").write_text(
            CARD.format(**facts, features=WIDTHS[name] * 4, num_classes=len(facts["classes"]))
        )
        checksums.write(temporary)


def main(argv):
    del argv
    name = FLAGS.dataset
    names, read = reader(name)

    run = pathlib.Path(FLAGS.run).expanduser() / name
    if not (run / "model.keras").exists():
        train(name, read, run / "backup").save(run / "model.keras")
    model = keras.saving.load_model(run / "model.keras")
    facts = {
        "dataset": name,
        "classes": names,
        "parameters": model.count_params(),
        "epochs": EPOCHS[name],
        "versions": {"tensorflow": tf.__version__, "keras": keras.__version__},
    }
    write(name, model, read, facts)


if __name__ == "__main__":
    app.run(main)
