"""Scores of translated images whose true counterparts are known."""

import numpy as np
import tensorflow as tf

from ganzoo.metrics import neighbours


def l1(translated, true):
    """Mean absolute difference of each pair's pixels, as a share of 255: float64 (num,).

    Args:
        translated, true: uint8 (num, height, width, channels).
    """
    _check(translated, true)
    return (np.abs(np.float64(translated) - np.float64(true)) / 255).mean((1, 2, 3))


def ssim(translated, true):
    """Structural similarity of each pair (Wang et al. 2004), by `tf.image.ssim`: float64 (num,),
    at most 1; windows of 11 pixels, so both sides must have that many.

    Args:
        translated, true: uint8 (num, height, width, channels).
    """
    _check(translated, true)
    if min(translated.shape[1:3]) < 11:
        raise ValueError(f"`translated` must be 11 px or larger. Received: {translated.shape}")
    return tf.image.ssim(tf.constant(translated), tf.constant(true), 255).numpy().astype("float64")


def retrieved(translated, true):
    """Whether each translation's nearest true image, by squared pixel differences, is its own.

    Args:
        translated, true: uint8 (num, height, width, channels).

    Returns:
        Bool (num,); by chance 1 of num is.
    """
    _check(translated, true)
    rows, others = (np.float64(i).reshape(len(i), -1) for i in (translated, true))
    return neighbours.nearest(rows, others) == np.arange(len(rows))


SCORES = {
    "l1": (l1, "lower"),
    "ssim": (ssim, "higher"),
    "retrieval_accuracy": (retrieved, "higher"),
}


def _check(translated, true):
    for name, images in ("translated", translated), ("true", true):
        if images.dtype != np.uint8 or images.ndim != 4:
            raise ValueError(
                f"`{name}` must be uint8 (num, height, width, channels). "
                f"Received: {images.dtype} {images.shape}"
            )
    if translated.shape != true.shape:
        raise ValueError(
            "`translated` and `true` must have one shape. "
            f"Received: {translated.shape} and {true.shape}"
        )
