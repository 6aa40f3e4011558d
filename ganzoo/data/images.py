"""A source of images, by TFDS name or folder, as one uint8 array: what training caches."""

import inspect
import logging
import pathlib

import numpy as np
import tensorflow as tf

EXTENSIONS = {".png", ".jpg", ".jpeg", ".bmp", ".gif"}


class DataError(ValueError):
    """A data set that is not there, or cannot be read; the message says what to do."""


def load_images(source, image_shape, split="train", data_dir=None, unreadable="raise"):
    """Reads a whole data set into memory, resized.

    An image is cropped at its centre to a square, resized with antialiasing where its size
    differs, and brought to the asked number of channels (grey is the luma of RGB).

    Args:
        source: name of a TensorFlow Datasets set of images ("cifar10"), ganzoo's own among them
            ("emoji_styles/64", see `ganzoo.data.emoji_styles`), or path of a PNG, JPEG, BMP or
            GIF file, or of a folder that holds such files at any depth, read in sorted order.
        image_shape: (size, size, 1 or 3).
        split: TFDS split, such as "train" or "train[:50%]"; a folder has no splits.
        data_dir: where TFDS keeps its prepared data sets; None for its default.
        unreadable: "raise" or "skip": what to do about a file of the folder that is no image;
            a skipped one is named in a warning.

    Returns:
        Uint8 array (num, *image_shape). Its size bounds what can be trained on: it must fit in
        memory.

    Raises:
        DataError: if there is no such folder or data set, it cannot be fetched, or a file of it
            cannot be read.
    """
    if unreadable not in ("raise", "skip"):
        raise ValueError(f"`unreadable` must be 'raise' or 'skip'. Received: {unreadable!r}")
    path = pathlib.Path(source).expanduser()
    if path.is_dir() or (path.is_file() and path.suffix.lower() in EXTENSIONS):
        return _from_folder(path, image_shape, unreadable)
    if len(path.parts) > 1 and not _is_tfds_name(str(source)):
        raise DataError(f"`source` must be a TFDS name or an existing folder. Received: {source!r}")
    dataset, _ = tfds_examples(str(source), split, data_dir)
    dataset = dataset.map(lambda e: fit_to(e["image"], image_shape), tf.data.AUTOTUNE)
    return np.concatenate([batch.numpy() for batch in dataset.batch(1000)])


def _from_folder(folder, image_shape, unreadable):
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in EXTENSIONS)
    files = [folder] if folder.is_file() else files
    if not files:
        raise DataError(
            f"`source`: no file with an ending of {sorted(EXTENSIONS)} below the folder. "
            f"Received: {str(folder)!r}"
        )
    images = []
    for file in files:
        try:
            decoded = tf.io.decode_image(
                tf.io.read_file(str(file)), channels=image_shape[-1], expand_animations=False
            )
            images.append(fit_to(decoded, image_shape).numpy())
        except (tf.errors.OpError, ValueError) as error:
            reason = str(error).split(" [Op:")[0]
            if unreadable == "raise":
                raise DataError(
                    f"`source`: not a readable image: {str(file)!r} ({reason}). Mend or remove "
                    "it, or pass unreadable='skip' (--skip_unreadable) to leave such files out."
                ) from None
            logging.getLogger("ganzoo").warning("skipped %s: %s", file, reason)
    if not images:
        raise DataError(f"`source`: no readable image below the folder. Received: {str(folder)!r}")
    return np.stack(images)


def tfds_examples(name, split, data_dir):
    """A split of a TensorFlow Datasets set of images, in order, and the set's features.

    Raises:
        DataError: if there is no such data set or split, or it cannot be fetched.
    """
    tfds = _tfds()
    try:
        builder = tfds.builder(name, data_dir=data_dir)
    except tfds.core.registered.DatasetNotFoundError:
        import difflib

        close = difflib.get_close_matches(name, tfds.list_builders())
        raise DataError(
            "`source` must be an existing folder or a TensorFlow Datasets name"
            f"{f' such as {close}' if close else ''}. Received: {name!r}"
        ) from None
    except ValueError as error:
        configs = sorted(tfds.builder_cls(name.split("/")[0].split(":")[0]).builder_configs)
        raise DataError(
            f"`source`: no such configuration or version; the configurations are {configs}. "
            f"Received: {name!r}"
        ) from error
    if "image" not in (builder.info.features or {}):
        raise DataError(f"`source` must be a data set with a feature 'image'. Received: {name!r}")
    try:
        builder.download_and_prepare()
    except Exception as error:  # TFDS lets through whatever its downloader raises
        reason = f"{type(error).__name__}: {str(error).strip()[:500].partition(chr(10))[0]}"
        if builder.MANUAL_DOWNLOAD_INSTRUCTIONS:
            raise DataError(
                f"`source`: {name!r} is not prepared under {builder.data_dir!r} (data_dir, "
                "--data_dir, names the folder above it), and is made of files that one fetches by "
                f"hand.\n{reason}\n{inspect.cleandoc(builder.MANUAL_DOWNLOAD_INSTRUCTIONS)}"
            ) from error
        raise DataError(
            f"`source`: {name!r} is not prepared under {builder.data_dir!r} and could not be "
            f"fetched ({reason}). Prepare "
            f'it on a machine with a network, `python -c "import tensorflow_datasets as tfds; '
            f"tfds.load('{name}')\"`, copy ~/tensorflow_datasets/{name} here, and name the folder "
            "above it with data_dir (--data_dir)."
        ) from error
    try:
        return builder.as_dataset(split=split, shuffle_files=False), dict(builder.info.features)
    except ValueError as error:
        raise DataError(
            f"`split` must be made of {sorted(builder.info.splits)}. Received: {split!r}"
        ) from error


def fit_to(image, image_shape):
    """A uint8 image (height, width, channels) of any size, as uint8 `image_shape`."""
    height, width, channels = image_shape
    if image.shape[-1] != channels:
        image = tf.image.rgb_to_grayscale(image) if channels == 1 else tf.repeat(image, 3, -1)
    if image.shape[:2] != (height, width):
        side = tf.minimum(tf.shape(image)[0], tf.shape(image)[1])
        image = tf.image.resize_with_crop_or_pad(image, side, side)
        image = tf.image.resize(image, (height, width), antialias=True)
        image = tf.cast(tf.round(tf.clip_by_value(image, 0, 255)), tf.uint8)
    return tf.ensure_shape(image, image_shape)


def _is_tfds_name(source):
    return source.split("/")[0].split(":")[0] in _tfds().list_builders()


def _tfds():
    """TensorFlow Datasets, knowing ganzoo's own sets too; imported late, since it takes seconds."""
    import tensorflow_datasets

    import ganzoo.data.emoji_styles  # noqa: F401 (importing it registers its name)

    return tensorflow_datasets
