"""ganzoo: the Keras/TensorFlow zoo of generative adversarial networks with pretrained weights.

    gan = ganzoo.load("wgan_gp_cifar10")
    images = gan.sample(64)

Importing this package does not import TensorFlow; the first `load` or `create` does.
"""

from ganzoo.pretrained import list_models, load, save

__all__ = ["create", "list_models", "load", "save"]
__version__ = "0.1.0"


def create(system, **arguments):
    """An untrained model, compiled with its paper's optimizers.

    Args:
        system: registered name: "dcgan", "wgan_gp", "cyclegan" ... (`ganzoo/models`).
        **arguments: sizes (`image_shape`, `latent_size`, `width`, ...: see the system's
            `default_networks`), its hyper-parameters, and `seed` and `average_decay`.

    Returns:
        A `ganzoo.models.base.GAN`. Its weights are drawn by Keras's initializers, so
        `keras.utils.set_random_seed` before makes them repeatable.

    Raises:
        ValueError: for an unknown system or argument, or an argument out of range.
    """
    from ganzoo import registry

    gan = registry.get(system).create(**arguments)
    gan.compile()
    return gan
