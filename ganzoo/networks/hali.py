"""Networks of hierarchical ALI, for squares whose side is a multiple of 4.

The paper's layer tables were not to be had; these follow DCGAN's style. Level 1, z1, is a map at a
quarter of the image's side, level 2, z2, a vector. `width` is the number of channels at full
resolution; 2 and 4 times as many at a half and a quarter. Every conditional is a Gaussian: its
network returns means and then log standard deviations, along the last axis; these lie in
[-BOUND, BOUND], since nothing else holds the scale of z1, and unbounded ones ran away.
"""

import keras
from keras import layers

from ganzoo.layers import BatchNormalization
from ganzoo.networks.dcgan import LEAKY_SLOPE, PAPER_INITIALIZER, cropped

BOUND = 2.0


def generator_1(image_shape, channels, width=64, name="generator_1"):
    """p(x | z1), deterministic.

    Args:
        image_shape: (size, size, 1 or 3), size a multiple of 4 and at least 8.
        channels: int, of z1.
        width: int.

    Returns:
        A functional model: (batch, size / 4, size / 4, channels) to (batch, *image_shape) float32
        in [-1, 1].

    Raises:
        ValueError: for a size that the network cannot make.
    """
    side = _quarter(image_shape)
    z1 = keras.Input((side, side, channels), name="z1")
    x = _relu(_conv(4 * width, 3)(z1))
    x = _relu(_transposed(2 * width)(x))
    x = _relu(_transposed(width)(x))
    x = _conv(image_shape[-1], 3, use_bias=True)(x)
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    return keras.Model(z1, images, name=name)


def generator_2(image_shape, latent_size, channels, width=64, name="generator_2"):
    """p(z1 | z2): (batch, latent_size) to (batch, size / 4, size / 4, 2 channels) float32."""
    side = _quarter(image_shape)
    start = -(-side // 2)
    z2 = keras.Input((latent_size,), name="z2")
    x = layers.Dense(start**2 * 8 * width, use_bias=False, kernel_initializer=_initial())(z2)
    x = _relu(layers.Reshape((start, start, 8 * width))(x))
    x = _relu(cropped(_transposed(4 * width)(x), side))
    means, log_scales = (_conv(channels, 3, use_bias=True, dtype="float32")(x) for _ in range(2))
    return keras.Model(z2, _gaussian(means, log_scales), name=name)


def encoder_1(image_shape, channels, width=64, name="encoder_1"):
    """q(z1 | x): (batch, *image_shape) to (batch, size / 4, size / 4, 2 channels) float32."""
    images = keras.Input(tuple(image_shape), name="images")
    x = _leaky(_conv(width, 3)(images))
    x = _leaky(_conv(2 * width, 4, 2)(x))
    x = _leaky(_conv(4 * width, 4, 2)(x))
    means, log_scales = (_conv(channels, 1, use_bias=True, dtype="float32")(x) for _ in range(2))
    return keras.Model(images, _gaussian(means, log_scales), name=name)


def encoder_2(image_shape, latent_size, channels, width=64, name="encoder_2"):
    """q(z2 | z1): (batch, size / 4, size / 4, channels) to (batch, 2 latent_size) float32."""
    side = _quarter(image_shape)
    z1 = keras.Input((side, side, channels), name="z1")
    x = _leaky(_conv(4 * width, 3)(z1))
    x = _leaky(_conv(8 * width, 4, 2)(x))
    x = layers.Flatten()(x)
    means, log_scales = (
        layers.Dense(latent_size, kernel_initializer=_initial(), dtype="float32")(x)
        for _ in range(2)
    )
    return keras.Model(z1, _gaussian(means, log_scales), name=name)


def discriminator(image_shape, latent_size, channels, width=64, name="discriminator"):
    """Tuples to logits: convolutions over the image, z1 joins at its own resolution, z2 last.

    Returns:
        A functional model: [(batch, *image_shape), (batch, size / 4, size / 4, channels),
        (batch, latent_size)] to (batch, 1) float32 logits.
    """
    side = _quarter(image_shape)
    images = keras.Input(tuple(image_shape), name="images")
    z1 = keras.Input((side, side, channels), name="z1")
    z2 = keras.Input((latent_size,), name="z2")
    x = _plain(_conv(width, 4, 2, use_bias=True)(images))
    x = _leaky(_conv(2 * width, 4, 2)(x))
    z = _plain(_conv(2 * width, 1, use_bias=True)(z1))
    x = layers.Concatenate()([x, z])
    x = _leaky(_conv(4 * width, 3)(x))
    x = _leaky(_conv(8 * width, 4, 2)(x))
    z = _plain(layers.Dense(8 * width, kernel_initializer=_initial())(z2))
    x = layers.Concatenate()([layers.Flatten()(x), z])
    x = _plain(layers.Dense(16 * width, kernel_initializer=_initial())(x))
    logits = layers.Dense(1, kernel_initializer=_initial(), dtype="float32", name="logits")(x)
    return keras.Model([images, z1, z2], logits, name=name)


def _quarter(image_shape):
    height, width, channels = image_shape
    if height != width or height % 4 or height < 8 or channels not in (1, 3):
        raise ValueError(
            "`image_shape` must be (size, size, 1 or 3), size a multiple of 4 and at least 8. "
            f"Received: {tuple(image_shape)}"
        )
    return height // 4


def _conv(filters, side, stride=1, use_bias=False, **kwargs):
    return layers.Conv2D(
        filters,
        side,
        stride,
        "same",
        use_bias=use_bias,
        kernel_initializer=_initial(),
        **kwargs,
    )


def _transposed(filters):
    return layers.Conv2DTranspose(
        filters, 4, 2, "same", use_bias=False, kernel_initializer=_initial()
    )


def _gaussian(means, log_scales):
    """Means, then log standard deviations, smoothly bounded, along the last axis."""
    x = layers.Rescaling(1 / BOUND, dtype="float32")(log_scales)
    x = layers.Activation("tanh", dtype="float32")(x)
    x = layers.Rescaling(BOUND, dtype="float32")(x)
    return layers.Concatenate(dtype="float32")([means, x])


def _relu(x):
    return layers.ReLU()(BatchNormalization()(x))


def _leaky(x):
    return layers.LeakyReLU(LEAKY_SLOPE)(BatchNormalization()(x))


def _plain(x):
    return layers.LeakyReLU(LEAKY_SLOPE)(x)


def _initial():
    # Keras warns when one unseeded initializer object fills several weights with equal draws.
    return PAPER_INITIALIZER.__class__.from_config(PAPER_INITIALIZER.get_config())
