"""Frechet distance of Gaussians with two sets' moments: Heusel et al. 2017, 1706.08500, eq. 6."""

import dataclasses
import warnings

import numpy as np

from ganzoo.metrics.checks import check_activations


@dataclasses.dataclass(frozen=True)
class Moments:
    """Mean (size,) and covariance (size, size; divided by num - 1), float64, of `num` vectors."""

    mean: np.ndarray
    covariance: np.ndarray
    num: int

    @classmethod
    def of(cls, activations):
        """Moments of a matrix (num, size)."""
        values = check_activations("activations", activations)
        mean = values.mean(0)
        centred = values - mean
        return cls(mean, centred.T @ centred / (len(values) - 1), len(values))

    @classmethod
    def of_sums(cls, num, total, products):
        """Moments from the number of vectors, their sum and the sum of their outer products."""
        num = int(num)
        if num < 2:
            raise ValueError(f"moments need at least 2 vectors. Received: {num}")
        mean = total / num
        return cls(mean, (products - num * np.outer(mean, mean)) / (num - 1), num)


def frechet_distance(real, fake):
    """||m1 - m2||^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)): the squared distance, as everybody reports it.

    Evaluated by the eigenvalues of R^T C2 R with R R^T = C1, which is symmetric, so that singular
    covariances need no special care. Fewer vectors than features make it biased upwards (it is
    so for any finite number, by about tr(C)/num each), and a warning says so.

    Args:
        real, fake: `Moments`, or activations (num, size).

    Returns:
        Float >= 0; 0 for equal moments.

    Raises:
        ValueError: for different sizes, fewer than 2 rows, or values that are not finite.
    """
    real, fake = (m if isinstance(m, Moments) else Moments.of(m) for m in (real, fake))
    size = len(real.mean)
    if len(fake.mean) != size:
        raise ValueError(
            f"`real` and `fake` must have as many features. Received: {size} and {len(fake.mean)}"
        )
    if min(real.num, fake.num) <= size:
        warnings.warn(
            f"a Frechet distance over {size} features from {real.num} and {fake.num} images is "
            f"biased upwards: more images than features are needed, several times as many advised",
            stacklevel=2,
        )
    root = _root(real.covariance)
    eigenvalues = np.linalg.eigvalsh(root.T @ fake.covariance @ root)
    cross = np.sqrt(_above_rounding(eigenvalues)).sum()
    shift = real.mean - fake.mean
    distance = shift @ shift + np.trace(real.covariance) + np.trace(fake.covariance) - 2 * cross
    return float(max(distance, 0.0))


def _root(covariance):
    """R with R R^T = covariance: Cholesky's, which is fast, or one of eigenvectors if singular."""
    try:
        return np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(covariance)
        return vectors * np.sqrt(_above_rounding(values))


def _above_rounding(eigenvalues):
    """Zero instead of eigenvalues that are nothing but rounding errors, or below zero by them."""
    limit = len(eigenvalues) * np.finfo(np.float64).eps * max(eigenvalues[-1], 0)
    return np.where(eigenvalues > limit, eigenvalues, 0)
