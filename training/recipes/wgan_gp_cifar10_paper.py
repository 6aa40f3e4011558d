"""WGAN-GP (Gulrajani et al. 2017, 1704.00028) on CIFAR-10 at full width, for a GPU.

    ganzoo train --recipe wgan_gp_cifar10_paper --out ~/ganzoo-runs/wgan_gp_cifar10_paper

The paper's own configuration. Not run here.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "wgan_gp"
    dataset: str = "cifar10"
    image_shape: tuple = (32, 32, 3)
    steps: int = 200_000
    batch_size: int = 64
    learning_rate: float = 1e-4
    beta_1: float = 0.5
    beta_2: float = 0.9
    latent_size: int = 128
    width: int = 128
    kernel_size: int = 5
    penalty_weight: float = 10.0
    n_critic: int = 5
    paper: str = "Improved Training of Wasserstein GANs, arXiv 1704.00028"
    note: str = (
        "The paper's own configuration, not run here. Networks and settings are those of the "
        "authors' convolutional code for CIFAR-10, the rate constant; samples come from a moving "
        "average of the generator."
    )
