"""Networks of adversarially learned inference: encoders, and discriminators of pairs."""

import keras
from keras import layers

from ganzoo.layers import BatchNormalization
from ganzoo.networks import dcgan

LEAKY_SLOPE = 0.2


def encoder(image_shape, outputs, width=64, kernel_size=5, name="encoder"):
    """DCGAN's convolutions, then a dense layer.

    Its small initial weights make a stochastic encoder's codes N(0, I) at first, as the prior's.

    Args:
        image_shape, width, kernel_size: as in `dcgan.generator`.
        outputs: int, length of the output vector.

    Returns:
        A functional model: (batch, *image_shape) in [-1, 1] to (batch, outputs) float32.
    """
    images = keras.Input(tuple(image_shape), name="images")
    x = dcgan.trunk(images, width, kernel_size)
    codes = layers.Dense(outputs, kernel_initializer=_small(), dtype="float32", name="codes")(x)
    return keras.Model(images, codes, name=name)


def discriminator(image_shape, latent_size, width=64, kernel_size=5, name="discriminator"):
    """DCGAN's convolutions over the image, dense layers over the latents, dense layers over both.

    All kernels start from N(0, 0.02): with larger ones over the latents, those drown the image.

    Returns:
        A functional model: [(batch, *image_shape), (batch, latent_size)] to (batch, 1) logits.
    """
    images = keras.Input(tuple(image_shape), name="images")
    latents = keras.Input((latent_size,), name="latents")
    x = dcgan.trunk(images, width, kernel_size)
    z = _dense(_dense(latents, 8 * width, _small()), 8 * width, _small())
    joint = layers.Concatenate()([x, z])
    joint = _dense(_dense(joint, 16 * width, _small()), 16 * width, _small())
    logits = layers.Dense(1, kernel_initializer=_small(), dtype="float32", name="logits")(joint)
    return keras.Model([images, latents], logits, name=name)


def mlp_encoder(image_shape, latent_size, width=1024, name="encoder"):
    """BiGAN's encoder for MNIST (Donahue et al. 2017): two dense layers of leaky ReLU, batch
    normalisation before the second, and outputs squashed to [-1, 1] as the prior is."""
    images = keras.Input(tuple(image_shape), name="images")
    x = _dense(layers.Flatten()(images), width)
    x = layers.LeakyReLU(LEAKY_SLOPE)(BatchNormalization()(layers.Dense(width, use_bias=False)(x)))
    codes = layers.Dense(latent_size, activation="tanh", dtype="float32", name="codes")(x)
    return keras.Model(images, codes, name=name)


def mlp_discriminator(image_shape, latent_size, width=1024, name="discriminator"):
    """BiGAN's discriminator for MNIST: the latents enter both hidden layers, as additive biases."""
    images = keras.Input(tuple(image_shape), name="images")
    latents = keras.Input((latent_size,), name="latents")
    x = layers.Flatten()(images)
    for _ in range(2):
        shifted = layers.Add()([layers.Dense(width)(x), layers.Dense(width)(latents)])
        x = layers.LeakyReLU(LEAKY_SLOPE)(shifted)
    logits = layers.Dense(1, dtype="float32", name="logits")(x)
    return keras.Model([images, latents], logits, name=name)


def _dense(x, units, initializer="glorot_uniform"):
    x = layers.Dense(units, kernel_initializer=initializer)(x)
    return layers.LeakyReLU(LEAKY_SLOPE)(x)


def _small():
    """DCGAN's initializer, a new one for each kernel."""
    return keras.initializers.RandomNormal(0.0, 0.02)
