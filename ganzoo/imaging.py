"""Images to files: PNG encoding and grids."""

import math

import numpy as np


def grid(images, columns=None, gap=2):
    """Images side by side on white.

    Args:
        images: uint8 array (num, height, width, channels).
        columns: int; None for a grid as square as possible.
        gap: pixels between two images.

    Returns:
        Uint8 array (rows * (height + gap) - gap, columns * (width + gap) - gap, channels).
    """
    num, height, width, channels = images.shape
    columns = min(num, columns or math.ceil(math.sqrt(num)))
    rows = math.ceil(num / columns)
    canvas = np.full((rows * (height + gap), columns * (width + gap), channels), 255, np.uint8)
    for i, image in enumerate(images):
        top, left = i // columns * (height + gap), i % columns * (width + gap)
        canvas[top : top + height, left : left + width] = image
    return canvas[: canvas.shape[0] - gap, : canvas.shape[1] - gap]


def enlarge(image, factor):
    """An image with each pixel repeated `factor` times both ways."""
    return image.repeat(factor, 0).repeat(factor, 1)


def png(image):
    """A uint8 array (height, width, 1 or 3) as the bytes of a PNG file."""
    import tensorflow as tf

    return tf.io.encode_png(image).numpy()
