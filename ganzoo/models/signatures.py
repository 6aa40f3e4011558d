"""What a model offers when it is exported: named functions of named tensors.

Each kind of system (`Sampling`, `Inference`, ...) declares its own in a method `signatures`; the
export, its page, its warm-up requests and its tests walk over them.
"""

import collections.abc
import dataclasses

import numpy as np
import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Input:
    """A tensor that a signature takes.

    Attributes:
        shape: tuple, None where any number of rows may be given; () for a scalar.
        dtype: name of its dtype.
        meaning: its range, in words.
        example: callable (numpy Generator, number of rows) to an array that is in range.
    """

    shape: tuple
    dtype: str
    meaning: str
    example: collections.abc.Callable

    @property
    def is_batch(self):
        return self.shape[:1] == (None,)


@dataclasses.dataclass(frozen=True)
class Signature:
    """A function that an export offers.

    Attributes:
        function: callable, tensors in the order of `inputs` to a dict of tensors, by output.
        inputs: dict of name to `Input`.
        outputs: dict of name to its range, in words.
    """

    function: collections.abc.Callable
    inputs: dict
    outputs: dict


IMAGES = "images, 0 to 255"
FLOAT_IMAGES = "images, -1 to 1"
LOGITS = "logits, any; higher is more real"
MEANINGS = {"images": IMAGES, "logits": LOGITS}


def latents(size, prior):
    """Latents (num, size), which the prior's class explains."""
    return Input(
        (None, size),
        "float32",
        f"any; drawn from {prior.text}",
        lambda rng, rows: rng.uniform(-1, 1, (rows, size)).astype(np.float32),
    )


def images(shape):
    """Images (num, *shape)."""
    return Input(
        (None, *shape),
        "uint8",
        IMAGES,
        lambda rng, rows: rng.integers(0, 256, (rows, *shape), np.uint8),
    )


def scalar(dtype, meaning, example):
    """A scalar; `example` is a callable (numpy Generator, number of rows) to a number."""
    return Input((), dtype, meaning, lambda rng, rows: np.asarray(example(rng, rows), dtype))


def levels(num):
    """One level for each row, int32 (num,), from 1 to `num`."""
    return Input(
        (None,),
        "int32",
        f"for each image, from 1 to {num}",
        lambda rng, rows: rng.integers(1, num + 1, rows, np.int32),
    )


def choice(names, several=False):
    """One of `names` for each row, strings (num,): the name, or its place as a decimal; `several`
    of them, with commas, where that is allowed."""
    meaning = "for each image, " + " or ".join(f"`{n}` (`{i}`)" for i, n in enumerate(names))
    return Input(
        (None,),
        "string",
        meaning + ("; several with commas" if several else ""),
        lambda rng, rows: rng.choice([*names, *map(str, range(len(names)))], rows).astype(object),
    )


def place_of(argument, values, names):
    """Places in `names`, int32 (num,), of strings (num,) that are names, or places as decimals.

    Raises:
        tf.errors.InvalidArgumentError: when it runs, for any other string.
    """
    named = values[:, None] == tf.constant(names)
    counted = values[:, None] == tf.constant([str(i) for i in range(len(names))])
    known = tf.reduce_all(tf.reduce_any(named | counted, 1))
    message = f"`{argument}` must be one of {list(names)}, or its place among them. Received:"
    with tf.control_dependencies([tf.debugging.Assert(known, [message, values])]):
        # A name goes before a place: they may clash where names are numbers.
        votes = 2 * tf.cast(named, tf.int32) + tf.cast(counted, tf.int32)
    return tf.argmax(votes, 1, tf.int32)


def by_place(places, functions, rows):
    """Each row by its own function: `functions[places[i]](rows[i])`, in the rows' order.

    Args:
        places: int32 (num,), in [0, len(functions)).
        functions: callables of (any, ...) tensors, whose results agree in dtype and shape.
        rows: tensor (num, ...).
    """
    num = len(functions)
    order = tf.dynamic_partition(tf.range(tf.shape(rows)[0]), places, num)
    parts = tf.dynamic_partition(rows, places, num)
    spec = tf.TensorSpec((None, *rows.shape[1:]), rows.dtype)
    parts = [
        _of_any(tf.function(function).get_concrete_function(spec), part)
        for function, part in zip(functions, parts, strict=True)
    ]
    return tf.dynamic_stitch(order, parts)


def _of_any(function, rows):
    """`function(rows)`, and nothing of no rows: convolutions of none give shapes of none."""
    result = function.structured_outputs
    return tf.cond(
        tf.shape(rows)[0] > 0,
        lambda: function(rows),
        lambda: tf.zeros((0, *result.shape[1:]), result.dtype),
    )


def check(condition, argument, allowed, value):
    """An assertion for the graph, in the words of ganzoo's errors."""
    return tf.debugging.Assert(condition, [f"`{argument}` must be {allowed}. Received:", value])
