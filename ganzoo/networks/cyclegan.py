"""CycleGAN's networks (Zhu et al. 2017, 1703.10593, appendix 7.2), for squares from 32 to 256 px.

In the paper's notation the translator is c7s1-64, d128, d256, R256 six or nine times, u128, u64,
c7s1-3, and the discriminator C64-C128-C256-C512 on patches of 70x70. `width` is the 64.
"""

import keras
from keras import layers

from ganzoo.layers import ReflectionPadding2D

INITIALIZER = keras.initializers.RandomNormal(0.0, 0.02)
LEAKY_SLOPE = 0.2


def generator(image_shape, target_channels, width=64, blocks=None, name="generator"):
    """Images of one domain to images of the other.

    Args:
        image_shape: (size, size, 1 or 3), size a multiple of 4 and at least 8.
        target_channels: int, 1 or 3, channels of the images it makes.
        width: int, channels at full resolution; 2 and 4 times as many below.
        blocks: int, residual blocks; None for the paper's 6, or 9 from 256 px on.

    Returns:
        A functional model: (batch, *image_shape) in [-1, 1] to
        (batch, size, size, target_channels) float32 in [-1, 1].

    Raises:
        ValueError: for a size that the network cannot make.
    """
    _check_size(image_shape)
    blocks = (9 if image_shape[0] >= 256 else 6) if blocks is None else blocks
    images = keras.Input(tuple(image_shape), name="images")
    x = ReflectionPadding2D(3)(images)
    x = _normalized_relu(_conv(width, 7)(x))
    for factor in 2, 4:
        x = _normalized_relu(_conv(factor * width, 3, 2, "same")(x))
    for _ in range(blocks):
        residual = _normalized_relu(_conv(4 * width, 3)(ReflectionPadding2D()(x)))
        residual = _normalized(_conv(4 * width, 3)(ReflectionPadding2D()(residual)))
        x = layers.Add()([x, residual])
    for factor in 2, 1:
        x = layers.Conv2DTranspose(
            factor * width, 3, 2, "same", use_bias=False, kernel_initializer=_initializer()
        )(x)
        x = _normalized_relu(x)
    x = layers.Conv2D(target_channels, 7, kernel_initializer=_initializer())(
        ReflectionPadding2D(3)(x)
    )
    translated = layers.Activation("tanh", dtype="float32", name="translated")(x)
    return keras.Model(images, translated, name=name)


def discriminator(image_shape, width=64, halvings=None, name="discriminator"):
    """Images to one logit for each patch.

    Args:
        image_shape: as in `generator`.
        width: int, channels of the first convolution; they double up to 8 times as many.
        halvings: int, strided convolutions: 3 see the paper's patches of 70x70 pixels, 2 of
            34x34, 1 of 16x16; None for 3 from 96 px on, 2 from 64 px on, 1 below.

    Returns:
        A functional model: (batch, *image_shape) to (batch, rows, columns, 1) float32 logits.
    """
    _check_size(image_shape)
    halvings = max(1, min(3, image_shape[0] // 32)) if halvings is None else halvings
    images = x = keras.Input(tuple(image_shape), name="images")
    for i in range(halvings + 1):
        # The last of these and the logits below have stride 1: each takes one row and column.
        stride = 2 if i < halvings else 1
        bias = {"use_bias": i == 0, "kernel_initializer": _initializer()}
        x = layers.Conv2D(width * 2 ** min(i, 3), 4, stride, **bias)(layers.ZeroPadding2D()(x))
        x = layers.LeakyReLU(LEAKY_SLOPE)(_normalized(x) if i > 0 else x)
    x = layers.ZeroPadding2D()(x)
    logits = layers.Conv2D(1, 4, kernel_initializer=_initializer(), dtype="float32", name="logits")(
        x
    )
    return keras.Model(images, logits, name=name)


def _check_size(image_shape):
    """Raises ValueError unless (size, size, 1 or 3) with a size that halves cleanly."""
    height, width, channels = image_shape
    if height != width or height % 4 or height < 8 or channels not in (1, 3):
        raise ValueError(
            f"`image_shape` must be (size, size, 1 or 3), size a multiple of 4 and at "
            f"least 8. Received: {tuple(image_shape)}"
        )


def _conv(filters, side, stride=1, padding="valid"):
    return layers.Conv2D(
        filters, side, stride, padding, use_bias=False, kernel_initializer=_initializer()
    )


def _normalized(x):
    """Instance normalisation without scale and offset, as in the authors' code."""
    return layers.GroupNormalization(groups=-1, epsilon=1e-5, center=False, scale=False)(x)


def _normalized_relu(x):
    return layers.ReLU()(_normalized(x))


def _initializer():
    # Keras warns when one unseeded initializer object fills several weights with equal draws.
    return INITIALIZER.__class__.from_config(INITIALIZER.get_config())
