"""Layers that Keras lacks, or has too slow."""

from ganzoo.layers.normalization import BatchNormalization, frozen_statistics
from ganzoo.layers.padding import ReflectionPadding2D
from ganzoo.layers.pool import ImagePool
from ganzoo.layers.spectral import SpectralNormalization

__all__ = [
    "BatchNormalization",
    "ImagePool",
    "ReflectionPadding2D",
    "SpectralNormalization",
    "frozen_statistics",
]
