"""Layers that Keras lacks, or has too slow."""

from ganzoo.layers.normalization import BatchNormalization, frozen_statistics
from ganzoo.layers.spectral import SpectralNormalization

__all__ = ["BatchNormalization", "SpectralNormalization", "frozen_statistics"]
