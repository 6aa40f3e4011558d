"""Scores of encoders: what reconstructions lose, and what codes tell about classes."""

import numpy as np

from ganzoo.metrics import neighbours
from ganzoo.metrics.checks import check_labels, check_pair


def squared_error(images, reconstructions):
    """Mean squared difference of the pixels of each pair, on the scale [-1, 1]: float64 (num,).

    Args:
        images, reconstructions: uint8 (num, height, width, channels).
    """
    difference = (np.float64(images) - np.float64(reconstructions)) / 127.5
    return (difference**2).mean((1, 2, 3))


def nearest_neighbour_answers(codes, labels, test_codes):
    """The class of each test code's nearest code: int64 (num_test,).

    Args:
        codes, test_codes: float (num, size) and (num_test, size).
        labels: int (num,), classes of `codes`.
    """
    codes, test_codes = check_pair(codes, test_codes, 1)
    return np.asarray(labels)[neighbours.nearest(test_codes, codes)]


def linear_answers(codes, labels, test_codes, classes, ridge=1e-3):
    """The answers of a linear classifier of codes: int64 (num_test,).

    Least squares to +-1 for each class, on standardised codes with a constant, with the penalty
    `ridge` times the number of codes on squared weights: a closed form, hence repeatable.

    Args:
        codes, test_codes: float (num, size) and (num_test, size).
        labels: int (num,), in 0..classes - 1.
        classes: int.
        ridge: float.
    """
    codes, test_codes = check_pair(codes, test_codes, 2)
    labels = check_labels("labels", labels, classes)
    mean, deviation = codes.mean(0), codes.std(0) + 1e-9
    x, x_test = ((c - mean) / deviation for c in (codes, test_codes))
    targets = 2 * np.eye(classes)[labels] - 1
    gram = x.T @ x + ridge * len(x) * np.eye(x.shape[1])
    weights = np.linalg.solve(gram, x.T @ targets)  # x is centred: the constant stands alone
    return (x_test @ weights + targets.mean(0)).argmax(1)
