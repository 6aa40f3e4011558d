"""Images for training: a TFDS name or a folder of one's own, through one function."""

from ganzoo.data.images import DataError, fit_to, load_images
from ganzoo.data.labelled import class_names, load_labelled
from ganzoo.data.paired import load_paired
from ganzoo.data.pipeline import batches, load, random_crop, random_flip, unpaired
from ganzoo.data.sources import for_training

__all__ = [
    "DataError",
    "batches",
    "class_names",
    "fit_to",
    "for_training",
    "load",
    "load_images",
    "load_labelled",
    "load_paired",
    "random_crop",
    "random_flip",
    "unpaired",
]
