"""Scores by nearest neighbours: precision and recall, the two-sample test, the birthday paradox."""

import math

import numpy as np

from ganzoo.metrics.checks import check_activations, check_pair
from ganzoo.metrics.kernel import squared_distances

_ROWS = 1000  # of a matrix of distances at a time


def in_manifold(points, members, k=3):
    """Which points lie in a set's manifold: the union of balls around its members, each reaching
    to the member's k-th nearest neighbour in the set (itself left out). Kynkaanniemi et al. 2019,
    1904.06991, eq. 1.

    The mean over generated images, in the manifold of real ones, is the precision; the mean over
    real ones, in that of generated ones, the recall.

    Args:
        points, members: activations (num, size).
        k: int.

    Returns:
        Bool (num_points,).
    """
    points, members = (
        check_activations("points", points, 1),
        check_activations("members", members, k + 1),
    )
    if points.shape[1] != members.shape[1]:
        raise ValueError(
            "`points` and `members` must have as many features. "
            f"Received: {points.shape[1]} and {members.shape[1]}"
        )
    radii = np.concatenate(
        [np.partition(d, k - 1, 1)[:, k - 1] for _, d in _distances(members, members, itself=False)]
    )
    return np.concatenate([(d <= radii).any(1) for _, d in _distances(points, members)])


def two_sample_test(real, fake):
    """The leave-one-out answers of a nearest-neighbour classifier: Lopez-Paz and Oquab 2017,
    1610.06545; Xu et al. 2018, 1806.07755.

    Args:
        real, fake: activations (num, size), as many of each.

    Returns:
        Bool (2 * num,), whether each real, then each fake one's nearest neighbour is of its own
        set. The mean is .5 for equal laws, 1 for separable ones, and 0 where each fake image
        copies a real one.
    """
    real, fake = check_pair(real, fake)
    if len(real) != len(fake):
        raise ValueError(
            f"`real` and `fake` must have as many rows. Received: {len(real)} and {len(fake)}"
        )
    both = np.concatenate([real, fake])
    is_real = np.arange(len(both)) < len(real)
    nearest = np.concatenate([d.argmin(1) for _, d in _distances(both, both, itself=False)])
    return is_real[nearest] == is_real


def nearest(x, y):
    """The row of y that is nearest to each row of x: int64 (num_x,); float64 (num, size) both."""
    return np.concatenate([d.argmin(1) for _, d in _distances(x, y)])


def closest_pairs(activations, num=20):
    """The most similar pairs, for the eye to judge whether they are the same: Arora and Zhang
    2017, 1706.08224, section 2.

    Returns:
        (pairs, distances): int (num, 2), rows with the lower first, closest pair first; and float
        (num,).
    """
    rows = check_activations("activations", activations)
    found = []
    for start, distances in _distances(rows, rows, itself=False):
        places = np.arange(start, start + len(distances))
        distances[np.arange(len(rows)) <= places[:, None]] = np.inf  # each pair once
        least = np.argpartition(distances, min(num, distances.size - 1), None)[:num]
        i, j = np.unravel_index(least, distances.shape)
        found += [(d, a + start, b) for d, a, b in zip(distances[i, j], i, j, strict=True)]
    found = [f for f in sorted(found)[:num] if np.isfinite(f[0])]
    pairs = np.array([(a, b) for _, a, b in found], np.int64).reshape(-1, 2)
    return pairs, np.sqrt([d for d, _, _ in found])


def duplicates_below(activations, threshold):
    """All pairs of rows closer than `threshold`: int (pairs, 2)."""
    rows = check_activations("activations", activations)
    found = []
    for start, distances in _distances(rows, rows, itself=False):
        i, j = np.nonzero(distances < threshold**2)
        found.append(np.stack([i + start, j], 1)[i + start < j])
    return np.concatenate(found)


def first_collisions(num, pairs, trials=1000, seed=0):
    """How many of `num` samples, drawn in random order, hold the first pair of duplicates.

    Args:
        num: int, of samples.
        pairs: int (pairs, 2), which of them are the same.
        trials: int, random orders.
        seed: int, of the orders.

    Returns:
        Float (trials,); infinite if there are no duplicates among the samples. The median is the
        size of a batch that holds duplicates with probability one half.
    """
    if not len(pairs):
        return np.full(trials, np.inf)
    rng = np.random.default_rng(seed)
    orders = (rng.permutation(num) for _ in range(trials))
    return np.array([order[pairs].max(1).min() + 1.0 for order in orders])


def support_size(batch):
    """The size of a uniform support of which a batch holds duplicates with probability one half:
    batch^2 / (2 log 2). A law that is not uniform has a larger one (1706.08224, theorem 1)."""
    return batch**2 / (2 * math.log(2))


def collision_probability(support, batch):
    """The exact probability of duplicates among `batch` draws of a uniform support's members."""
    return -math.expm1(sum(math.log1p(-i / support) for i in range(batch)))


def _distances(x, y, itself=True):
    """Pairs of a first row and the squared distances of some rows of x from all of y."""
    for start in range(0, len(x), _ROWS):
        distances = squared_distances(x[start : start + _ROWS], y)
        if not itself:  # x is y
            own = np.arange(len(distances))
            distances[own, own + start] = np.inf
        yield start, distances
