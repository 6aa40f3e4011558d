"""Images with the domains that they are of, from a labelled data set or a folder of folders."""

import pathlib

import numpy as np
import tensorflow as tf

from ganzoo.data.images import DataError, fit_to, load_images, tfds_examples


def class_names(source, data_dir=None):
    """Names of the classes of a TFDS set with a feature "label", in the order of its labels."""
    _, features = tfds_examples(str(source), None, data_dir)
    if not hasattr(features.get("label"), "names"):
        raise DataError(
            "`source` must be a data set with a feature 'label' of classes. "
            f"Received: {str(source)!r} with features {sorted(features)}"
        )
    return features["label"].names


def load_labelled(source, image_shape, domains, split="train", data_dir=None, unreadable="raise"):
    """Reads the images of the named domains into memory, with their labels.

    Args:
        source: name of a TensorFlow Datasets set with a feature "label" (classes, such as
            "cifar10") or "attributes" (several of which may hold, such as "celeb_a"), or path of a
            folder with a folder of images for each domain.
        image_shape, split, data_dir, unreadable: as in `load_images`.
        domains: names of classes, of attributes or of folders. Images of other classes are left
            out.

    Returns:
        Uint8 array (num, *image_shape); and labels: int32 (num,), places in `domains`, or
        float32 (num, len(domains)) of zeros and ones for attributes.

    Raises:
        DataError: if the data set has no labels, or not these domains.
    """
    domains = tuple(domains)
    path = pathlib.Path(source).expanduser()
    if path.is_dir():
        folders = {p.name for p in path.iterdir() if p.is_dir()}
        _check(source, "a folder for each domain", domains, folders)
        parts = [load_images(path / d, image_shape, unreadable=unreadable) for d in domains]
        labels = np.repeat(np.arange(len(domains), dtype=np.int32), [len(p) for p in parts])
        return np.concatenate(parts), labels
    dataset, features = tfds_examples(str(source), split, data_dir)
    if "attributes" in features:
        _check(source, "these attributes", domains, set(features["attributes"]))

        def labels_of(example):
            return tf.stack([tf.cast(example["attributes"][d], tf.float32) for d in domains])

    elif hasattr(features.get("label"), "names"):
        names = features["label"].names
        _check(source, "these classes", domains, set(names))
        places = tf.constant([domains.index(n) if n in domains else -1 for n in names], tf.int32)
        dataset = dataset.filter(lambda e: places[e["label"]] >= 0)

        def labels_of(example):
            return places[example["label"]]

    else:
        raise DataError(
            "`source` must be a data set with labels: a feature 'label' of classes or "
            f"'attributes'. Received: {str(source)!r} with features {sorted(features)}"
        )
    pairs = dataset.map(lambda e: (fit_to(e["image"], image_shape), labels_of(e)), tf.data.AUTOTUNE)
    images, labels = zip(*((i.numpy(), c.numpy()) for i, c in pairs.batch(1000)), strict=True)
    return np.concatenate(images), np.concatenate(labels)


def _check(source, what, domains, there):
    missing = sorted(set(domains) - there)
    if missing:
        raise DataError(
            f"`domains`: {str(source)!r} must have {what}; it has {sorted(there)}. "
            f"Received: {list(domains)}, without {missing}"
        )
