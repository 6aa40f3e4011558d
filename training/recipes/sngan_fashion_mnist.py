"""SN-GAN (Miyato et al. 2018, 1802.05957) on Fashion-MNIST, for a machine with 2 cores.

    ganzoo train --recipe sngan_fashion_mnist --out ~/ganzoo-runs/sngan_fashion_mnist

Released weights, if any, with CPU hours and scores: weights/sngan_fashion_mnist.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "sngan"
    dataset: str = "fashion_mnist"
    image_shape: tuple = (28, 28, 1)
    steps: int = 15_000
    learning_rate: float = 0.0002
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    score_every: int = 96_000
    precision: str = "bfloat16"
    latent_size: int = 128
    width: int = 16
    family: str = "cnn"
    n_dis: int = 1
    paper: str = "Spectral Normalization for Generative Adversarial Networks, arXiv 1802.05957"
    note: str = (
        "The paper trains CIFAR-10 and STL-10 at width 64; this run has width 16, the paper's "
        "optimizer setting C (one discriminator update, beta 0.5 and 0.999) with linear "
        "decay, and bfloat16 convolutions, to fit a CPU."
    )
