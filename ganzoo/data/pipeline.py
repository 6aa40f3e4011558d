"""Cached images as batches whose content is a function of (seed, step)."""

import tensorflow as tf

from ganzoo.data.images import load_images
from ganzoo.draws import PHILOX, key


def load(
    source,
    image_shape,
    batch_size,
    *,
    epochs=None,
    seed=0,
    augment=(),
    split="train",
    data_dir=None,
    unreadable="raise",
):
    """Batches of images from a TFDS name or a folder: `load_images`, then `batches`."""
    images = load_images(source, image_shape, split, data_dir, unreadable)
    return batches(images, batch_size, epochs=epochs, seed=seed, augment=augment)


def batches(images, batch_size, *, labels=None, epochs=None, seed=0, start=0, augment=()):
    """Shuffled batches of cached images, with their labels if there are any.

    Position p of the endless stream is image s_e(p mod n) of the n images, where s_e is the
    permutation of epoch e = p // n, a function of the seed. So any step can be reached at once,
    each image comes once an epoch, and the stream does not depend on where it was resumed.

    Args:
        images: uint8 array (n, height, width, channels); held once, as it is.
        batch_size: int, rows of a batch; a system that plays k minibatches in a step wants k
            times the size of one (`gan.batches_per_step`).
        labels: array (n, ...), or None.
        epochs: passes over the images after which the dataset ends (less a last part of a batch),
            or None for an endless one.
        seed: int.
        start: int, the step to begin at.
        augment: functions (images, seed) to images, on float32 batches in [-1, 1], applied anew
            at every step, after the cache.

    Returns:
        A `tf.data.Dataset` of float32 tensors (batch_size, height, width, channels) in [-1, 1];
        of pairs of them and their labels, if there are any.

    Raises:
        ValueError: if a batch would have no row, the epochs would not fill one, or there are not
            as many labels as images.
    """
    if batch_size < 1:
        raise ValueError(f"`batch_size` must be at least 1. Received: {batch_size!r}")
    num = len(images)
    if epochs is not None and epochs * num < batch_size:
        raise ValueError(
            f"`epochs` times the {num} images must fill a batch of {batch_size}. Received: {epochs}"
        )
    if labels is not None and len(labels) != num:
        raise ValueError(f"`labels` must be as many as the images, {num}. Received: {len(labels)}")
    with tf.device("CPU"):
        cache = tf.constant(images)
        label_cache = None if labels is None else tf.constant(labels)
    first_epoch, offset = divmod(start * batch_size, num)

    def permutation(epoch):
        order = tf.argsort(
            tf.random.stateless_uniform([num], key(seed, "shuffle", epoch), alg=PHILOX)
        )
        return order[tf.where(epoch == first_epoch, tf.cast(offset, tf.int64), 0) :]

    def batch_of(step, rows):
        batch = tf.cast(tf.gather(cache, rows), tf.float32) / 127.5 - 1
        for index, function in enumerate(augment):
            batch = function(batch, key(seed, step, "augment", index))
        return batch if labels is None else (batch, tf.gather(label_cache, rows))

    stop = tf.int64.max if epochs is None else epochs
    rows = tf.data.Dataset.range(first_epoch, stop).map(permutation)
    rows = rows.rebatch(batch_size, drop_remainder=True).enumerate(start)
    return rows.map(batch_of, tf.data.AUTOTUNE, deterministic=True).prefetch(tf.data.AUTOTUNE)


def unpaired(x, y, batch_size, *, epochs=None, seed=0, start=0, augment=()):
    """Pairs of independently shuffled batches of two sets of images, which may differ in size.

    Args:
        x, y: uint8 arrays (n, height, width, channels).
        batch_size, epochs, seed, start, augment: as in `batches`, for both; the smaller set ends
            the last epoch.

    Returns:
        A `tf.data.Dataset` of pairs as `batches` has them.
    """
    # Another stream of numbers for y: sets of one size would else be drawn in the same order.
    streams = (x, seed), (y, seed + 2**32)
    return tf.data.Dataset.zip(
        *(
            batches(images, batch_size, epochs=epochs, seed=s, start=start, augment=augment)
            for images, s in streams
        )
    )


def random_crop(side):
    """A function that crops each image to (side, side) at a place of its own."""

    def crop(images, seed):
        num, height, width, _ = tf.unstack(tf.shape(images))
        seeds = tf.unstack(tf.random.experimental.stateless_split(seed, 2))
        rows, columns = (
            tf.random.stateless_uniform([num, 1], s, 0, extent - side + 1, tf.int32, alg=PHILOX)
            + tf.range(side)
            for s, extent in zip(seeds, (height, width), strict=True)
        )
        images = tf.gather(images, rows, axis=1, batch_dims=1)
        return tf.gather(images, columns, axis=2, batch_dims=1)

    return crop


def random_flip(images, seed):
    """Mirrors each image left to right with probability one half."""
    flip = tf.random.stateless_uniform([tf.shape(images)[0], 1, 1, 1], seed, alg=PHILOX) < 0.5
    return tf.where(flip, tf.reverse(images, [2]), images)
