"""LSGAN (Mao et al. 2017, 1611.04076) on LSUN's outdoor churches, for a GPU.

    ganzoo train --recipe lsgan_church --out ~/ganzoo-runs/lsgan_church

The paper's own configuration. Not run here.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "lsgan"
    dataset: str = "lsun/church_outdoor"
    image_shape: tuple = (112, 112, 3)
    steps: int = 1_000_000
    batch_size: int = 64
    learning_rate: float = 1e-3
    beta_1: float = 0.5
    beta_2: float = 0.999
    latent_size: int = 1024
    width: int = 64
    kernel_size: int = 5
    paper: str = "Least Squares Generative Adversarial Networks, arXiv 1611.04076"
    note: str = (
        "The paper's own configuration, not run here. Optimizer, batch, latents, targets and "
        "steps are those of the authors' code for this data set. The networks are DCGAN's for 112 "
        "px: the paper's generator has 256 channels up to 28 px and further 3x3 layers, and its "
        "discriminator ends at 7 px. The losses are means over the batch, not sums. The images "
        "take 4.8 GB of memory (twice that while they are read)."
    )
