"""DCGAN (Radford et al. 2015, 1511.06434) on MNIST, for a machine with 2 cores.

    ganzoo train --recipe dcgan_mnist --out ~/ganzoo-runs/dcgan_mnist

Released weights, if any, with CPU hours and scores: weights/dcgan_mnist.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "dcgan"
    dataset: str = "mnist"
    image_shape: tuple = (28, 28, 1)
    steps: int = 48_000
    learning_rate: float = 5e-4
    discriminator_learning_rate: float = 1e-3
    beta_1: float = 0.0
    beta_2: float = 0.99
    decay_start: float = 0.5
    score_every: int = 307_200
    precision: str = "bfloat16"
    latent_size: int = 100
    width: int = 32
    kernel_size: int = 4
    paper: str = (
        "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial "
        "Networks, arXiv 1511.06434"
    )
    note: str = (
        "The authors' MNIST model is conditioned on the class and has other networks; this run is "
        "unconditional, with batches of 64 instead of 128, 4x4 layers at width 32, bfloat16 "
        "convolutions, and for Adam(2e-4; .5, .999) rates of 5e-4 and 1e-3 (the discriminator's) "
        "without momentum, beta_2 .99, falling linearly over the second half: after 6,000 steps "
        "our Frechet distance was 4.9 so, and 11.0 with the paper's."
    )
