"""Layers that Keras lacks, or has too slow."""

from ganzoo.layers.normalization import BatchNormalization, frozen_statistics

__all__ = ["BatchNormalization", "frozen_statistics"]
