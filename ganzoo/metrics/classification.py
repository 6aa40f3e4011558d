"""Scores by a classifier's answers: classifier score, Mode Score, modes and their coverage."""

import numpy as np

from ganzoo.metrics.checks import check_activations, check_labels


def classifier_score(logits, splits=10):
    """exp(E KL(p(y|x) || p(y))): Salimans et al. 2016, 1606.03498, section 4, called the Inception
    score if (and only if) the classifier is Inception.

    Args:
        logits: (num, classes), float.
        splits: int; p(y) and the score are taken in each of so many parts, in order.

    Returns:
        Float64 array (splits,), each between 1 and `classes`; report mean and deviation.

    Raises:
        ValueError: for fewer rows than splits, or logits that are not finite.
    """
    rows = check_activations("logits", logits, 1)
    if not 1 <= splits <= len(rows):
        raise ValueError(f"`splits` must be in 1..{len(rows)}, the rows. Received: {splits}")
    return np.array([_score(part) for part in np.array_split(rows, splits)])


def mode_score(logits, real_probabilities, counts=None):
    """exp(E KL(p(y|x) || p(y)) - KL(p(y) || p_real(y))): Che et al. 2017, 1612.02136, eq. 2, in
    the form that depends on the real data (as printed, with p_real inside the first term, it is
    the classifier score again; Xu et al. 2018, 1806.07755, section 2).

    Args:
        logits: (num, classes), float, of generated images.
        real_probabilities: (classes,), mean of p(y|x) over real ones.
        counts: (num,), how often each row is there, or None for once.

    Returns:
        Float, between 0 and `classes`.
    """
    rows = check_activations("logits", logits, 1)
    real = np.asarray(real_probabilities, np.float64)
    if real.shape != rows.shape[1:] or not np.isclose(real.sum(), 1, atol=1e-4) or (real < 0).any():
        raise ValueError(
            f"`real_probabilities` must be {rows.shape[1]} shares with sum 1. Received: {real}"
        )
    marginal, score = _marginal_and_log_score(rows, counts)
    return float(np.exp(score - kl(marginal, real)))


def weighted_score(logits, counts):
    """The classifier score of all rows at once, each `counts` times."""
    return float(np.exp(_marginal_and_log_score(np.asarray(logits, np.float64), counts)[1]))


def marginal(logits):
    """Mean of p(y|x) over rows of logits: (classes,)."""
    return _marginal_and_log_score(check_activations("logits", logits, 1))[0]


def temperature(logits, labels):
    """The T for which softmax(logits / T) predicts best, by its log likelihood: Guo et al. 2017,
    1706.04599, section 4.2.

    Args:
        logits: (num, classes), float, of images that the classifier was not trained on.
        labels: int (num,), their classes.

    Returns:
        Float, between 1/20 and 20.
    """
    rows = check_activations("logits", logits, 1)
    labels = check_labels("labels", labels, rows.shape[1])

    own = rows[np.arange(len(rows)), labels]
    low, high = 1 / 20, 20.0  # of 1 / T, in which the loss is convex
    for _ in range(60):
        middle = np.sqrt(low * high)
        slope = np.mean((np.exp(log_softmax(rows * middle)) * rows).sum(1) - own)
        low, high = (low, middle) if slope > 0 else (middle, high)
    return float(1 / middle)


def confidence(logits, temperature=1.0):
    """The probability of the most probable class, by softmax(logits / temperature): (num,)."""
    rows = check_activations("logits", logits, 1)
    return np.exp(log_softmax(rows / temperature).max(1))


def coverage(labels, classes, real_shares=None, counts=None):
    """Number of modes, and KL of the generated shares of classes from the real ones ("reverse").

    For stacked MNIST the class is that of `stacked_classes`; for a mixture the index of the
    nearest component (`nearest_modes`).

    Args:
        labels: int (num,), class of each generated image.
        classes: int.
        real_shares: (classes,), of the real data; None for equal ones.
        counts: (num,), how often each row is there, or None for once.

    Returns:
        (modes, reverse_kl): the number of classes that occur; and sum p_g log(p_g / p_real),
        0 for equal shares, infinite where a class occurs that the real data do not have.
    """
    labels = check_labels("labels", labels, classes)
    shares = np.bincount(labels, counts, classes).astype(np.float64)
    shares /= shares.sum()
    real = np.full(classes, 1 / classes) if real_shares is None else np.asarray(real_shares)
    return int((shares > 0).sum()), kl(shares, real)


def stacked_classes(digits):
    """One class of 1,000 for three digits stacked as channels: 100 a + 10 b + c (Metz et al. 2017,
    1611.02163, section 3.3.1).

    Args:
        digits: int (num, channels), in 0..9: the MNIST classifier's answers to each channel.

    Returns:
        Int64 (num,), in 0..10**channels - 1.
    """
    columns = np.stack([check_labels("digits", d, 10) for d in np.transpose(digits)])
    return 10 ** np.arange(len(columns))[::-1] @ columns


def nearest_modes(points, centres, deviation, within=3.0):
    """Which component of a Gaussian mixture each point is of, and whether it is a good one.

    Args:
        points: float (num, size).
        centres: float (modes, size).
        deviation: float, of each component along each axis.
        within: float, deviations; a point closer to its centre has high quality (Srivastava et
            al. 2017, 1705.07761, section 4; of a perfect 2-D mixture .9889 are).

    Returns:
        (labels, good): int64 (num,) and bool (num,).
    """
    points = check_activations("points", points, 1)
    distances = np.linalg.norm(points[:, None] - np.asarray(centres)[None], axis=-1)
    return distances.argmin(1), distances.min(1) <= within * deviation


def log_softmax(logits):
    """log p(y|x) from logits (num, classes)."""
    shifted = logits - logits.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))


def _score(rows):
    return np.exp(_marginal_and_log_score(rows)[1])


def _marginal_and_log_score(rows, counts=None):
    log_p = log_softmax(rows)
    p = np.exp(log_p)
    marginal = np.average(p, 0, counts)
    conditional = np.average((p * log_p).sum(1), weights=counts)
    return marginal, conditional - negative_entropy(marginal)


def negative_entropy(p):
    """Sum of p log p over the classes that occur."""
    return (p[p > 0] * np.log(p[p > 0])).sum()


def kl(p, q):
    """Sum of p log(p / q), infinite where p is above zero and q is not."""
    with np.errstate(divide="ignore"):
        return float((p[p > 0] * np.log(p[p > 0] / q[p > 0])).sum())
