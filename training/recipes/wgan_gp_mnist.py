"""WGAN-GP (Gulrajani et al. 2017, 1704.00028) on MNIST, for a machine with 2 cores.

    ganzoo train --recipe wgan_gp_mnist --out ~/ganzoo-runs/wgan_gp_mnist

Released weights, if any, with CPU hours and scores: weights/wgan_gp_mnist.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "wgan_gp"
    dataset: str = "mnist"
    image_shape: tuple = (28, 28, 1)
    steps: int = 14_000
    learning_rate: float = 3e-4
    beta_1: float = 0.5
    beta_2: float = 0.9
    decay_start: float = 0.5
    score_every: int = 448_000
    precision: str = "bfloat16"
    latent_size: int = 128
    width: int = 32
    kernel_size: int = 4
    penalty_weight: float = 10.0
    n_critic: int = 5
    paper: str = "Improved Training of Wasserstein GANs, arXiv 1704.00028"
    note: str = (
        "The authors' MNIST code trains three 5x5 layers at width 64 without batch normalisation "
        "for 200,000 generator updates at learning rate 1e-4; this run has 4x4 layers at "
        "width 32, batch normalisation in the generator, three times the rate with linear decay, "
        "bfloat16 convolutions and far fewer updates, to fit a CPU."
    )
