"""Fully connected networks for small images and points."""

import math

import keras
from keras import layers

from ganzoo.layers import BatchNormalization


def generator(image_shape, latent_size, width=1200, name="generator"):
    """f-GAN's generator for MNIST (Nowozin et al. 2016, 1606.00709, appendix D): two dense layers
    with batch normalisation and ReLU, then one to pixels.

    Args:
        image_shape: (height, width, channels).
        latent_size: int.
        width: int, units of each hidden layer.

    Returns:
        A functional model: (batch, latent_size) to (batch, *image_shape) float32 in [-1, 1].
    """
    latents = x = keras.Input((latent_size,), name="latents")
    for _ in range(2):
        x = layers.ReLU()(BatchNormalization()(layers.Dense(width, use_bias=False)(x)))
    x = layers.Dense(math.prod(image_shape), activation="tanh", dtype="float32")(x)
    return keras.Model(latents, layers.Reshape(image_shape, name="images")(x), name=name)


def discriminator(image_shape, width=240, name="discriminator"):
    """f-GAN's variational function for MNIST: two dense layers with ELU, then one output.

    Returns:
        A functional model: (batch, *image_shape) to (batch, 1) float32.
    """
    images = x = keras.Input(tuple(image_shape), name="images")
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(width, activation="elu")(x)
    return keras.Model(images, layers.Dense(1, dtype="float32", name="logits")(x), name=name)
