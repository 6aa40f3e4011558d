"""Penalties on a discriminator's gradients."""

import tensorflow as tf


def gradient_penalty(discriminator, real, fake, epsilon):
    """E (||grad D(x_hat)||_2 - 1)^2, x_hat = epsilon x + (1 - epsilon) x~, two-sided.

    Gulrajani et al. 2017, 1704.00028, eq. 3, without the factor lambda. The norm is over all axes
    but the batch; 1e-12 under its square root keeps its gradient finite at zero.

    Args:
        discriminator: callable, images to logits with one row a sample; it must not mix samples,
            so no batch normalisation.
        real, fake: (batch, ...) float tensors of one shape.
        epsilon: (batch, 1, ...) float tensor in [0, 1], one number a sample.

    Returns:
        A float32 scalar.
    """
    mixed = epsilon * real + (1 - epsilon) * fake
    with tf.GradientTape() as tape:
        tape.watch(mixed)
        logits = discriminator(mixed)
    gradients = tf.cast(tape.gradient(logits, mixed), tf.float32)
    squares = tf.reduce_sum(tf.square(gradients), axis=list(range(1, len(gradients.shape))))
    return tf.reduce_mean(tf.square(tf.sqrt(squares + 1e-12) - 1))
