"""SN-GAN (Miyato et al. 2018, 1802.05957) on CIFAR-10, for a machine with 2 cores.

    ganzoo train --recipe sngan_cifar10 --out ~/ganzoo-runs/sngan_cifar10

Released weights, if any, with CPU hours and scores: weights/sngan_cifar10.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "sngan"
    dataset: str = "cifar10"
    image_shape: tuple = (32, 32, 3)
    augment: str = "flip"
    steps: int = 20_000
    batch_size: int = 32
    learning_rate: float = 2e-4
    discriminator_learning_rate: float = 1e-3
    beta_1: float = 0.0
    beta_2: float = 0.9
    decay_start: float = 0.5
    precision: str = "bfloat16"
    score_every: int = 64_000
    latent_size: int = 128
    width: int = 32
    family: str = "cnn"
    n_dis: int = 1
    paper: str = "Spectral Normalization for Generative Adversarial Networks, arXiv 1802.05957"
    note: str = (
        "The paper's networks for CIFAR-10 have width 64 and train 100,000 updates of the "
        "generator, batches of 64, with five updates of the discriminator for each, at learning "
        "rate 2e-4; this run has width 32, batches of 32, one update of the discriminator at five "
        "times the generator's rate, linear decay, flips, and bfloat16 convolutions, to fit a CPU. "
        "The machine had no AMX; on dcgan_cifar10's, which had, the steps went at 416 to 455 "
        "images a second, by which all take that model's 0.4 hours."
    )
