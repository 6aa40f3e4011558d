"""Adversarial losses, in pairs: `x_discriminator_loss(real_logits, fake_logits)`,
`x_generator_loss(fake_logits)`.

Logits are float tensors of any shape, (batch, 1) or patches, before any sigmoid. Every loss is a
float32 scalar, the mean over all logits, to be minimised. Logistic losses are written from logits
(-log sigmoid(a) = softplus(-a)), so that none overflows.
"""

import tensorflow as tf


def minimax_discriminator_loss(real_logits, fake_logits, real_label=1.0):
    """E softplus(-D(x)) + E softplus(D(G(z))). Goodfellow et al. 2014, 1406.2661, eq. 1.

    2 log 2 = 1.3863 where the discriminator knows nothing (all logits 0). A `real_label` below 1,
    usually 0.9, is the one-sided label smoothing of Salimans et al. 2016 (1606.03498, section
    3.4): the target for real images; that for generated ones stays 0.
    """
    if not 0 < real_label <= 1:
        raise ValueError(f"`real_label` must be in (0, 1]. Received: {real_label!r}")
    real, fake = _f32(real_logits), _f32(fake_logits)
    real_term = real_label * tf.nn.softplus(-real) + (1 - real_label) * tf.nn.softplus(real)
    return _mean(real_term) + _mean(tf.nn.softplus(fake))


def minimax_generator_loss(fake_logits):
    """-E softplus(D(G(z))): minimise log(1 - D(G(z))), which saturates where the discriminator
    is sure. Goodfellow et al. 2014, eq. 1."""
    return -_mean(tf.nn.softplus(_f32(fake_logits)))


# The discriminator's side of the non-saturating game is that of the minimax game.
non_saturating_discriminator_loss = minimax_discriminator_loss


def non_saturating_generator_loss(fake_logits):
    """E softplus(-D(G(z))): maximise log D(G(z)). Goodfellow et al. 2014, section 3."""
    return _mean(tf.nn.softplus(-_f32(fake_logits)))


def least_squares_discriminator_loss(real_logits, fake_logits, a=0.0, b=1.0):
    """1/2 E (D(x) - b)^2 + 1/2 E (D(G(z)) - a)^2. Mao et al. 2017, 1611.04076, eq. 2.

    Args:
        a, b: targets for generated and for real images.
    """
    real, fake = _f32(real_logits), _f32(fake_logits)
    return (_mean(tf.square(real - b)) + _mean(tf.square(fake - a))) / 2


def least_squares_generator_loss(fake_logits, c=1.0):
    """1/2 E (D(G(z)) - c)^2. Mao et al. 2017, 1611.04076, eq. 2.

    Args:
        c: the value that the generator wants the discriminator to give its images.
    """
    return _mean(tf.square(_f32(fake_logits) - c)) / 2


def hinge_discriminator_loss(real_logits, fake_logits):
    """E relu(1 - D(x)) + E relu(1 + D(G(z))). Miyato et al. 2018, 1802.05957, eq. 16."""
    return _mean(tf.nn.relu(1 - _f32(real_logits))) + _mean(tf.nn.relu(1 + _f32(fake_logits)))


def hinge_generator_loss(fake_logits):
    """-E D(G(z)). Miyato et al. 2018, 1802.05957, eq. 17."""
    return -_mean(fake_logits)


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
