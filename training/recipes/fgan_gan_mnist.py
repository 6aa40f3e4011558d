"""f-GAN (Nowozin et al. 2016, 1606.00709), GAN divergence, on MNIST, for a machine with 2 cores.

    ganzoo train --recipe fgan_gan_mnist --out ~/ganzoo-runs/fgan_gan_mnist

The generator plays the bound itself: with the practical objective a class faded from the samples,
to 0.6% of them at the rate 2e-4 and to 1.7% at 5e-4.
Released weights, if any, with CPU hours and scores: weights/fgan_gan_mnist.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "fgan"
    dataset: str = "mnist"
    image_shape: tuple = (28, 28, 1)
    steps: int = 20_000
    batch_size: int = 512
    learning_rate: float = 5e-4
    discriminator_learning_rate: float = 1e-3
    beta_1: float = 0.0
    beta_2: float = 0.99
    decay_start: float = 0.5
    precision: str = "bfloat16"
    checkpoint_every: int = 2000
    grid_every: int = 2000
    score_every: int = 1_024_000
    latent_size: int = 100
    width: int = 600
    critic_width: int = 240
    divergence: str = "gan"
    objective: str = "bound"
    paper: str = (
        "f-GAN: Training Generative Neural Samplers using Variational Divergence Minimization, "
        "arXiv 1606.00709"
    )
    note: str = (
        "The paper has a generator of width 1200, batches of 4096 and learning rate 2e-4 for both "
        "players; this run has width 600, batches of 512, a rate of its own for each, Adam "
        "without momentum, linear decay and bfloat16 matrix products, to fit a CPU."
    )
