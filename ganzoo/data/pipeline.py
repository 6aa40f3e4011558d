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


def batches(
    images, batch_size, *, labels=None, epochs=None, seed=0, start=0, augment=(), part=(0, 1)
):
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
        augment: functions (images, seed, part) to images, on float32 batches in [-1, 1], applied
            anew at every step, after the cache.
        part: (i, n): make only the i-th of n equal parts of each batch's rows, for one of n
            machines that train together.

    Returns:
        A `tf.data.Dataset` of float32 tensors (batch_size / n, height, width, channels) in [-1, 1];
        of pairs of them and their labels, if there are any.

    Raises:
        ValueError: if a batch would have no row or does not have n equal parts, the epochs would
            not fill one, or there are not as many labels as images.
    """
    index, parts = part
    if batch_size % parts:
        raise ValueError(f"`batch_size` must be a multiple of {parts}. Received: {batch_size!r}")
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
        rows = rows[index * (batch_size // parts) :][: batch_size // parts]
        batch = tf.cast(tf.gather(cache, rows), tf.float32) / 127.5 - 1
        for order, function in enumerate(augment):
            batch = function(batch, key(seed, step, "augment", order), part)
        return batch if labels is None else (batch, tf.gather(label_cache, rows))

    stop = tf.int64.max if epochs is None else epochs
    rows = tf.data.Dataset.range(first_epoch, stop).map(permutation)
    rows = rows.rebatch(batch_size, drop_remainder=True).enumerate(start)
    return rows.map(batch_of, tf.data.AUTOTUNE, deterministic=True).prefetch(tf.data.AUTOTUNE)


def unpaired(x, y, batch_size, *, epochs=None, seed=0, **arguments):
    """Pairs of independently shuffled batches of two sets of images, which may differ in size.

    Args:
        x, y: uint8 arrays (n, height, width, channels).
        batch_size, epochs, seed: as in `batches`, for both; the smaller set ends the last epoch.
        **arguments: further ones of `batches`, for both.

    Returns:
        A `tf.data.Dataset` of pairs as `batches` has them.
    """
    # Another stream of numbers for y: sets of one size would else be drawn in the same order.
    streams = (x, seed), (y, seed + 2**32)
    return tf.data.Dataset.zip(
        *(
            batches(images, batch_size, epochs=epochs, seed=stream, **arguments)
            for images, stream in streams
        )
    )


def random_crop(side):
    """A function that crops each image to (side, side) at a place of its own."""

    def crop(images, seed, part=(0, 1)):
        _, height, width, _ = tf.unstack(tf.shape(images))
        seeds = tf.unstack(tf.random.experimental.stateless_split(seed, 2))
        rows, columns = (
            _draw(images, part, [1], s, 0, extent - side + 1, tf.int32) + tf.range(side)
            for s, extent in zip(seeds, (height, width), strict=True)
        )
        images = tf.gather(images, rows, axis=1, batch_dims=1)
        return tf.gather(images, columns, axis=2, batch_dims=1)

    return crop


def random_flip(images, seed, part=(0, 1)):
    """Mirrors each image left to right with probability one half."""
    flip = _draw(images, part, [1, 1, 1], seed) < 0.5
    return tf.where(flip, tf.reverse(images, [2]), images)


def _draw(images, part, shape, *arguments):
    """Uniform numbers for each image, those of its row in the whole batch: (batch, *shape)."""
    (index, parts), rows = part, tf.shape(images)[0]
    values = tf.random.stateless_uniform([rows * parts, *shape], *arguments, alg=PHILOX)
    return values[index * rows :][:rows]
