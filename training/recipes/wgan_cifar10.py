"""WGAN (Arjovsky et al. 2017, 1701.07875) on CIFAR-10, for a machine with 2 cores.

    ganzoo train --recipe wgan_cifar10 --out ~/ganzoo-runs/wgan_cifar10

Released weights, if any, with CPU hours and scores: weights/wgan_cifar10.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "wgan"
    dataset: str = "cifar10"
    image_shape: tuple = (32, 32, 3)
    augment: str = "flip"
    steps: int = 12_000
    optimizer: str = "rmsprop"
    learning_rate: float = 2e-4
    beta_2: float = 0.99
    decay_start: float = 0.5
    precision: str = "bfloat16"
    score_every: int = 384_000
    latent_size: int = 100
    width: int = 32
    kernel_size: int = 4
    clip: float = 0.01
    n_critic: int = 5
    paper: str = "Wasserstein GAN, arXiv 1701.07875"
    note: str = (
        "The paper trains 64 px bedrooms at learning rate 5e-5; this run has width 32, four times "
        "the rate with linear decay, flips, bfloat16 convolutions and far fewer updates, to fit a "
        "CPU."
    )
