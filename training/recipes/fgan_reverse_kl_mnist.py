"""f-GAN (Nowozin et al. 2016, 1606.00709) with the reverse KL on MNIST, for a machine with 2 cores.

    ganzoo train --recipe fgan_reverse_kl_mnist --out ~/ganzoo-runs/fgan_reverse_kl_mnist

Not yet run to its end: no weights ship, and no score is known.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "fgan"
    dataset: str = "mnist"
    image_shape: tuple = (28, 28, 1)
    steps: int = 40_000
    batch_size: int = 256
    learning_rate: float = 2e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    precision: str = "bfloat16"
    latent_size: int = 100
    width: int = 600
    critic_width: int = 240
    divergence: str = "reverse_kl"
    objective: str = "practical"
    paper: str = "f-GAN: Training Generative Neural Samplers using Variational Divergence Minimization, arXiv 1606.00709"
    note: str = "x"
