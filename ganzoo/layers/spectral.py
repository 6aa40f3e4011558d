"""Spectral normalisation as in the paper: a reparameterisation, not an overwritten kernel."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("ganzoo")
class SpectralNormalization(keras.layers.Wrapper):
    """Calls a layer with its kernel divided by the kernel's largest singular value.

    Miyato et al. 2018, 1802.05957, algorithm 1: W / sigma, sigma = u^T W v, v = W^T u / ||W^T u||,
    with W as a matrix (d_out, everything else). W stays the trainable weight; u is a weight that
    `iterate` moves by one power iteration, v follows from it. No gradient reaches u or v; through
    W in sigma it does. sigma is computed in float32.

    `GAN.apply` calls `iterate` once after each of the owner's updates, so u does not depend on how
    often the network was called (`keras.layers.SpectralNormalization` iterates at every call, and
    overwrites the kernel, so that no gradient reaches sigma).

    For a convolution of stride s and side k the true operator norm may reach ceil(k / s): the
    paper's, and this, normalise the kernel as a matrix.

    Args:
        layer: a Keras layer with a `kernel`: Dense, Conv2D, Conv2DTranspose ...
    """

    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        transposed = isinstance(layer, keras.layers.Conv2DTranspose)
        self.output_axis = -2 if transposed else -1  # of the kernel

    def build(self, input_shape=None):
        super().build(input_shape)
        self.u = self.add_weight(
            name="u",
            shape=(self.layer.kernel.shape[self.output_axis],),
            initializer=keras.initializers.RandomNormal(0.0, 1.0),
            trainable=False,
            autocast=False,
            dtype="float32",
            aggregation="mean",
        )

    def call(self, inputs):
        kernel = self.layer.kernel
        normalized = tf.convert_to_tensor(kernel) / tf.cast(self.sigma(), kernel.dtype)
        # Inside the scope the layer reads the normalised kernel in place of its variable.
        with keras.StatelessScope(state_mapping=[(kernel, normalized)]):
            return self.layer(inputs)

    def sigma(self):
        """The estimate of the kernel's largest singular value, a float32 scalar."""
        matrix = self._matrix()
        u = tf.math.l2_normalize(tf.convert_to_tensor(self.u))
        v = tf.stop_gradient(tf.math.l2_normalize(tf.linalg.matvec(matrix, u, transpose_a=True)))
        return tf.tensordot(tf.stop_gradient(u), tf.linalg.matvec(matrix, v), 1)

    def iterate(self):
        """One power iteration: v from u, then u from v."""
        matrix = self._matrix()
        v = tf.math.l2_normalize(tf.linalg.matvec(matrix, self.u, transpose_a=True))
        self.u.assign(tf.math.l2_normalize(tf.linalg.matvec(matrix, v)))

    def _matrix(self):
        kernel = tf.cast(tf.convert_to_tensor(self.layer.kernel), tf.float32)
        axes = len(kernel.shape)
        kernel = tf.experimental.numpy.moveaxis(kernel, axes + self.output_axis, 0)
        return tf.reshape(kernel, (kernel.shape[0], -1))
