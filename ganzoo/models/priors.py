"""Latent priors: how latents are drawn, truncated and interpolated."""

import math

import tensorflow as tf

from ganzoo.draws import PHILOX


class Normal:
    """N(0, I). Truncated by drawing each component again until |z| <= truncation, the truncation
    trick of Brock et al. 2018 (1809.11096, section 3.1), here by the inverse distribution
    function. Interpolated along great circles (White 2016, 1609.04468), which keep the norm that
    the generator was trained on.
    """

    text = "N(0, 1)"

    def draw(self, shape, seed, truncation=None):
        """Float32 latents of `shape` from a stateless `seed` (2,).

        Args:
            truncation: None, a number above 0, or a float32 scalar tensor.
        """
        if truncation is None:
            return tf.random.stateless_normal(shape, seed, alg=PHILOX)
        truncation = tf.cast(truncation, tf.float32)
        tail = tf.math.erfc(tf.cast(truncation, tf.float64) / math.sqrt(2)) / 2
        tail, head = tf.cast(tail, tf.float32), tf.cast(1 - tail, tf.float32)
        uniform = tf.random.stateless_uniform(shape, seed, tail, head, alg=PHILOX)
        return tf.clip_by_value(tf.math.ndtri(uniform), -truncation, truncation)

    def path(self, start, end, t):
        """The point a share `t` in [0, 1] along the way; start, end (..., latent_size)."""
        norms = tf.norm(start, axis=-1, keepdims=True), tf.norm(end, axis=-1, keepdims=True)
        cosine = tf.reduce_sum(start * end, -1, keepdims=True) / tf.maximum(
            norms[0] * norms[1], 1e-12
        )
        angle = tf.acos(tf.clip_by_value(cosine, -1.0, 1.0))
        sine = tf.sin(angle)
        straight = (1 - t) * start + t * end
        curved = tf.math.divide_no_nan(
            tf.sin((1 - t) * angle) * start + tf.sin(t * angle) * end, sine
        )
        return tf.where(sine > 1e-4, curved, straight)


class Uniform:
    """U(-1, 1) in each component. Truncated to [-truncation, truncation]; interpolated on
    straight lines, which stay inside the cube."""

    text = "U(-1, 1)"

    def draw(self, shape, seed, truncation=None):
        """Float32 latents of `shape` from a stateless `seed` (2,).

        Args:
            truncation: None, a number above 0, or a float32 scalar tensor.
        """
        bound = 1.0 if truncation is None else tf.minimum(tf.cast(truncation, tf.float32), 1.0)
        return tf.random.stateless_uniform(shape, seed, -bound, bound, alg=PHILOX)

    def path(self, start, end, t):
        """The point a share `t` in [0, 1] along the way; start, end (..., latent_size)."""
        return (1 - t) * start + t * end
