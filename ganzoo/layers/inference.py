"""Networks as they are exported: what training needs is folded into plain weights."""

import keras
import tensorflow as tf

from ganzoo.layers.spectral import SpectralNormalization


@keras.saving.register_keras_serializable("ganzoo")
class Affine(keras.layers.Layer):
    """x scale + offset for each channel, in float32: batch normalisation that learned its
    statistics.

    Inputs and outputs: (batch, ..., channels), any float dtype.
    """

    def build(self, input_shape):
        for name in "scale", "offset":
            weight = self.add_weight(
                name=name, shape=(input_shape[-1],), dtype="float32", autocast=False
            )
            setattr(self, name, weight)

    def call(self, inputs, training=None, mask=None):  # as of the layer that it replaces
        outputs = tf.cast(inputs, tf.float32) * self.scale + self.offset
        return tf.cast(outputs, self.compute_dtype)


def inference_form(network):
    """A copy of a network for inference alone: the same outputs, bit for bit in float32.

    Spectrally normalised kernels are divided by sigma once; batch normalisation over the last
    axis becomes a scale and an offset, computed in the order in which TensorFlow does it. (To
    multiply the scale into the kernel before it would save a product, and change last bits.)

    Args:
        network: a Keras model; one that is no graph of layers is returned as it is.
    """
    if not isinstance(network, (keras.Sequential, keras.Function)):
        return network
    weights = []

    def folded(layer):
        if isinstance(layer, SpectralNormalization):
            copy, values = _copy(layer.layer, name=layer.name), _normalized(layer)
        elif isinstance(layer, keras.layers.BatchNormalization) and _is_last(layer):
            copy, values = Affine(name=layer.name, dtype=layer.dtype_policy), _scale_offset(layer)
        else:
            copy, values = _copy(layer), layer.get_weights()
        weights.append((copy, values))
        return copy

    copy = keras.models.clone_model(network, clone_function=folded, recursive=True)
    for layer, values in weights:
        layer.set_weights(values)
    copy.trainable = False
    return copy


def _copy(layer, **changes):
    return layer.__class__.from_config(layer.get_config() | changes)


def _normalized(layer):
    """The weights of a `SpectralNormalization`'s layer, its kernel divided by sigma."""
    kernel, sigma = layer.layer.kernel, layer.sigma()
    return [
        tf.convert_to_tensor(w) / tf.cast(sigma, w.dtype) if w is kernel else w
        for w in layer.layer.weights
    ]


def _is_last(layer):
    return layer.axis in (-1, layer.input_spec.ndim - 1)


def _scale_offset(layer):
    """Scale and offset of a batch normalisation, as `tf.nn.batch_normalization` has them."""
    scale = tf.math.rsqrt(layer.moving_variance + layer.epsilon)
    if layer.scale:
        scale *= layer.gamma
    shift = layer.moving_mean * scale
    return [scale, layer.beta - shift if layer.center else -shift]
