"""SN-GAN (Miyato et al. 2018, 1802.05957) on CIFAR-10 with residual networks, for a GPU.

    ganzoo train --recipe sngan_cifar10_paper --out ~/ganzoo-runs/sngan_cifar10_paper

The paper's own configuration. Not run here.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "sngan"
    dataset: str = "cifar10"
    image_shape: tuple = (32, 32, 3)
    steps: int = 100_000
    batch_size: int = 64
    learning_rate: float = 2e-4
    beta_1: float = 0.0
    beta_2: float = 0.9
    decay_start: float = 0.0
    latent_size: int = 128
    width: int = 64
    family: str = "resnet"
    n_dis: int = 5
    paper: str = "Spectral Normalization for Generative Adversarial Networks, arXiv 1802.05957"
    note: str = (
        "The paper's own configuration, not run here. Networks (256 channels in the generator, "
        "128 in the discriminator), optimizer, updates and linear decay are the paper's for the "
        "residual networks with hinge loss. The generator's batch is 64 as the discriminator's, "
        "where the authors' code has 128; no dequantisation noise."
    )
