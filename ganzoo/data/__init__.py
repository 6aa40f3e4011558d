"""Images for training: a TFDS name or a folder of one's own, through one function."""

from ganzoo.data.images import DataError, fit_to, load_images
from ganzoo.data.labelled import load_labelled
from ganzoo.data.pipeline import batches, load, random_crop, random_flip, unpaired
from ganzoo.data.sources import for_training

__all__ = [
    "DataError",
    "batches",
    "fit_to",
    "for_training",
    "load",
    "load_images",
    "load_labelled",
    "random_crop",
    "random_flip",
    "unpaired",
]
