"""ganzoo's networks with Keras's own layers only, layer for layer in the same order.

`keras.layers.BatchNormalization` and `keras.layers.SpectralNormalization` stand where ganzoo has
its own. Momentum and epsilon are ganzoo's: they cost nothing and keep the losses equal.
"""

import keras
from keras import layers


def dcgan_generator(image_shape, latent_size, width, kernel_size):
    size, _, channels = image_shape
    filters = _doublings(size, width)[::-1]
    latents = keras.Input((latent_size,))
    x = layers.Dense(4 * 4 * filters[0], use_bias=False)(latents)
    x = layers.Reshape((4, 4, filters[0]))(x)
    for f in filters[1:]:
        x = layers.ReLU()(_batch_norm(x))
        x = layers.Conv2DTranspose(f, kernel_size, 2, "same", use_bias=False)(x)
    x = layers.ReLU()(_batch_norm(x))
    x = layers.Conv2DTranspose(channels, kernel_size, 2, "same")(x)
    return keras.Model(latents, layers.Activation("tanh", dtype="float32")(x))


def dcgan_discriminator(image_shape, width, kernel_size, batch_norm=True):
    """With `batch_norm` False, WGAN-GP's critic."""
    images = x = keras.Input(image_shape)
    for i, f in enumerate(_doublings(image_shape[0], width)):
        normalize = batch_norm and i > 0
        x = layers.Conv2D(f, kernel_size, 2, "same", use_bias=not normalize)(x)
        x = layers.LeakyReLU(0.2)(_batch_norm(x) if normalize else x)
    return keras.Model(images, layers.Dense(1, dtype="float32")(layers.Flatten()(x)))


def sngan_generator(image_shape, latent_size, width):
    filters = _doublings(image_shape[0], width)[::-1]
    latents = keras.Input((latent_size,))
    x = layers.Dense(4 * 4 * 2 * filters[0])(latents)
    x = layers.Reshape((4, 4, 2 * filters[0]))(x)
    for f in filters:
        x = layers.Conv2DTranspose(f, 4, 2, "same", use_bias=False)(x)
        x = layers.ReLU()(_batch_norm(x))
    x = layers.Conv2D(image_shape[-1], 3, 1, "same")(x)
    return keras.Model(latents, layers.Activation("tanh", dtype="float32")(x))


def sngan_discriminator(image_shape, width):
    images = x = keras.Input(image_shape)
    filters = _doublings(image_shape[0], width)
    for f in filters:
        x = layers.LeakyReLU(0.1)(_spectral(layers.Conv2D(f, 3, 1, "same"))(x))
        x = layers.LeakyReLU(0.1)(_spectral(layers.Conv2D(f, 4, 2, "same"))(x))
    x = layers.LeakyReLU(0.1)(_spectral(layers.Conv2D(2 * filters[-1], 3, 1, "same"))(x))
    logits = _spectral(layers.Dense(1, dtype="float32"), dtype="float32")
    return keras.Model(images, logits(layers.Flatten()(x)))


def cyclegan_generator(image_shape, width, blocks):
    images = keras.Input(image_shape)
    x = layers.Conv2D(width, 7, use_bias=False)(ReflectionPadding2D(3)(images))
    x = layers.ReLU()(_instance_norm(x))
    for f in 2 * width, 4 * width:
        x = layers.Conv2D(f, 3, 2, "same", use_bias=False)(x)
        x = layers.ReLU()(_instance_norm(x))
    for _ in range(blocks):
        y = layers.Conv2D(4 * width, 3, use_bias=False)(ReflectionPadding2D(1)(x))
        y = layers.ReLU()(_instance_norm(y))
        y = layers.Conv2D(4 * width, 3, use_bias=False)(ReflectionPadding2D(1)(y))
        x = layers.Add()([x, _instance_norm(y)])
    for f in 2 * width, width:
        x = layers.Conv2DTranspose(f, 3, 2, "same", use_bias=False)(x)
        x = layers.ReLU()(_instance_norm(x))
    x = layers.Conv2D(image_shape[-1], 7)(ReflectionPadding2D(3)(x))
    return keras.Model(images, layers.Activation("tanh", dtype="float32")(x))


def cyclegan_discriminator(image_shape, width):
    images = x = keras.Input(image_shape)
    halvings = max(1, min(3, image_shape[0] // 32))
    for i in range(halvings + 1):
        stride = 2 if i < halvings else 1
        x = layers.ZeroPadding2D()(x)
        x = layers.Conv2D(width * 2 ** min(i, 3), 4, stride, use_bias=i == 0)(x)
        x = layers.LeakyReLU(0.2)(_instance_norm(x) if i > 0 else x)
    x = layers.ZeroPadding2D()(x)
    return keras.Model(images, layers.Conv2D(1, 4, dtype="float32")(x))


class ReflectionPadding2D(layers.Layer):
    """As keras.io's CycleGAN has it."""

    def __init__(self, padding, **kwargs):
        super().__init__(**kwargs)
        self.padding = padding

    def call(self, inputs):
        around = (self.padding, self.padding)
        return keras.ops.pad(inputs, ((0, 0), around, around, (0, 0)), mode="reflect")


def make(setting):
    """A setting's networks: dict of ganzoo's names of them to Keras models."""
    sizes = setting.sizes
    shape, width = sizes["image_shape"], sizes["width"]
    if setting.system == "cyclegan":
        generators = [cyclegan_generator(shape, width, sizes["blocks"]) for _ in range(2)]
        discriminators = [cyclegan_discriminator(shape, width) for _ in range(2)]
        names = ("generator_xy", "generator_yx", "discriminator_x", "discriminator_y")
        return dict(zip(names, generators + discriminators, strict=True))
    latent_size = sizes["latent_size"]
    if setting.system == "sngan":
        generator = sngan_generator(shape, latent_size, width)
        return {"generator": generator, "discriminator": sngan_discriminator(shape, width)}
    kernel = sizes["kernel_size"]
    batch_norm = setting.system == "dcgan"
    return {
        "generator": dcgan_generator(shape, latent_size, width, kernel),
        "discriminator": dcgan_discriminator(shape, width, kernel, batch_norm),
    }


def _doublings(size, width):
    """Channels of the maps from fine to coarse, down to 4x4."""
    return [width * 2**i for i in range((size // 4).bit_length() - 1)]


def _batch_norm(x):
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def _instance_norm(x):
    return layers.GroupNormalization(groups=-1, epsilon=1e-5, center=False, scale=False)(x)


def _spectral(layer, **kwargs):
    return layers.SpectralNormalization(layer, **kwargs)
