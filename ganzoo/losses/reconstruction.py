"""Losses between images and their reconstructions."""

import tensorflow as tf


def absolute_difference(images, reconstructions):
    """E |x - x'|, the mean over all pixels and channels: a float32 scalar.

    CycleGAN's cycle and identity losses (Zhu et al. 2017, 1703.10593, eq. 2 and section 5.2) and
    StarGAN's reconstruction loss (Choi et al. 2018, 1711.09020, eq. 4), as their codes have them.

    Args:
        images, reconstructions: float tensors of one shape.
    """
    difference = tf.cast(images, tf.float32) - tf.cast(reconstructions, tf.float32)
    return tf.reduce_mean(tf.abs(difference))
