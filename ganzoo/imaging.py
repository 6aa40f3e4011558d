"""Images to files: PNG encoding and grids."""

import io
import math
import os
import pathlib

import numpy as np

from ganzoo import files

OUT = "grid.png, images.npz, or a folder for one PNG an image"


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


def writer(name):
    """A function that writes images to the file or folder `name`; raises before any work."""
    out = pathlib.Path(name).expanduser()
    is_folder = name.endswith(("/", os.sep)) or out.is_dir() or not out.suffix
    if not is_folder and out.suffix not in (".png", ".npz"):
        raise ValueError(f"`out` must end in .png, .npz or /. Received: {name!r}")

    def write(images):
        if is_folder:
            with files.whole_folder(out) as temporary:
                for i, image in enumerate(images):
                    (temporary / f"{i:06d}.png").write_bytes(png(image))
        elif out.suffix == ".npz":
            buffer = io.BytesIO()
            np.savez_compressed(buffer, images=images)
            files.write(out, buffer.getvalue())
        else:
            files.write(out, png(enlarge(grid(images), 2)))

    return write
