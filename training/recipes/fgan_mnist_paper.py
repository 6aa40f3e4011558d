"""f-GAN (Nowozin et al. 2016, 1606.00709) on MNIST with the paper's batch, for a GPU.

    ganzoo train --recipe fgan_mnist_paper --out ~/ganzoo-runs/fgan_mnist_paper

The paper's own configuration. Not run here.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "fgan"
    dataset: str = "mnist"
    image_shape: tuple = (28, 28, 1)
    steps: int = 20_000
    batch_size: int = 4096
    learning_rate: float = 2e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    latent_size: int = 100
    width: int = 1200
    critic_width: int = 240
    divergence: str = "kl"
    objective: str = "practical"
    paper: str = (
        "f-GAN: Training Generative Neural Samplers using Variational Divergence Minimization, "
        "arXiv 1606.00709"
    )
    note: str = (
        "The paper's own configuration, not run here. Widths, latents, batch and learning rate "
        "are the paper's; it compares eight divergences: set another with --set "
        "divergence=reverse_kl. The number of steps is ours. Images lie in [-1, 1] behind tanh, "
        "where the paper has a sigmoid."
    )
