"""DCGAN (Radford et al. 2015, 1511.06434) on Fashion-MNIST, for a machine with 2 cores.

    ganzoo train --recipe dcgan_fashion_mnist --out ~/ganzoo-runs/dcgan_fashion_mnist

Released weights, if any, with CPU hours and scores: weights/dcgan_fashion_mnist.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "dcgan"
    dataset: str = "fashion_mnist"
    image_shape: tuple = (28, 28, 1)
    steps: int = 50_000
    learning_rate: float = 2e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    score_every: int = 320_000
    precision: str = "bfloat16"
    latent_size: int = 100
    width: int = 32
    kernel_size: int = 4
    paper: str = (
        "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial "
        "Networks, arXiv 1511.06434"
    )
    note: str = (
        "The paper does not train on Fashion-MNIST; this run has batches of 64 instead of 128, "
        "4x4 layers at width 32, bfloat16 convolutions and a linear decay of the rate over its "
        "second half."
    )
