"""DCGAN (Radford et al. 2015, 1511.06434) on CelebA, for a GPU.

    ganzoo train --recipe dcgan_celeba --out ~/ganzoo-runs/dcgan_celeba

The paper's own configuration. Not run here.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "dcgan"
    dataset: str = "celeb_a"
    image_shape: tuple = (64, 64, 3)
    steps: int = 34_000
    batch_size: int = 128
    learning_rate: float = 2e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    latent_size: int = 100
    width: int = 128
    kernel_size: int = 5
    paper: str = (
        "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial "
        "Networks, arXiv 1511.06434"
    )
    note: str = (
        "The paper's own configuration, not run here. Networks, optimizer, batch and number of "
        "updates (25 epochs of 350,000 images in the authors' code, each batch moving one player) "
        "are those for faces; the paper's faces were never published, hence CelebA, whose "
        "training split takes 2 GB of memory (twice that while it is read). No L2 penalty."
    )
