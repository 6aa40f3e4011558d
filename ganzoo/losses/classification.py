"""Classification losses on domain logits, row by row: StarGAN, Choi et al. 2018, 1711.09020."""

import tensorflow as tf


def one_of(labels, logits):
    """Softmax cross-entropy, for domains of which exactly one holds.

    Args:
        labels: float (batch, domains), one-hot.
        logits: float (batch, domains).

    Returns:
        Float32 (batch,).
    """
    return tf.nn.softmax_cross_entropy_with_logits(
        tf.cast(labels, tf.float32), tf.cast(logits, tf.float32)
    )


def any_of(labels, logits):
    """Sigmoid cross-entropy summed over the domains, for attributes that hold independently.

    Args:
        labels: float (batch, domains), each 0 or 1.
        logits: float (batch, domains).

    Returns:
        Float32 (batch,).
    """
    losses = tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.cast(labels, tf.float32), logits=tf.cast(logits, tf.float32)
    )
    return tf.reduce_sum(losses, -1)


KINDS = {"one_of": one_of, "any_of": any_of}
