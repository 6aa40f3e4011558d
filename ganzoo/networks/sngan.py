"""SN-GAN's networks (Miyato et al. 2018, 1802.05957, appendix B.4), for any square size.

Sides run as in `dcgan.resolutions`. Every kernel of the discriminators is spectrally normalised.
"""

import keras
from keras import layers

from ganzoo.layers import BatchNormalization, SpectralNormalization
from ganzoo.networks.dcgan import cropped, resolutions

LEAKY_SLOPE = 0.1


def cnn_generator(image_shape, latent_size, width=64, name="generator"):
    """Table 3a: dense, transposed 4x4 convolutions with batch normalisation, a 3x3 one to images.

    Args:
        image_shape: (size, size, channels), size at least 8, channels 1 or 3.
        latent_size: int.
        width: int, channels at full resolution; the paper's is 64. Doubles at every halving.

    Returns:
        A functional model: (batch, latent_size) to (batch, *image_shape) float32 in [-1, 1].
    """
    start, *sides = resolutions(image_shape)
    kernel = {"kernel_initializer": keras.initializers.RandomNormal(0.0, 0.02)}
    filters = [width * 2**i for i in reversed(range(len(sides)))]
    latents = x = keras.Input((latent_size,), name="latents")
    x = layers.Dense(start * start * 2 * filters[0], **kernel)(x)
    x = layers.Reshape((start, start, 2 * filters[0]))(x)
    for side, channels in zip(sides, filters, strict=True):
        x = layers.Conv2DTranspose(channels, 4, 2, padding="same", use_bias=False, **kernel)(x)
        x = layers.ReLU()(BatchNormalization()(cropped(x, side)))
    x = layers.Conv2D(image_shape[-1], 3, padding="same", **kernel)(x)
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    return keras.Model(latents, images, name=name)


def cnn_discriminator(image_shape, width=64, name="discriminator"):
    """Table 3b: pairs of a 3x3 and a strided 4x4 convolution, a 3x3 one, dense.

    Args:
        image_shape, width: as in `cnn_generator`.

    Returns:
        A functional model: (batch, *image_shape) in [-1, 1] to (batch, 1) float32 logits.
    """
    images = x = keras.Input(tuple(image_shape), name="images")
    halvings = len(resolutions(image_shape)) - 1
    for i in range(halvings):
        x = layers.LeakyReLU(LEAKY_SLOPE)(_conv(width * 2**i, 3)(x))
        x = layers.LeakyReLU(LEAKY_SLOPE)(_conv(width * 2**i, 4, 2)(x))
    x = layers.LeakyReLU(LEAKY_SLOPE)(_conv(width * 2**halvings, 3)(x))
    return keras.Model(images, _logits(layers.Flatten()(x)), name=name)


def resnet_generator(image_shape, latent_size, width=64, name="generator"):
    """Table 4a: up-sampling residual blocks of 4 `width` channels; arguments as `cnn_generator`."""
    start, *sides = resolutions(image_shape)
    channels = 4 * width
    latents = x = keras.Input((latent_size,), name="latents")
    x = layers.Dense(start * start * channels, kernel_initializer=_he(1))(x)
    x = layers.Reshape((start, start, channels))(x)
    for side in sides:
        shortcut = cropped(layers.UpSampling2D()(x), side)
        shortcut = layers.Conv2D(channels, 1, kernel_initializer=_he(1))(shortcut)
        x = layers.ReLU()(BatchNormalization()(x))
        x = cropped(layers.UpSampling2D()(x), side)
        x = layers.Conv2D(channels, 3, padding="same", kernel_initializer=_he(2))(x)
        x = layers.ReLU()(BatchNormalization()(x))
        x = layers.Conv2D(channels, 3, padding="same", kernel_initializer=_he(2))(x)
        x = layers.Add()([x, shortcut])
    x = layers.ReLU()(BatchNormalization()(x))
    x = layers.Conv2D(image_shape[-1], 3, padding="same", kernel_initializer=_he(1))(x)
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    return keras.Model(latents, images, name=name)


def resnet_discriminator(image_shape, width=64, name="discriminator"):
    """Table 4b: residual blocks of 2 `width` channels, two that halve and two that do not, a sum
    over the map, dense; arguments as `cnn_discriminator`."""
    channels = 2 * width
    images = x = keras.Input(tuple(image_shape), name="images")
    for i, halves in enumerate((True, True, False, False)):
        shortcut = x
        x = layers.ReLU()(x) if i > 0 else x
        x = layers.ReLU()(_conv(channels, 3, initializer=_he(2))(x))
        x = _conv(channels, 3, initializer=_he(2))(x)
        if halves:
            x = layers.AveragePooling2D(2, padding="same")(x)
            pool = layers.AveragePooling2D(2, padding="same")
            project = _conv(channels, 1, initializer=_he(1))
            # The first block pools its three channels before it projects them: the authors' code.
            shortcut = project(pool(shortcut)) if i == 0 else pool(project(shortcut))
        x = layers.Add()([x, shortcut])
    x = keras.ops.sum(layers.ReLU()(x), axis=(1, 2))
    return keras.Model(images, _logits(x), name=name)


FAMILIES = {
    "cnn": (cnn_generator, cnn_discriminator),
    "resnet": (resnet_generator, resnet_discriminator),
}


def _conv(filters, side, stride=1, initializer=None):
    initializer = initializer or keras.initializers.GlorotUniform()
    return SpectralNormalization(
        layers.Conv2D(filters, side, stride, padding="same", kernel_initializer=initializer)
    )


def _logits(x):
    return SpectralNormalization(layers.Dense(1, dtype="float32"), dtype="float32", name="logits")(
        x
    )


def _he(gain_squared):
    """Glorot's uniform with its variance times `gain_squared`."""
    return keras.initializers.VarianceScaling(gain_squared, "fan_avg", "uniform")
