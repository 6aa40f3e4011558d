"""Every score of generated images against a reference, by name, with a bootstrap interval."""

import dataclasses

import numpy as np

from ganzoo.metrics import classification, kernel, neighbours
from ganzoo.metrics.frechet import Moments, frechet_distance

RESAMPLES = 100
PARTS = 8
CONFIDENT = 0.9
NORMAL_95 = 1.959964  # deviations on each side of 95% of a normal law


@dataclasses.dataclass(frozen=True)
class Score:
    """A value with its 95% interval, and the settings that it depends on.

    The interval is the value and 1.96 deviations of its bootstrap on each side: drawing images
    anew from those drawn biases a distance (its bootstrap's mean is too large), but hardly its
    deviation. It tells what another set of generated images would have given, not what another
    set of real ones or another run of training would.
    """

    value: float
    interval: tuple
    settings: dict


def _bootstrapped(value, statistic, num, seed, settings, resamples):
    """`statistic(counts)` over resampled counts of `num` rows."""
    rng = np.random.default_rng(seed)
    equal = np.full(num, 1 / num)
    values = np.array([statistic(rng.multinomial(num, equal)) for _ in range(resamples)])
    half = NORMAL_95 * values.std(ddof=1) if resamples > 1 else np.nan
    settings = settings | {"resamples": resamples}
    return Score(float(value), (float(value - half), float(value + half)), settings)


def mean_of(values, seed, settings, resamples):
    """The `Score` of a mean over rows, or over random subsets."""
    values = np.asarray(values, np.float64)

    def mean(counts):
        return counts @ values / len(values)

    return _bootstrapped(values.mean(), mean, len(values), seed, settings, resamples)


def _frechet(reference, fake, seed, resamples):
    num, size = fake.features.shape
    if num <= size:
        resamples = min(resamples, 2)  # the value itself is nothing but bias, and warned of
    moments = Moments.of(fake.features)
    rows = fake.features - moments.mean

    def resampled(counts):
        sums = Moments.of_sums(num, counts @ rows, (rows * counts[:, None]).T @ rows)
        shifted = Moments(sums.mean + moments.mean, sums.covariance, num)
        return frechet_distance(reference.moments, shifted)

    settings = {"num_real_moments": reference.moments.num}
    value = frechet_distance(reference.moments, moments)
    return _bootstrapped(value, resampled, num, seed, settings, resamples)


def _kernel(reference, fake, seed, resamples):
    settings = {"subsets": 100, "subset_size": _subset_size(reference, fake)}
    values = kernel.kernel_distance(reference.features, fake.features, **settings, seed=seed)
    return _subsampled(values, len(fake.features), settings)


def _gaussian(reference, fake, seed, resamples):
    size = _subset_size(reference, fake)
    bandwidth = kernel.median_distance(reference.features[:size].astype(np.float64))
    settings = {"subsets": 20, "subset_size": size, "bandwidth": bandwidth}
    values = kernel.gaussian_mmd(reference.features, fake.features, **settings, seed=seed)
    return _subsampled(values, len(fake.features), settings)


def _subsampled(values, num, settings):
    """Of a mean over random subsets of `num` rows: a bootstrap with smaller samples.

    A subset of m rows varies by a share 1 - m / num of the variance that m fresh rows would have,
    and num rows vary by a share m / num of it.
    """
    size = settings["subset_size"]
    half = NORMAL_95 * values.std(ddof=1) * np.sqrt(size / (num - size))
    return Score(
        float(values.mean()), (float(values.mean() - half), float(values.mean() + half)), settings
    )


def _classifier(reference, fake, seed, resamples):
    splits = min(10, len(fake.logits))
    values = classification.classifier_score(fake.logits, splits)
    settings = {"splits": splits, "deviation_of_splits": round(float(values.std()), 6)}
    return _bootstrapped(
        values.mean(),
        lambda counts: classification.weighted_score(fake.logits, counts),
        len(fake.logits),
        seed,
        settings,
        resamples,
    )


def _mode_score(reference, fake, seed, resamples):
    def score(counts=None):
        return classification.mode_score(fake.logits, reference.probabilities, counts)

    return _bootstrapped(score(), score, len(fake.logits), seed, {}, resamples)


def _precision(reference, fake, seed, resamples):
    inside = neighbours.in_manifold(fake.features, reference.features, 3)
    return mean_of(inside, seed, {"k": 3}, resamples)


def _recall(reference, fake, seed, resamples):
    # The generated images are the manifold, each counts for many real ones: so parts of them,
    # which vary PARTS times as much as the whole, instead of a bootstrap.
    order = np.random.default_rng(seed).permutation(len(fake.features))
    values = [
        neighbours.in_manifold(reference.features, fake.features[part], 3).mean()
        for part in np.array_split(order, PARTS)
    ]
    value = neighbours.in_manifold(reference.features, fake.features, 3).mean()
    half = NORMAL_95 * np.std(values, ddof=1) / np.sqrt(PARTS)
    return Score(float(value), (float(value - half), float(value + half)), {"k": 3})


def _two_sample(reference, fake, seed, resamples):
    num = min(len(reference.features), len(fake.features), 5000)
    right = neighbours.two_sample_test(reference.features[:num], fake.features[:num])
    return mean_of(right, seed, {"num_of_each": num}, resamples)


def _coverage(index):
    def score(reference, fake, seed, resamples):
        labels = fake.logits.argmax(1)

        def value(counts=None):
            return classification.coverage(labels, len(reference.shares), reference.shares, counts)[
                index
            ]

        return _bootstrapped(value(), value, len(labels), seed, {}, resamples)

    return score


def _confident(reference, fake, seed, resamples):
    sure = classification.confidence(fake.logits, fake.temperature) >= CONFIDENT
    settings = {"at_least": CONFIDENT, "temperature": fake.temperature}
    return mean_of(sure, seed, settings, resamples)


def _rarest(reference, fake, seed, resamples):
    counts = np.bincount(fake.logits.argmax(1), minlength=fake.logits.shape[1])
    rarest = fake.logits.argmax(1) == counts.argmin()
    return mean_of(rarest, seed, {"class": int(counts.argmin())}, resamples)


def _birthday(reference, fake, seed, resamples):
    threshold = reference.duplicate_distance
    pairs = neighbours.duplicates_below(fake.features, threshold)
    sizes = neighbours.first_collisions(len(fake.features), pairs, seed=seed)
    settings = {"duplicates_below": threshold, "pairs": len(pairs), "orders": len(sizes)}

    if not len(pairs):  # the support is larger than so many images can tell
        least = neighbours.support_size(len(fake.features))
        return Score(least, (least, None), settings)
    support = neighbours.support_size(np.median(sizes))

    def scaled(counts):  # the support goes as one over the number of pairs
        return support * len(pairs) / max(1, (counts[pairs[:, 0]] * counts[pairs[:, 1]]).sum())

    return _bootstrapped(support, scaled, len(fake.features), seed, settings, resamples)


def _subset_size(reference, fake):
    return min(1000, len(reference.features), len(fake.features) // 2)


# Name: function of (reference, answers to generated images, seed, resamples), and what is better.
SCORES = {
    "frechet_distance": (_frechet, "lower"),
    "kernel_distance": (_kernel, "lower"),
    "gaussian_mmd": (_gaussian, "lower"),
    "classifier_score": (_classifier, "higher"),
    "mode_score": (_mode_score, "higher"),
    "precision": (_precision, "higher"),
    "recall": (_recall, "higher"),
    "two_sample_accuracy": (_two_sample, "0.5"),
    "modes": (_coverage(0), "higher"),
    "reverse_kl": (_coverage(1), "lower"),
    "confident_share": (_confident, "higher"),
    "rarest_class_share": (_rarest, "higher"),
    "birthday_support": (_birthday, "higher"),
}


def score(name, reference, fake, seed=0, resamples=RESAMPLES):
    """One score.

    Args:
        name: a key of SCORES.
        reference: `ganzoo.metrics.features.Reference`.
        fake: `Answers` to generated images.
        seed: int, of subsets and of the bootstrap.
        resamples: int, of the bootstrap.

    Returns:
        A `Score`.
    """
    return SCORES[name][0](reference, fake, seed, resamples)
