"""What every metric asks of its arguments."""

import numpy as np


def check_activations(name, values, least=2):
    """`values` as a float64 matrix (num, size).

    Raises:
        ValueError: if they are no matrix of finite floats with at least `least` rows.
    """
    values = np.asarray(values)
    if values.ndim != 2 or values.shape[0] < least or not values.shape[1]:
        raise ValueError(
            f"`{name}` must have shape (num, size) with num >= {least}. Received: {values.shape}"
        )
    if not np.issubdtype(values.dtype, np.floating):
        raise ValueError(f"`{name}` must be of a float dtype. Received: {values.dtype}")
    if not np.isfinite(values).all():
        rows = np.flatnonzero(~np.isfinite(values).all(1))
        raise ValueError(
            f"`{name}` must be finite. Received: NaN or infinity in {len(rows)} of {len(values)} "
            f"rows, the first of them row {rows[0]}"
        )
    return values.astype(np.float64)


def check_pair(real, fake, least=2):
    """Two matrices of activations with as many columns."""
    real, fake = check_activations("real", real, least), check_activations("fake", fake, least)
    if real.shape[1] != fake.shape[1]:
        raise ValueError(
            "`real` and `fake` must have as many features. "
            f"Received: {real.shape[1]} and {fake.shape[1]}"
        )
    return real, fake


def check_labels(name, labels, classes):
    """`labels` as an int64 vector of values in 0..classes - 1."""
    labels = np.asarray(labels)
    if labels.ndim != 1 or not len(labels) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"`{name}` must be a vector of integers. Received: {labels.dtype} {labels.shape}"
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"`{name}` must be in 0..{classes - 1}. Received: {labels.min()}..{labels.max()}"
        )
    return labels.astype(np.int64)
