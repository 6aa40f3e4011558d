"""DCGAN (Radford et al. 2015, 1511.06434) on CIFAR-10, for a machine with 2 cores.

    ganzoo train --recipe dcgan_cifar10 --out ~/ganzoo-runs/dcgan_cifar10

Released weights, if any, with CPU hours and scores: weights/dcgan_cifar10.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "dcgan"
    dataset: str = "cifar10"
    image_shape: tuple = (32, 32, 3)
    augment: str = "flip"
    steps: int = 36_000
    learning_rate: float = 2e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    precision: str = "bfloat16"
    score_every: int = 230_400
    latent_size: int = 100
    width: int = 32
    kernel_size: int = 4
    paper: str = (
        "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial "
        "Networks, arXiv 1511.06434"
    )
    note: str = (
        "The paper trains on 32 px crops of ImageNet for its scores on CIFAR-10; this run has "
        "CIFAR-10 itself, batches of 64 instead of 128, 4x4 layers at width 32, flips, a linear "
        "decay of the rate over its second half and bfloat16 convolutions, to fit a CPU."
    )
