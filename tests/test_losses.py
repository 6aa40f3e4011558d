"""Losses and penalties against TF-GAN and closed forms, two-sided."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import tfgan
from ganzoo.losses import adversarial, classification
from ganzoo.losses.penalties import gradient_penalty
from ganzoo.losses.reconstruction import absolute_difference

RNG = np.random.default_rng(0)
REAL, FAKE = (RNG.normal(size=(64, 1), scale=3).astype(np.float32) for _ in range(2))


PAIRS = [
    ("minimax", "minimax"),
    ("non_saturating", "modified"),
    ("least_squares", "least_squares"),
    ("wasserstein", "wasserstein"),
    ("hinge", "wasserstein_hinge"),
]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_losses_equal_tfgan(ours, theirs):
    reference = tfgan.module("losses.losses_impl")
    keywords = {"label_smoothing": 0.0} if theirs in ("minimax", "modified") else {}
    np.testing.assert_allclose(
        getattr(adversarial, f"{ours}_discriminator_loss")(REAL, FAKE),
        getattr(reference, f"{theirs}_discriminator_loss")(REAL, FAKE, **keywords),
        rtol=1e-5,
    )
    # TF-GAN's minimax generator loss carries along the discriminator's loss for a logit of 1.
    offset = np.log1p(np.exp(-1)) if theirs == "minimax" else 0
    keywords = keywords if theirs == "minimax" else {}
    np.testing.assert_allclose(
        getattr(adversarial, f"{ours}_generator_loss")(FAKE) - offset,
        getattr(reference, f"{theirs}_generator_loss")(FAKE, **keywords),
        rtol=1e-5,
    )


def test_label_smoothing_is_one_sided_and_tfgan_s():
    # TF-GAN's smoothing s gives real images the target 1 - s / 2.
    reference = tfgan.module("losses.losses_impl").minimax_discriminator_loss
    np.testing.assert_allclose(
        adversarial.minimax_discriminator_loss(REAL, FAKE, real_label=0.9),
        reference(REAL, FAKE, label_smoothing=0.2),
        rtol=1e-5,
    )
    with pytest.raises(ValueError, match="`real_label` must be in"):
        adversarial.minimax_discriminator_loss(REAL, FAKE, real_label=1.1)


def test_a_discriminator_that_knows_nothing_pays_two_log_two():
    zeros = tf.zeros((4, 1))
    loss = adversarial.non_saturating_discriminator_loss(zeros, zeros)
    np.testing.assert_allclose(loss, 2 * np.log(2), rtol=1e-6)


def test_logistic_losses_do_not_overflow():
    huge = tf.constant([[1e4], [-1e4]])
    loss = adversarial.non_saturating_discriminator_loss(huge, huge)
    np.testing.assert_allclose(loss, 1e4, rtol=1e-6)


def test_penalty_of_a_linear_critic_is_its_norm_s_distance_from_one():
    weights = RNG.normal(size=(12, 1)).astype(np.float32)
    real, fake = (RNG.normal(size=(5, 2, 2, 3)).astype(np.float32) for _ in range(2))
    epsilon = RNG.uniform(size=(5, 1, 1, 1)).astype(np.float32)
    penalty = gradient_penalty(
        lambda x: tf.reshape(x, (-1, 12)) @ weights, tf.constant(real), tf.constant(fake), epsilon
    )
    np.testing.assert_allclose(penalty, (np.linalg.norm(weights) - 1) ** 2, rtol=1e-5)


def test_penalty_takes_one_interpolation_weight_a_sample():
    # The gradient of |x|^2 / 2 is x itself, so the penalty shows where it was taken.
    real, fake = (RNG.normal(size=(6, 4, 4, 1)).astype(np.float32) for _ in range(2))
    epsilon = RNG.uniform(size=(6, 1, 1, 1)).astype(np.float32)
    penalty = gradient_penalty(
        lambda x: tf.reduce_sum(x**2, [1, 2, 3]) / 2, tf.constant(real), tf.constant(fake), epsilon
    )
    mixed = epsilon.astype(np.float64) * real + (1 - epsilon.astype(np.float64)) * fake
    norms = np.sqrt((mixed**2).sum((1, 2, 3)))
    np.testing.assert_allclose(penalty, ((norms - 1) ** 2).mean(), rtol=1e-5)


def test_penalty_equals_tfgan():
    # With equal real and fake images the interpolation weights, which TF-GAN draws, play no part.
    images = RNG.normal(size=(8, 4, 4, 1)).astype(np.float32)
    keras.utils.set_random_seed(0)
    critic = keras.Sequential(
        [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(9, "tanh")]
        + [keras.layers.Dense(1)]
    )
    ours = gradient_penalty(critic, tf.constant(images), tf.constant(images), tf.ones((8, 1, 1, 1)))
    reference = tfgan.module("losses.losses_impl").wasserstein_gradient_penalty

    @tf.function
    def theirs():
        return reference(images, images, None, lambda x, _: critic(x), "critic")

    np.testing.assert_allclose(ours, theirs(), rtol=1e-5)


def test_penalty_of_a_flat_critic_has_a_finite_gradient():
    weight = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        penalty = gradient_penalty(
            lambda x: weight * tf.reduce_sum(x, [1, 2, 3]),
            tf.ones((2, 2, 2, 1)),
            tf.zeros((2, 2, 2, 1)),
            tf.ones((2, 1, 1, 1)),
        )
    np.testing.assert_allclose(penalty, 1, atol=1e-5)
    assert np.isfinite(tape.gradient(penalty, weight))


def test_cycle_consistency_is_tfgan_s():
    reference = tfgan.module("losses.losses_impl").cycle_consistency_loss
    x, y, again_x, again_y = (RNG.normal(size=(4, 8, 8, 3)).astype(np.float32) for _ in range(4))
    ours = absolute_difference(x, again_x) + absolute_difference(y, again_y)
    np.testing.assert_allclose(ours / 2, reference(x, again_x, y, again_y), rtol=1e-5)


def test_classification_losses_equal_their_formulas():
    logits = RNG.normal(size=(6, 4), scale=3)
    one_hot = np.eye(4)[[0, 1, 2, 3, 0, 1]]
    attributes = RNG.integers(0, 2, (6, 4))
    softmax = -np.log((np.exp(logits) / np.exp(logits).sum(1, keepdims=True) * one_hot).sum(1))
    np.testing.assert_allclose(classification.one_of(one_hot, logits), softmax, rtol=1e-5)
    sigmoid = 1 / (1 + np.exp(-logits))
    binary = -np.log(np.where(attributes, sigmoid, 1 - sigmoid)).sum(1)
    np.testing.assert_allclose(classification.any_of(attributes, logits), binary, rtol=1e-5)
