"""Maximum mean discrepancies: the kernel distance (KID) and the one with a Gaussian kernel."""

import numpy as np

from ganzoo.metrics.checks import check_pair


def kernel_distance(real, fake, subsets=100, subset_size=1000, seed=0):
    """Unbiased squared MMD with the kernel (x.y / size + 1)^3: KID, Binkowski et al. 2018,
    1801.01401, section 4.

    Args:
        real, fake: activations (num, size).
        subsets: int, pairs of random subsets, each without repetition.
        subset_size: int, rows of each.
        seed: int, of the choice of rows.

    Returns:
        Float64 array (subsets,), whose mean is the score. Values may be below zero: the
        estimate is unbiased, and zero for equal laws.

    Raises:
        ValueError: for fewer rows than `subset_size`, other sizes, or values that are not finite.
    """
    real, fake = check_pair(real, fake)
    size = real.shape[1]

    def kernel(x, y):
        base = x @ y.T / size + 1
        return base * base * base  # ten times as fast as ** 3

    return _over_subsets(real, fake, kernel, _unbiased, subsets, subset_size, seed)


def gaussian_mmd(real, fake, bandwidth=None, subsets=20, subset_size=1000, seed=0):
    """Root of the squared MMD with the kernel exp(-|x - y|^2 / (2 bandwidth^2)), clipped at zero:
    Xu et al. 2018, 1806.07755, section 2.

    Args:
        real, fake, subsets, subset_size, seed: as in `kernel_distance`.
        bandwidth: float, or None for the median distance of two rows of `real` (of at most
            `subset_size` of them).

    Returns:
        Float64 array (subsets,), whose mean is the score: 0 for equal sets, below sqrt(2).
    """
    real, fake = check_pair(real, fake)
    if bandwidth is None:
        bandwidth = median_distance(real[:subset_size])
    if not bandwidth > 0:
        raise ValueError(f"`bandwidth` must be above 0. Received: {bandwidth!r}")

    def kernel(x, y):
        return np.exp(-squared_distances(x, y) / (2 * bandwidth**2))

    values = _over_subsets(real, fake, kernel, _biased, subsets, subset_size, seed)
    return np.sqrt(np.maximum(values, 0))


def median_distance(rows):
    """The median distance between two different rows."""
    distances = squared_distances(rows, rows)
    return float(np.sqrt(np.median(distances[np.triu_indices(len(rows), 1)])))


def squared_distances(x, y):
    """|x_i - y_j|^2 as a matrix (num_x, num_y), float64."""
    distances = (-2 * x) @ y.T
    distances += (x * x).sum(1)[:, None]
    distances += (y * y).sum(1)
    return np.maximum(distances, 0, out=distances)


def _over_subsets(real, fake, kernel, estimate, subsets, subset_size, seed):
    if not 2 <= subset_size <= min(len(real), len(fake)):
        raise ValueError(
            "`subset_size` must be at least 2, and at most the number of rows, "
            f"{len(real)} and {len(fake)}. Received: {subset_size}"
        )
    if subsets < 1:
        raise ValueError(f"`subsets` must be at least 1. Received: {subsets}")
    rng = np.random.default_rng(seed)

    def value():
        x, y = (s[rng.choice(len(s), subset_size, replace=False)] for s in (real, fake))
        return estimate(kernel(x, x), kernel(y, y), kernel(x, y))

    return np.array([value() for _ in range(subsets)])


def _unbiased(within_x, within_y, between):
    num = len(between)
    off_diagonal = sum(k.sum() - np.trace(k) for k in (within_x, within_y))
    return off_diagonal / (num * (num - 1)) - 2 * between.mean()


def _biased(within_x, within_y, between):
    return within_x.mean() + within_y.mean() - 2 * between.mean()
