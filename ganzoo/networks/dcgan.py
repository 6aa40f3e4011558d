"""The DCGAN network family (Radford et al. 2015, 1511.06434, figure 1), for any size 4..7 * 2^k.

`width` is the number of channels at the finest hidden resolution; it doubles at every halving of
the resolution, so that 64 px at width 128 is the paper's 1024-512-256-128 generator. 28 px starts
from 7x7 with two doublings, 32 px from 4x4 with three, 64 px from 4x4 with four.
"""

import keras
from keras import layers

from ganzoo.layers import BatchNormalization

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
        image_shape: (height, width, channels); square, 4..7 times a power of two (28, 32, 64 ...).
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
    start, doublings = resolution_plan(image_shape)
    channels = [width * 2**i for i in reversed(range(doublings))]
    kernel = dict(kernel_initializer=_copy(initializer), use_bias=False)

    latents = x = keras.Input((latent_size,), name="latents")
    x = layers.Dense(start * start * channels[0], **kernel)(x)
    x = layers.Reshape((start, start, channels[0]))(x)
    x = layers.ReLU()(_batch_norm()(x))
    for filters in channels[1:]:
        x = layers.Conv2DTranspose(filters, kernel_size, 2, padding="same", **kernel)(x)
        x = layers.ReLU()(_batch_norm()(x))
    kernel["use_bias"] = True
    x = layers.Conv2DTranspose(image_shape[-1], kernel_size, 2, padding="same", **kernel)(x)
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
    _, halvings = resolution_plan(image_shape)
    images = x = keras.Input(tuple(image_shape), name="images")
    for i in range(halvings):
        normalize = i > 0 and normalization is not None
        x = layers.Conv2D(
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
    x = layers.Flatten()(x)
    logits = layers.Dense(1, kernel_initializer=_copy(initializer), dtype="float32", name="logits")(
        x
    )
    return keras.Model(images, logits, name=name)


def resolution_plan(image_shape):
    """(side of the coarsest map, number of doublings) for an image shape.

    28 px gives (7, 2), 32 px (4, 3), 64 px (4, 4).
    """
    image_shape = tuple(image_shape)
    if len(image_shape) == 3 and image_shape[0] == image_shape[1] and image_shape[2] in (1, 3):
        side, doublings = image_shape[0], 0
        while side > 7 and side % 2 == 0:
            side, doublings = side // 2, doublings + 1
        if 4 <= side <= 7 and doublings >= 1:
            return side, doublings
    raise ValueError(
        "`image_shape` must be (size, size, 1 or 3) with size = 4, 5, 6 or 7 times a power of two "
        f"(8, 28, 32, 48, 64, 128 ...). Received: {image_shape}"
    )


def _batch_norm():
    return BatchNormalization(gamma_initializer=keras.initializers.RandomNormal(1.0, 0.02))


def _copy(initializer):
    # Keras warns when one unseeded initializer object fills several weights with equal draws.
    return initializer.__class__.from_config(initializer.get_config())
