"""Adversarial losses, in pairs: `x_discriminator_loss(real_logits, fake_logits)`,
`x_generator_loss(fake_logits)`.

Logits are float tensors of any shape, (batch, 1) or patches, before any sigmoid. Every loss is a
float32 scalar, the mean over all logits, to be minimised. Logistic losses are written from logits
(-log sigmoid(a) = softplus(-a)), so that none overflows.
"""

import tensorflow as tf


def non_saturating_discriminator_loss(real_logits, fake_logits):
    """E softplus(-D(x)) + E softplus(D(G(z))). Goodfellow et al. 2014, 1406.2661, eq. 1.

    2 log 2 = 1.3863 where the discriminator knows nothing (all logits 0).
    """
    return _mean(tf.nn.softplus(-_f32(real_logits))) + _mean(tf.nn.softplus(_f32(fake_logits)))


def non_saturating_generator_loss(fake_logits):
    """E softplus(-D(G(z))): maximise log D(G(z)). Goodfellow et al. 2014, section 3."""
    return _mean(tf.nn.softplus(-_f32(fake_logits)))


def wasserstein_discriminator_loss(real_logits, fake_logits):
    """E D(G(z)) - E D(x). Arjovsky et al. 2017, 1701.07875, eq. 2-3, negated."""
    return _mean(fake_logits) - _mean(real_logits)


def wasserstein_generator_loss(fake_logits):
    """-E D(G(z)). Arjovsky et al. 2017, 1701.07875, algorithm 1, line 10."""
    return -_mean(fake_logits)


def _mean(values):
    return tf.reduce_mean(_f32(values))


def _f32(values):
    return tf.cast(values, tf.float32)
