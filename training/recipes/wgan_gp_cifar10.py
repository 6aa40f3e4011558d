"""WGAN-GP (Gulrajani et al. 2017, 1704.00028) on CIFAR-10, for a machine with 2 cores.

    ganzoo train --recipe wgan_gp_cifar10 --out ~/ganzoo-runs/wgan_gp_cifar10

Released weights, if any, with CPU hours and scores: weights/wgan_gp_cifar10.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "wgan_gp"
    dataset: str = "cifar10"
    image_shape: tuple = (32, 32, 3)
    augment: str = "flip"
    steps: int = 10_000
    learning_rate: float = 3e-4
    beta_1: float = 0.5
    beta_2: float = 0.9
    decay_start: float = 0.5
    average_decay: float = 0.999
    precision: str = "bfloat16"
    latent_size: int = 128
    width: int = 48
    kernel_size: int = 4
    penalty_weight: float = 10.0
    n_critic: int = 5
    paper: str = "Improved Training of Wasserstein GANs, arXiv 1704.00028"
    note: str = (
        "The paper trains width 128, 5x5 kernels and learning rate 1e-4 for 200,000 generator "
        "updates; this run has width 48, 4x4 kernels, three times the rate with linear decay, "
        "flips, bfloat16 convolutions and far fewer updates, to fit a CPU."
    )
