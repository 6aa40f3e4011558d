"""Keras metrics: batch by batch equals at once, two replicas equal one, merging adds."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import metrics
from ganzoo.metrics import classification, streaming
from ganzoo.metrics.wasserstein import sliced_wasserstein

CLASSES, NUM = 6, 48
RNG = np.random.default_rng(0)
REAL = RNG.normal(size=(NUM, CLASSES))
FAKE = np.concatenate([RNG.normal(0.4, 1, (NUM - 8, CLASSES)), REAL[:8] + 1e-4]).astype("f")
SHARES = classification.marginal(REAL)
LABELS = FAKE.argmax(1)
SMALL = {"subsets": 3, "subset_size": 20}

# Each metric, with what the pure function gives of all at once.
CASES = {
    "frechet": (
        lambda: streaming.FrechetDistance(metrics.Moments.of(REAL)),
        lambda: metrics.frechet_distance(REAL, FAKE),
    ),
    "classifier": (
        lambda: streaming.ClassifierScore(CLASSES),
        lambda: metrics.classifier_score(FAKE, 1)[0],
    ),
    "mode": (lambda: streaming.ModeScore(SHARES), lambda: metrics.mode_score(FAKE, SHARES)),
    "reverse_kl": (
        lambda: streaming.ReverseKL(CLASSES, SHARES),
        lambda: metrics.coverage(LABELS, CLASSES, SHARES)[1],
    ),
    "modes": (lambda: streaming.Modes(CLASSES), lambda: metrics.coverage(LABELS, CLASSES)[0]),
    "kernel": (
        lambda: streaming.KernelDistance(REAL, **SMALL),
        lambda: metrics.kernel_distance(REAL, FAKE, **SMALL).mean(),
    ),
    "mmd": (
        lambda: streaming.GaussianMMD(REAL, **SMALL),
        lambda: metrics.gaussian_mmd(REAL, FAKE, **SMALL).mean(),
    ),
    "precision": (
        lambda: streaming.Precision(REAL),
        lambda: metrics.in_manifold(FAKE, REAL).mean(),
    ),
    "recall": (
        lambda: streaming.Recall(REAL),
        lambda: metrics.in_manifold(REAL, FAKE).mean(),
    ),
    "two_sample": (
        lambda: streaming.TwoSampleAccuracy(REAL),
        lambda: metrics.two_sample_test(REAL, FAKE).mean(),
    ),
    "birthday": (
        lambda: streaming.BirthdaySupport(CLASSES, 1.0),
        lambda: metrics.support_size(
            np.median(metrics.first_collisions(NUM, metrics.duplicates_below(FAKE, 1.0)))
        ),
    ),
}


@pytest.fixture(params=CASES)
def case(request):
    make, expected = CASES[request.param]
    inputs = LABELS if request.param in ("modes", "reverse_kl") else FAKE
    return make, inputs, expected()


def test_streaming_equals_one_batch(case):
    make, inputs, expected = case
    metric = make()
    assert np.isnan(metric.result())
    for part in np.array_split(inputs, [7, 8, 30]):
        metric.update_state(part)
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-6)
    assert metric.result().dtype == tf.float64
    metric.reset_state()
    assert np.isnan(metric.result())


def test_two_metrics_merge_into_one(case):
    make, inputs, expected = case
    first, second = make(), make()
    first.update_state(inputs[:17])
    second.update_state(inputs[17:])
    first.merge([second])
    np.testing.assert_allclose(first.result(), expected, rtol=1e-6)


def test_two_replicas_equal_one(case):
    make, inputs, expected = case
    strategy = tf.distribute.MirroredStrategy(
        ["CPU:0", "CPU:1"], cross_device_ops=tf.distribute.ReductionToOneDevice()
    )
    with strategy.scope():
        metric = make()
    dataset = tf.data.Dataset.from_tensor_slices(inputs).batch(16)
    update = tf.function(lambda batch: strategy.run(metric.update_state, (batch,)))
    for batch in strategy.experimental_distribute_dataset(dataset):
        update(batch)
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-6)


def test_the_mean_may_be_large():
    metric = streaming.FrechetDistance(metrics.Moments.of(REAL + 1e6))
    metric.update_state(np.float64(FAKE) + 1e6)
    np.testing.assert_allclose(metric.result(), metrics.frechet_distance(REAL, FAKE), rtol=1e-6)


def test_images_are_collected_for_the_sliced_wasserstein_distance():
    real, fake = RNG.integers(0, 256, (2, 24, 16, 16, 3)).astype(np.uint8)
    small = {"patches_per_image": 4, "directions": (1, 8)}
    metric = streaming.SlicedWasserstein(real, **small)
    metric.update_state(fake[:10])
    assert np.isnan(metric.result())
    metric.update_state(fake[10:])
    ((_, expected),) = sliced_wasserstein(real, fake, **small).values()
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-6)


def test_only_as_many_rows_as_asked_for_are_kept():
    metric = streaming.BirthdaySupport(CLASSES, 1.0, capacity=10)
    metric.update_state(FAKE)
    assert metric.filled.numpy().sum() == 10


def test_a_keras_model_is_evaluated_by_one():
    model = keras.Sequential([keras.Input((CLASSES,)), keras.layers.Identity()])
    model.compile(loss="mse", metrics=[ScoreOfOutputs()])
    logs = model.evaluate(FAKE, FAKE, batch_size=13, verbose=0, return_dict=True)
    expected = metrics.frechet_distance(REAL, FAKE)
    np.testing.assert_allclose(logs["score_of_outputs"], expected, rtol=1e-5)


class ScoreOfOutputs(streaming.FrechetDistance):
    """As a user would put it into `compile`."""

    def __init__(self):
        super().__init__(metrics.Moments.of(REAL), name="score_of_outputs")

    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(y_pred)
