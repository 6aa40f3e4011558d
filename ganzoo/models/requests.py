"""What stands between a user's request and the networks: checks, pixels, batches, graphs."""

import math
import numbers

import numpy as np
import tensorflow as tf

# Pixels that go through a network at once (256 images of 32x32): bounds a large request's memory.
PIXELS = 2**18
# A grey level. A product, not a quotient: TensorFlow turns those into products in a graph only,
# with other last bits.
STEP = np.float32(1 / 127.5)


class Requests:
    """Mixed into every system. Images are uint8 outside, float32 in [-1, 1] inside; layout
    (batch, height, width, channels)."""

    # What the pretrained folder's card says; a kind of system has its own.
    usage = None
    task = None  # the Hugging Face Hub's name for what it does
    caption = None

    def networks_for(self, moving_average):
        """The networks by name, those with a moving average replaced by it if asked for."""
        networks = {name: getattr(self, name) for name in self.network_names}
        return networks | self.averages if moving_average else networks

    def graph_of(self, name, function, *row_shapes):
        """`function` of float32 rows as a graph for any number of them, made once."""
        # Past Keras, which would take a new attribute for state of the model.
        cache = self.__dict__.setdefault("_compiled_functions", {})
        if name not in cache:
            specs = [tf.TensorSpec((None, *shape), tf.float32) for shape in row_shapes]
            cache[name] = tf.function(function).get_concrete_function(*specs)
        return cache[name]

    def in_batches(self, function, *inputs):
        """`function(*rows)` over all rows, a part at a time; arrays in the structure it returns."""
        size = max(1, PIXELS // math.prod(self.image_shape[:2]))
        inputs = [tf.convert_to_tensor(i) for i in inputs]
        starts = range(0, len(inputs[0]), size)
        parts = [function(*(i[start : start + size] for i in inputs)) for start in starts]
        return tf.nest.map_structure(lambda *p: np.concatenate([t.numpy() for t in p]), *parts)


def to_float(images, image_shape):
    """Checks images, and brings uint8 ones to float32 in [-1, 1].

    Raises:
        ValueError: for another shape than (num, *image_shape), another dtype than uint8 or a
            float, or float values outside [-1, 1].
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1:] != tuple(image_shape) or not len(images):
        raise ValueError(
            f"`images` must have shape (num, {', '.join(map(str, image_shape))}) with num >= 1. "
            f"Received: {images.shape}"
        )
    if images.dtype == np.uint8:
        return images.astype(np.float32) * STEP - 1
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"`images` must be uint8 or float. Received: {images.dtype}")
    if not (np.abs(images) <= 1 + 1e-3).all():
        raise ValueError(
            "`images` of a float dtype must lie in [-1, 1]. "
            f"Received: values from {images.min()} to {images.max()}"
        )
    return images.astype(np.float32)


def to_uint8(images):
    """Float images in [-1, 1] to uint8, each value to the nearest grey level."""
    return tf.cast(tf.round((tf.clip_by_value(images, -1.0, 1.0) + 1) * 127.5), tf.uint8)


def from_uint8(images):
    """Uint8 images as float32 in [-1, 1]."""
    return tf.cast(images, tf.float32) * STEP - 1


def minibatch(images, image_shape):
    """A dataset's images as a float tensor in [-1, 1]; they may be uint8, or float already.

    Raises:
        ValueError: for images of another dtype, or another shape than (batch, *image_shape).
    """
    if not images.shape[1:].is_compatible_with(image_shape):
        raise ValueError(
            f"the dataset's images must have shape (batch, {', '.join(map(str, image_shape))}). "
            f"Received: {tuple(images.shape)}"
        )
    if images.dtype == tf.uint8:
        return from_uint8(images)
    if not images.dtype.is_floating:
        raise ValueError(
            f"the dataset's images must be uint8 or float. Received: {images.dtype.name}"
        )
    return images


def is_real(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and np.isfinite(value)


def check_integer(name, value, least=None):
    """`value` as an int; raises ValueError if it is none, or below `least`."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        raise ValueError(f"`{name}` must be an integer. Received: {value!r}")
    if least is not None and value < least:
        raise ValueError(f"`{name}` must be at least {least}. Received: {value!r}")
    return int(value)
