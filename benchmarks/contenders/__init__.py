"""Four ways to train the same networks, and what all of them train on.

A module named in `NAMES` is a contender. It has `training(setting, precision)`, a context in which
its precision holds, and which gives a `Contender`.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

NAMES = ("ours", "plain_keras", "torch_eager", "tfgan_losses")


@dataclasses.dataclass(frozen=True)
class Setting:
    """A system at one size.

    Attributes:
        system: its name in ganzoo's registry.
        sizes: arguments of `ganzoo.create`.
        batch_size: rows of a minibatch.
        adam: learning rate, beta_1, beta_2 of every player.
        discriminator_updates: for one of the generator, each on a minibatch of its own.
    """

    system: str
    sizes: dict
    batch_size: int
    adam: tuple
    discriminator_updates: int = 1

    @property
    def arguments(self):
        """The arguments of `ganzoo.create`."""
        updates = {"wgan_gp": "n_critic", "sngan": "n_dis"}.get(self.system)
        return self.sizes | ({updates: self.discriminator_updates} if updates else {})


@dataclasses.dataclass(frozen=True)
class Contender:
    """A model that is ready to be trained.

    Attributes:
        step: makes one training step and returns when it is done.
        parameters: int, trainable ones of all its networks.
    """

    step: Callable
    parameters: int


CIFAR10 = {"image_shape": (32, 32, 3), "width": 64}
SETTINGS = {
    "dcgan": Setting(
        "dcgan", CIFAR10 | {"latent_size": 100, "kernel_size": 4}, 64, (2e-4, 0.5, 0.999)
    ),
    "wgan_gp": Setting(
        "wgan_gp", CIFAR10 | {"latent_size": 128, "kernel_size": 4}, 64, (1e-4, 0.5, 0.9), 5
    ),
    "sngan": Setting("sngan", CIFAR10 | {"latent_size": 128}, 64, (2e-4, 0.0, 0.9)),
    "cyclegan": Setting(
        "cyclegan", {"image_shape": (64, 64, 3), "width": 32, "blocks": 6}, 1, (2e-4, 0.5, 0.999)
    ),
}


def random_batch(setting):
    """What one training step consumes: float32 images in [-1, 1], (rows, height, width, channels)
    with the rows of all its minibatches; a pair of such arrays for CycleGAN."""
    rng = np.random.default_rng(0)
    shape = (setting.batch_size * setting.discriminator_updates, *setting.sizes["image_shape"])
    x, y = rng.uniform(-1, 1, (2, *shape)).astype(np.float32)
    return (x, y) if setting.system == "cyclegan" else x
