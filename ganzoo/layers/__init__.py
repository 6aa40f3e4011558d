"""Layers that Keras lacks, or has too slow."""

from ganzoo.layers.batches import jointly
from ganzoo.layers.inference import Affine, inference_form
from ganzoo.layers.normalization import BatchNormalization, frozen_statistics
from ganzoo.layers.padding import ReflectionPadding2D
from ganzoo.layers.pool import ImagePool
from ganzoo.layers.spectral import SpectralNormalization
from ganzoo.layers.strided import Conv2D, Conv2DTranspose

__all__ = [
    "Affine",
    "BatchNormalization",
    "Conv2D",
    "Conv2DTranspose",
    "ImagePool",
    "ReflectionPadding2D",
    "SpectralNormalization",
    "frozen_statistics",
    "inference_form",
    "jointly",
]
