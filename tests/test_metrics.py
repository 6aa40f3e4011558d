"""Metrics against closed forms, TF-GAN and float64 references."""

import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
import scipy.special
import tensorflow as tf

from ganzoo import metrics, tfgan
from ganzoo.metrics.wasserstein import sliced_wasserstein

GRID = np.array([(x, y) for x in range(-4, 5, 2) for y in range(-4, 5, 2)], np.float64)


def normal(num, size=2, seed=0, shift=0.0):
    return np.random.default_rng(seed).normal(shift, 1, (num, size))


def correlated(num, size, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(num, size)) @ rng.normal(size=(size, size)) + rng.normal(size=size)


def grid_points(num, seed, centres=GRID, deviation=0.05):
    rng = np.random.default_rng(seed)
    return centres[rng.integers(0, len(centres), num)] + rng.normal(0, deviation, (num, 2))


def test_frechet_distance_of_two_gaussians():
    p = metrics.Moments(np.zeros(2), np.eye(2), 100)
    q = metrics.Moments(np.array([1.0, 0]), 4 * np.eye(2), 100)
    np.testing.assert_allclose(metrics.frechet_distance(p, q), 3, rtol=1e-12)
    np.testing.assert_allclose(metrics.frechet_distance(q, p), 3, rtol=1e-12)
    assert metrics.frechet_distance(q, q) < 1e-12


@pytest.mark.parametrize("num, expected", [(200, 11.2), (1000, 2.26), (5000, 0.44)])
def test_frechet_distance_of_equal_laws_falls_with_the_number(num, expected):
    distance = metrics.frechet_distance(normal(num, 64, 0), normal(num, 64, 1))
    np.testing.assert_allclose(distance, expected, rtol=0.1)


def test_frechet_distance_agrees_with_scipy_and_tf_gan():
    x, y = correlated(500, 20, 0), correlated(400, 20, 1)
    ours = metrics.frechet_distance(x, y)
    root = scipy.linalg.sqrtm(np.cov(x, rowvar=False) @ np.cov(y, rowvar=False)).real
    traces = np.trace(np.cov(x, rowvar=False) + np.cov(y, rowvar=False) - 2 * root)
    np.testing.assert_allclose(ours, ((x.mean(0) - y.mean(0)) ** 2).sum() + traces, rtol=1e-6)
    theirs = tfgan.module("eval.classifier_metrics").frechet_classifier_distance_from_activations
    np.testing.assert_allclose(ours, theirs(tf.constant(x), tf.constant(y)), rtol=1e-3)


def test_frechet_distance_of_singular_covariances():
    # Two laws on a line each: tr (C1 C2)^(1/2) = |c| s1 s2 with c the cosine between the lines.
    a, b = np.array([3.0, 4, 0]) / 5, np.array([1.0, 0, 0])
    p = metrics.Moments(np.zeros(3), 4 * np.outer(a, a), 100)
    q = metrics.Moments(np.zeros(3), 9 * np.outer(b, b), 100)
    np.testing.assert_allclose(metrics.frechet_distance(p, q), 4 + 9 - 2 * 2 * 3 * 0.6, rtol=1e-7)
    null = metrics.Moments(np.ones(3), np.zeros((3, 3)), 100)
    np.testing.assert_allclose(metrics.frechet_distance(p, null), 3 + 4, rtol=1e-12)
    # Nearly singular: eigenvalues over 16 orders of magnitude, on common axes.
    basis = np.linalg.qr(normal(40, 40))[0]
    s1, s2 = np.logspace(0, -16, 40), np.logspace(-1, -14, 40)
    p, q = (metrics.Moments(np.zeros(40), (basis * s) @ basis.T, 100) for s in (s1, s2))
    expected = ((np.sqrt(s1) - np.sqrt(s2)) ** 2).sum()
    np.testing.assert_allclose(metrics.frechet_distance(p, q), expected, rtol=1e-6)


def test_few_images_are_warned_of():
    with pytest.warns(UserWarning, match="8 features from 20 and 8 images is biased upwards"):
        distance = metrics.frechet_distance(normal(20, 8), normal(8, 8, 1))
    assert 0 < distance < np.inf


def test_kernel_distance_is_unbiased_and_sees_a_shift():
    values = [
        metrics.kernel_distance(normal(250, 8, s), normal(250, 8, s + 500), 1, 250)[0]
        for s in range(200)
    ]
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(200)
    assert 0.25 < np.mean(np.array(values) < 0) < 0.65
    shifted = metrics.kernel_distance(normal(2000, 8), normal(2000, 8, 1, 0.5), 5, 1000).mean()
    assert shifted > 20 * np.std(values)


def test_kernel_distance_agrees_with_tf_gan():
    x, y = correlated(300, 12, 0).astype("f"), correlated(300, 12, 1).astype("f")
    theirs = tfgan.module("eval.classifier_metrics").kernel_classifier_distance_from_activations
    ours = metrics.kernel_distance(x, y, subsets=1, subset_size=300)
    np.testing.assert_allclose(ours, theirs(tf.constant(x), tf.constant(y)), rtol=1e-3)


def test_gaussian_mmd_agrees_with_its_expectation():
    # E k(x, y) of N(m, 1) and N(0, 1) in one dimension: s / sqrt(s^2 + 2) exp(-m^2 / (2 s^2 + 4)).
    x, y = normal(4000, 1), normal(4000, 1, 1, 1.0)
    value = metrics.gaussian_mmd(x, y, bandwidth=1.0, subsets=5, subset_size=2000).mean()
    same, other = 1 / np.sqrt(3), np.exp(-1 / 6) / np.sqrt(3)
    np.testing.assert_allclose(value**2, 2 * same - 2 * other, rtol=0.1)
    assert metrics.gaussian_mmd(x, x, subsets=1, subset_size=4000)[0] < 1e-7


def test_classifier_score_bounds_and_tf_gan():
    one_hot = 1e3 * np.eye(10)[np.arange(1000) % 10]
    np.testing.assert_allclose(metrics.classifier_score(one_hot), 10, rtol=1e-12)
    np.testing.assert_allclose(metrics.classifier_score(one_hot[:1].repeat(50, 0)), 1, rtol=1e-12)
    logits = 2 * normal(600, 7)
    theirs = tfgan.module("eval.classifier_metrics").classifier_score_from_logits
    parts = metrics.classifier_score(logits, splits=3)
    for part, ours in zip(np.split(logits, 3), parts, strict=True):
        np.testing.assert_allclose(ours, theirs(tf.constant(part)), rtol=1e-6)


def test_mode_score_is_the_classifier_score_less_the_missing_modes():
    logits = 2 * normal(600, 7)
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    score = metrics.classifier_score(logits, 1)[0]
    np.testing.assert_allclose(metrics.mode_score(logits, p.mean(0)), score, rtol=1e-9)
    one_class = 1e3 * np.eye(4)[np.zeros(10, int)]
    np.testing.assert_allclose(metrics.mode_score(one_class, np.full(4, 0.25)), 0.25, rtol=1e-9)


def test_coverage_of_classes_and_mixtures():
    assert metrics.coverage(np.repeat([0, 1], 5), 4) == (2, pytest.approx(np.log(2)))
    modes, divergence = metrics.coverage(np.array([0, 1, 1, 1]), 2, np.array([0.5, 0.5]))
    assert modes == 2
    assert divergence == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))
    assert metrics.coverage(np.array([2]), 3, np.array([0.5, 0.5, 0]))[1] == np.inf
    labels, good = metrics.nearest_modes(grid_points(100_000, 0), GRID, 0.05)
    assert metrics.coverage(labels, 25)[0] == 25
    np.testing.assert_allclose(good.mean(), 1 - np.exp(-4.5), atol=1e-3)  # .9889


def test_stacked_digits_are_a_thousand_classes():
    digits = np.array([[0, 0, 7], [1, 2, 3], [9, 9, 9]])
    assert metrics.stacked_classes(digits).tolist() == [7, 123, 999]
    with pytest.raises(ValueError, match="`digits` must be in 0..9. Received: 1..10"):
        metrics.stacked_classes(np.array([[0, 1], [2, 10]]))


def test_precision_and_recall_on_the_25_grid():
    def scores(fake):
        real = grid_points(1000, 0)
        pairs = (fake, real), (real, fake)
        return [metrics.in_manifold(points, members).mean() for points, members in pairs]

    np.testing.assert_allclose(scores(grid_points(1000, 1)), (0.956, 0.947), atol=0.03)
    np.testing.assert_allclose(scores(grid_points(1000, 1, GRID[:13])), (0.963, 0.51), atol=0.05)
    precision, recall = scores(grid_points(1000, 1, deviation=1.0))
    assert precision < 0.1 and recall > 0.9


def test_two_sample_test_of_equal_shifted_and_copied_sets():
    def accuracy(fake):
        return metrics.two_sample_test(normal(1000), fake).mean()

    np.testing.assert_allclose(accuracy(normal(1000, seed=1)), 0.5, atol=0.03)
    assert accuracy(normal(1000, seed=1, shift=20)) == 1.0
    assert accuracy(normal(1000)) == 0.0


@pytest.mark.parametrize(
    "support, batch", [(100, 13), (365, 23), (1000, 38), (10_000, 119), (160_000, 472)]
)
def test_birthday_sizes(support, batch):
    assert metrics.collision_probability(support, batch) >= 0.5
    assert metrics.collision_probability(support, batch - 1) < 0.5
    np.testing.assert_allclose(metrics.support_size(batch), support, rtol=0.25)
    np.testing.assert_allclose(
        metrics.collision_probability(support, round(support**0.5)), 0.39, atol=0.03
    )


def test_birthday_estimate_finds_the_size_of_a_finite_support():
    support = normal(1000, 4, 5)
    samples = support[np.random.default_rng(0).integers(0, 1000, 4000)]
    pairs = metrics.duplicates_below(samples, 1e-6)
    same = (samples[:, None, 0] == samples[None, :, 0]) & np.triu(np.ones((4000, 4000), bool), 1)
    assert len(pairs) == same.sum()
    median = np.median(metrics.first_collisions(4000, pairs))
    np.testing.assert_allclose(metrics.support_size(median), 1000, rtol=0.3)
    assert np.isinf(metrics.first_collisions(10, pairs[:0])).all()


def test_closest_pairs_are_those_of_a_plain_search():
    rows = normal(1500, 3)
    pairs, distances = metrics.closest_pairs(rows, 7)
    everything = np.linalg.norm(rows[:, None] - rows[None], axis=-1)
    everything[np.tril_indices(1500)] = np.inf
    np.testing.assert_allclose(distances, np.sort(everything, None)[:7], rtol=1e-6)
    np.testing.assert_allclose(everything[tuple(pairs.T)], distances, rtol=1e-6)


def test_sliced_wasserstein_sees_texture_and_is_repeatable():
    rng = np.random.default_rng(0)
    real, other = rng.integers(0, 256, (2, 64, 32, 32, 3)).astype(np.uint8)
    striped = np.broadcast_to(other[:, :, :1], other.shape)
    near, far = sliced_wasserstein(real, other), sliced_wasserstein(real, striped)
    assert sliced_wasserstein(real, other) == near and sorted(near) == [16, 32]
    for size in near:
        np.testing.assert_allclose(near[size][1], near[size][0], rtol=0.5)
        assert far[size][1] > 2 * near[size][1]
    flat = np.full((64, 32, 32, 1), 90, np.uint8)
    assert np.isfinite(list(sliced_wasserstein(flat, flat).values())).all()


REFUSED = {
    "`points` must be finite. Received: NaN or infinity in 1 of 9 rows, the first of them row 3": (
        lambda: metrics.in_manifold(np.where(np.arange(9)[:, None] == 3, np.nan, 1), normal(9))
    ),
    r"`members` must have shape \(num, size\) with num >= 4. Received: \(3, 2\)": (
        lambda: metrics.in_manifold(normal(9), normal(3))
    ),
    "must have as many features. Received: 2 and 3": (
        lambda: metrics.frechet_distance(normal(9), normal(9, 3))
    ),
    "`subset_size` must be at least 2, and at most the number of rows, 9 and 5. Received: 6": (
        lambda: metrics.kernel_distance(normal(9), normal(5), 2, 6)
    ),
    "`activations` must be of a float dtype. Received: int64": (
        lambda: metrics.frechet_distance(np.ones((5, 2), int), normal(5))
    ),
    "`splits` must be in 1..5, the rows. Received: 6": (
        lambda: metrics.classifier_score(normal(5), 6)
    ),
    "must have as many rows. Received: 5 and 6": (
        lambda: metrics.two_sample_test(normal(5), normal(6))
    ),
    r"`labels` must be in 0..2. Received: 0..3": lambda: metrics.coverage(np.arange(4), 3),
    "`real_probabilities` must be 2 shares with sum 1": (
        lambda: metrics.mode_score(normal(5), np.ones(2))
    ),
    "`real` must be uint8 of shape": (
        lambda: sliced_wasserstein(np.zeros((4, 32, 32, 3)), np.zeros((4, 32, 32, 3), np.uint8))
    ),
    "`real` and `fake` must have one shape": (
        lambda: sliced_wasserstein(
            np.zeros((4, 32, 32, 1), np.uint8), np.zeros((4, 32, 32, 3), np.uint8)
        )
    ),
}


@pytest.mark.parametrize("message", REFUSED)
def test_bad_input_is_refused(message):
    with pytest.raises(ValueError, match=message):
        REFUSED[message]()


def test_temperature_agrees_with_scipy_and_calibrates():
    rng = np.random.default_rng(0)
    true = rng.normal(0, 2, (20_000, 5))
    labels = (true + rng.gumbel(size=true.shape)).argmax(1)  # drawn from softmax(true)
    logits = true * 0.4

    def loss(t):
        log_p = scipy.special.log_softmax(logits / t, 1)
        return -log_p[np.arange(len(labels)), labels].mean()

    found = metrics.temperature(logits, labels)
    best = scipy.optimize.minimize_scalar(loss, bounds=(0.05, 5), method="bounded").x
    np.testing.assert_allclose(found, best, rtol=1e-4)
    np.testing.assert_allclose(found, 0.4, rtol=0.05)
    sure = metrics.confidence(logits, found)
    np.testing.assert_allclose(sure, scipy.special.softmax(logits / found, 1).max(1), rtol=1e-12)
    np.testing.assert_allclose(sure.mean(), (logits.argmax(1) == labels).mean(), atol=0.01)
