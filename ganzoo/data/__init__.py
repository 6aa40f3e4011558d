"""Images for training: a TFDS name or a folder of one's own, through one function."""

from ganzoo.data.images import DataError, load_images
from ganzoo.data.pipeline import batches, load, random_flip

__all__ = ["DataError", "batches", "load", "load_images", "random_flip"]
