"""LSGAN (Mao et al. 2017, 1611.04076) on CIFAR-10, for a machine with 2 cores.

    ganzoo train --recipe lsgan_cifar10 --out ~/ganzoo-runs/lsgan_cifar10

Released weights, if any, with CPU hours and scores: weights/lsgan_cifar10.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "lsgan"
    dataset: str = "cifar10"
    image_shape: tuple = (32, 32, 3)
    augment: str = "flip"
    steps: int = 40_000
    batch_size: int = 64
    learning_rate: float = 5e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    precision: str = "bfloat16"
    score_every: int = 256_000
    latent_size: int = 100
    width: int = 32
    kernel_size: int = 4
    paper: str = "Least Squares Generative Adversarial Networks, arXiv 1611.04076"
    note: str = (
        "The paper does not train on CIFAR-10. This run has DCGAN's networks at width 32 with 4x4 "
        "kernels, learning rate 5e-4 with linear decay, flips and bfloat16 convolutions, to fit a "
        "CPU."
    )
