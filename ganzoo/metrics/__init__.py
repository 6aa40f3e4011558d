"""Scores of generators: pure functions of activations, and Keras metrics over them."""

from ganzoo.metrics.classification import (
    classifier_score,
    confidence,
    coverage,
    mode_score,
    nearest_modes,
    stacked_classes,
    temperature,
)
from ganzoo.metrics.frechet import Moments, frechet_distance
from ganzoo.metrics.kernel import gaussian_mmd, kernel_distance
from ganzoo.metrics.neighbours import (
    closest_pairs,
    collision_probability,
    duplicates_below,
    first_collisions,
    in_manifold,
    support_size,
    two_sample_test,
)

__all__ = [
    "Moments",
    "classifier_score",
    "closest_pairs",
    "collision_probability",
    "confidence",
    "coverage",
    "duplicates_below",
    "first_collisions",
    "frechet_distance",
    "gaussian_mmd",
    "in_manifold",
    "kernel_distance",
    "mode_score",
    "nearest_modes",
    "stacked_classes",
    "support_size",
    "temperature",
    "two_sample_test",
]
