"""BiGAN (Donahue et al. 2017, 1605.09782) on MNIST, for a machine with 2 cores.

    ganzoo train --recipe bigan_mnist --out ~/ganzoo-runs/bigan_mnist

Released weights, if any, with CPU hours and scores: weights/bigan_mnist.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "bigan"
    dataset: str = "mnist"
    image_shape: tuple = (28, 28, 1)
    steps: int = 30_000
    batch_size: int = 128
    learning_rate: float = 5e-4
    discriminator_learning_rate: float = 5e-4
    beta_1: float = 0.0
    beta_2: float = 0.99
    decay_start: float = 0.5
    score_every: int = 384_000
    precision: str = "bfloat16"
    latent_size: int = 50
    width: int = 512
    paper: str = "Adversarial Feature Learning, arXiv 1605.09782"
    note: str = (
        "The paper has 1,024 hidden units and trains 400 epochs, half of them with an "
        "exponentially falling rate; this run has 512, 64 epochs, linear decay and bfloat16 "
        "matrix products, to fit a CPU, and for Adam(2e-4; .5, .999) a rate of 5e-4 without "
        "momentum, beta_2 .99. With twice that rate the discriminator's lead grew from step "
        "18,000 on, until the run broke down at 20,000."
    )
