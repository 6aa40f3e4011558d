"""ALI (Dumoulin et al. 2017, 1606.00704) on CIFAR-10, for a machine with 2 cores.

    ganzoo train --recipe ali_cifar10 --out ~/ganzoo-runs/ali_cifar10

Released weights, if any, with CPU hours and scores: weights/ali_cifar10.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "ali"
    dataset: str = "cifar10"
    image_shape: tuple = (32, 32, 3)
    augment: str = "flip"
    steps: int = 24_000
    batch_size: int = 64
    learning_rate: float = 1e-3
    discriminator_learning_rate: float = 2e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    precision: str = "bfloat16"
    score_every: int = 153_600
    latent_size: int = 64
    width: int = 24
    kernel_size: int = 4
    paper: str = "Adversarially Learned Inference, arXiv 1606.00704"
    note: str = (
        "The paper trains 6,475 epochs of maxout networks with dropout; this run has DCGAN's "
        "layers at width 24 with batch normalisation in the discriminator, ten times the paper's "
        "learning rate for generator and encoder and twice for the discriminator, flips, linear "
        "decay and bfloat16 convolutions, to fit a CPU."
    )
