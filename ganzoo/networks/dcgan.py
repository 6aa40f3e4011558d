"""The DCGAN network family (Radford et al. 2015, 1511.06434, figure 1), for any square size.

Sides are halved, rounding up, down to at most 4 pixels: 64-32-16-8-4, 32-16-8-4, 28-14-7-4. Where a
doubling overshoots (4 to 8 for 7), the generator crops, as WGAN-GP's code does for MNIST.
`width` is the number of channels at the finest hidden resolution and doubles at every halving, so
that 64 px at width 128 is the paper's 1024-512-256-128 generator.
"""

import math

import keras
from keras import layers

from ganzoo.layers import BatchNormalization, Conv2D, Conv2DTranspose

PAPER_INITIALIZER = keras.initializers.RandomNormal(0.0, 0.02)
LEAKY_SLOPE = 0.2


def generator(
    image_shape,
    latent_size,
    width=64,
    kernel_size=5,
    initializer=PAPER_INITIALIZER,
    name="generator",
):
    """Latents to images.

    Args:
        image_shape: (size, size, channels), size at least 8, channels 1 or 3.
        latent_size: int, length of the latent vector.
        width: int, channels at the finest hidden resolution.
        kernel_size: int, side of every transposed convolution; the paper's code has 5.
        initializer: a Keras initializer for all kernels.
        name: of the Keras model.

    Returns:
        A functional model: (batch, latent_size) float to (batch, *image_shape) float32 in [-1, 1].

    Raises:
        ValueError: for an `image_shape` that the family cannot make.
    """
    start, *sides = resolutions(image_shape)
    kernel = {"kernel_initializer": _copy(initializer), "use_bias": False}
    filters = [width * 2**i for i in reversed(range(len(sides)))]

    latents = x = keras.Input((latent_size,), name="latents")
    x = layers.Dense(start * start * filters[0], **kernel)(x)
    x = layers.Reshape((start, start, filters[0]))(x)
    for side, channels in zip(sides, [*filters[1:], image_shape[-1]], strict=True):
        x = layers.ReLU()(_batch_norm()(x))
        kernel["use_bias"] = side == sides[-1]
        x = Conv2DTranspose(channels, kernel_size, 2, padding="same", **kernel)(x)
        x = cropped(x, side)
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    return keras.Model(latents, images, name=name)


def discriminator(
    image_shape,
    width=64,
    kernel_size=5,
    normalization=BatchNormalization,
    initializer=PAPER_INITIALIZER,
    name="discriminator",
):
    """Images to logits, the generator's mirror image.

    Args:
        image_shape, width, kernel_size, initializer, name: as in `generator`.
        normalization: a layer class applied after every convolution but the first, or None.

    Returns:
        A functional model: (batch, *image_shape) float in [-1, 1] to (batch, 1) float32 logits.
    """
    images = keras.Input(tuple(image_shape), name="images")
    x = trunk(images, width, kernel_size, normalization, initializer)
    logits = layers.Dense(1, kernel_initializer=_copy(initializer), dtype="float32", name="logits")
    return keras.Model(images, logits(x), name=name)


def trunk(
    images,
    width,
    kernel_size,
    normalization=BatchNormalization,
    initializer=PAPER_INITIALIZER,
):
    """The discriminator's strided convolutions with leaky ReLU, flattened: (batch, features)."""
    x = images
    for i in range(len(resolutions(images.shape[1:])) - 1):
        normalize = i > 0 and normalization is not None
        x = Conv2D(
            width * 2**i,
            kernel_size,
            2,
            padding="same",
            use_bias=not normalize,
            kernel_initializer=_copy(initializer),
        )(x)
        if normalize:
            x = normalization(gamma_initializer=keras.initializers.RandomNormal(1.0, 0.02))(x)
        x = layers.LeakyReLU(LEAKY_SLOPE)(x)
    return layers.Flatten()(x)


def resolutions(image_shape):
    """The sides of the maps, from coarse to fine: [4, 7, 14, 28] for 28 px."""
    image_shape = tuple(image_shape)
    if len(image_shape) != 3 or image_shape[0] != image_shape[1] or image_shape[2] not in (1, 3):
        raise ValueError(f"`image_shape` must be (size, size, 1 or 3). Received: {image_shape}")
    sides = [image_shape[0]]
    while sides[0] > 4:
        sides.insert(0, math.ceil(sides[0] / 2))
    if image_shape[0] < 8:
        raise ValueError(f"`image_shape` must have a size of at least 8. Received: {image_shape}")
    return sides


def cropped(x, side):
    """Maps (batch, height, width, channels) without the rows and columns beyond `side`."""
    excess = x.shape[1] - side
    return layers.Cropping2D(((0, excess), (0, excess)))(x) if excess else x


def _batch_norm():
    return BatchNormalization(gamma_initializer=keras.initializers.RandomNormal(1.0, 0.02))


def _copy(initializer):
    # Keras warns when one unseeded initializer object fills several weights with equal draws.
    return initializer.__class__.from_config(initializer.get_config())
