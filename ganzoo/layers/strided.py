"""Convolutions between images and maps of half their side, quick on CPUs.

oneDNN's transposed convolution to as few channels as an image has runs at a fifth of the speed of
its others. Here the 2x2 pixels of an image that lie at one place of the map are taken as channels
(space to depth), which makes it a convolution of stride 1 to four times as many.
"""

import keras
import tensorflow as tf

FEW = 4  # channels


@tf.custom_gradient
def maps_of(images, kernel):
    """`tf.nn.conv2d(images, kernel, 2, "SAME")`; its gradient is `images_of`.

    Args:
        images: (batch, height, width, channels), sides even.
        kernel: (side, side, channels, filters), side even.

    Returns:
        (batch, height / 2, width / 2, filters).
    """

    def gradient(upstream):
        return images_of(upstream, kernel), _kernel_gradient(images, kernel, upstream)

    return tf.nn.conv2d(images, kernel, 2, "SAME"), gradient


@tf.custom_gradient
def images_of(maps, kernel):
    """`tf.nn.conv2d_transpose(maps, kernel, ..., 2, "SAME")` to images of twice the side.

    Args:
        maps: (batch, height, width, filters).
        kernel: (side, side, channels, filters), side even.

    Returns:
        (batch, 2 height, 2 width, channels).
    """
    side, _, channels, filters = kernel.shape
    half = side // 2
    pixels = tf.reshape(kernel, (half, 2, half, 2, channels, filters))
    pixels = tf.transpose(pixels, (0, 2, 1, 3, 4, 5))
    pixels = tf.reshape(pixels, (half, half, 4 * channels, filters))
    batch, height, width, _ = tf.unstack(tf.shape(maps))
    shape = tf.stack([batch, height + half - 1, width + half - 1, 4 * channels])
    padded = tf.nn.depth_to_space(tf.nn.conv2d_transpose(maps, pixels, shape, 1, "VALID"), 2)
    border = half - 1
    images = padded[:, border : border + 2 * height, border : border + 2 * width]

    def gradient(upstream):
        return maps_of(upstream, kernel), _kernel_gradient(upstream, kernel, maps)

    return images, gradient


def _kernel_gradient(images, kernel, maps):
    return tf.raw_ops.Conv2DBackpropFilter(
        input=images,
        filter_sizes=kernel.shape,
        out_backprop=maps,
        strides=[1, 2, 2, 1],
        padding="SAME",
    )


@keras.saving.register_keras_serializable("ganzoo")
class Conv2D(keras.layers.Conv2D):
    """Keras's, whose gradient with respect to images is quick on CPUs."""

    def convolution_op(self, inputs, kernel):
        even = all(side and side % 2 == 0 for side in inputs.shape[1:3])
        if even and _applies(self, inputs.shape[-1]):
            return maps_of(inputs, tf.convert_to_tensor(kernel))
        return super().convolution_op(inputs, kernel)


@keras.saving.register_keras_serializable("ganzoo")
class Conv2DTranspose(keras.layers.Conv2DTranspose):
    """Keras's, quick on CPUs where it makes images."""

    def call(self, inputs):
        if not _applies(self, self.filters):
            return super().call(inputs)
        images = images_of(inputs, tf.convert_to_tensor(self.kernel))
        return self.activation(images + self.bias if self.use_bias else images)


def _applies(layer, channels):
    return (
        channels <= FEW
        and layer.strides == (2, 2)
        and layer.padding == "same"
        and layer.kernel_size[0] == layer.kernel_size[1]
        and layer.kernel_size[0] % 2 == 0
        and not tf.config.list_physical_devices("GPU") + tf.config.list_physical_devices("TPU")
    )
