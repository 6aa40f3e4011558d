"""Hierarchical ALI (Belghazi et al. 2018, 1802.01071) on Fashion-MNIST, for a machine with 2 cores.

    ganzoo train --recipe hali_fashion_mnist --out ~/ganzoo-runs/hali_fashion_mnist

Released weights, if any, with CPU hours and scores: weights/hali_fashion_mnist.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "hali"
    dataset: str = "fashion_mnist"
    image_shape: tuple = (28, 28, 1)
    batch_size: int = 64
    steps: int = 20_000
    learning_rate: float = 5e-4
    discriminator_learning_rate: float = 1e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    score_every: int = 64_000
    precision: str = "bfloat16"
    latent_size: int = 64
    channels: int = 8
    width: int = 16
    paper: str = "Hierarchical Adversarially Learned Inference, arXiv 1802.01071"
    note: str = (
        "The paper's networks and data are larger (CelebA at 128 px, ImageNet); its layer tables "
        "were not found. This run has 16 channels at full resolution, to fit a CPU, and a lower "
        "rate for the discriminator: at one rate for all it won within 400 steps."
    )
