"""The convolutional classifier whose features our scores are measured on.

Jordan 2024, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2404.00498, section 3: a fixed
whitening of 2x2 patches, then three blocks of two 3x3 convolutions with batch normalisation.

Differences from the paper: half the width or less; ReLU instead of GELU; batch normalisation has
its scale; logits are not divided by 9.
"""

import keras
import numpy as np
from keras import layers

from ganzoo.layers import BatchNormalization


def classifier(image_shape, classes, width=32, name="classifier"):
    """Images to features and logits.

    Args:
        image_shape: (height, width, channels), sides of at least 15.
        classes: int.
        width: int, of the first block; the two after it have four times as much, which is the
            number of features.
        name: of the model.

    Returns:
        A functional model: (batch, *image_shape) float32 in [-1, 1] to a dict of "features",
        (batch, 4 * width), and "logits", (batch, classes). Its layer "whitening" wants
        `whiten` before training.
    """
    images = keras.Input(tuple(image_shape), name="images")
    x = layers.Conv2D(8 * image_shape[-1], 2, use_bias=False, trainable=False, name="whitening")(
        images
    )
    for filters in width, 4 * width, 4 * width:
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(BatchNormalization()(layers.MaxPooling2D()(x)))
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(BatchNormalization()(x))
    features = layers.GlobalMaxPooling2D(name="features")(x)
    logits = layers.Dense(classes, name="logits")(features)
    return keras.Model(images, {"features": features, "logits": logits}, name=name)


def whiten(model, images, epsilon=5e-4):
    """Sets the kernels of the layer "whitening" from the covariance of the images' 2x2 patches.

    The kernels are the eigenvectors over the roots of their eigenvalues, and their negatives.

    Args:
        model: of `classifier`.
        images: float32 (num, height, width, channels) in [-1, 1]; some thousand suffice.
        epsilon: added to the eigenvalues.
    """
    patches = np.lib.stride_tricks.sliding_window_view(images, (2, 2), axis=(1, 2))
    patches = patches.transpose(0, 1, 2, 4, 5, 3).reshape(-1, 4 * images.shape[-1])
    values, vectors = np.linalg.eigh(np.cov(patches, rowvar=False).astype(np.float64))
    kernels = (vectors / np.sqrt(values + epsilon)).reshape(2, 2, images.shape[-1], -1)
    model.get_layer("whitening").set_weights([np.concatenate([kernels, -kernels], -1)])
