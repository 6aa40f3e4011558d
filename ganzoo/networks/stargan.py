"""StarGAN's networks (Choi et al. 2018, 1711.09020, tables 4 and 5), for squares from 8 px.

`width` is the paper's 64. Sizes are powers of two; the paper's is 128.
"""

import math

import keras
from keras import layers

LEAKY_SLOPE = 0.01


def generator(image_shape, label_size, width=64, blocks=6, name="generator"):
    """Images and the labels that they shall have to images.

    The labels enter as constant maps beside the image; padding is by zeros, since reflection and
    instance normalisation together would erase them in the first layer.

    Args:
        image_shape: (size, size, 1 or 3), size a power of two, at least 8.
        label_size: int, length of the label vector.
        width: int, channels at full resolution; 2 and 4 times as many below.
        blocks: int, residual blocks.

    Returns:
        A functional model: [(batch, *image_shape) in [-1, 1], (batch, label_size)] to
        (batch, *image_shape) float32 in [-1, 1].

    Raises:
        ValueError: for a size that the network cannot make.
    """
    _check_size(image_shape)
    images = keras.Input(tuple(image_shape), name="images")
    labels = keras.Input((label_size,), name="labels")
    maps = layers.Reshape((1, 1, label_size))(labels)
    maps = layers.UpSampling2D(tuple(image_shape[:2]))(maps)
    x = layers.Concatenate()([images, maps])
    x = _normalized_relu(_conv(width, 7)(x))
    for factor in 2, 4:
        x = _normalized_relu(_conv(factor * width, 4, 2)(x))
    for _ in range(blocks):
        residual = _normalized_relu(_conv(4 * width, 3)(x))
        x = layers.Add()([x, _normalized(_conv(4 * width, 3)(residual))])
    for factor in 2, 1:
        x = layers.Conv2DTranspose(factor * width, 4, 2, "same", use_bias=False)(x)
        x = _normalized_relu(x)
    x = _conv(image_shape[-1], 7)(x)
    translated = layers.Activation("tanh", dtype="float32", name="translated")(x)
    return keras.Model([images, labels], translated, name=name)


def discriminator(image_shape, num_domains, width=64, name="discriminator"):
    """Images to one logit for each patch, and one for each domain.

    Strided convolutions down to 2x2 pixels, but at most the paper's six.

    Args:
        image_shape, width: as in `generator`; channels double at every convolution.
        num_domains: int, domains of all data sets together.

    Returns:
        A functional model: (batch, *image_shape) to [(batch, rows, columns, 1),
        (batch, num_domains)], both float32 logits.
    """
    _check_size(image_shape)
    images = x = keras.Input(tuple(image_shape), name="images")
    for i in range(min(6, round(math.log2(image_shape[0])) - 1)):
        x = layers.Conv2D(width * 2**i, 4, 2, "same")(x)
        x = layers.LeakyReLU(LEAKY_SLOPE)(x)
    head = {"use_bias": False, "dtype": "float32"}
    logits = layers.Conv2D(1, 3, padding="same", name="logits", **head)(x)
    domains = layers.Conv2D(num_domains, x.shape[1], **head)(x)
    domains = layers.Reshape((num_domains,), dtype="float32", name="domains")(domains)
    return keras.Model(images, [logits, domains], name=name)


def _check_size(image_shape):
    height, width, channels = image_shape
    if height != width or height < 8 or height & (height - 1) or channels not in (1, 3):
        raise ValueError(
            "`image_shape` must be (size, size, 1 or 3), size a power of two and at least 8. "
            f"Received: {tuple(image_shape)}"
        )


def _conv(filters, side, stride=1):
    return layers.Conv2D(filters, side, stride, "same", use_bias=False)


def _normalized(x):
    return layers.GroupNormalization(groups=-1, epsilon=1e-5)(x)


def _normalized_relu(x):
    return layers.ReLU()(_normalized(x))
