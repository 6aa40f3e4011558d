"""WGAN (Arjovsky et al. 2017, 1701.07875) on Fashion-MNIST, for a machine with 2 cores.

    ganzoo train --recipe wgan_fashion_mnist --out ~/ganzoo-runs/wgan_fashion_mnist

Released weights, if any, with CPU hours and scores: weights/wgan_fashion_mnist.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "wgan"
    dataset: str = "fashion_mnist"
    image_shape: tuple = (28, 28, 1)
    steps: int = 8_000
    optimizer: str = "rmsprop"
    learning_rate: float = 0.0002
    beta_2: float = 0.99
    decay_start: float = 0.5
    score_every: int = 256_000
    precision: str = "bfloat16"
    latent_size: int = 100
    width: int = 32
    kernel_size: int = 4
    clip: float = 0.01
    n_critic: int = 5
    paper: str = "Wasserstein GAN, arXiv 1701.07875"
    note: str = (
        "The paper trains 64 px bedrooms at learning rate 5e-5; this run has width 32, four "
        "times the rate with linear decay, bfloat16 convolutions and far fewer updates, to "
        "fit a CPU."
    )
