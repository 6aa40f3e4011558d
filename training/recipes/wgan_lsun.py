"""WGAN (Arjovsky et al. 2017, 1701.07875) on LSUN's outdoor churches, for a GPU.

    ganzoo train --recipe wgan_lsun --out ~/ganzoo-runs/wgan_lsun

The paper's own configuration. Not run here.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "wgan"
    dataset: str = "lsun/church_outdoor"
    image_shape: tuple = (64, 64, 3)
    steps: int = 237_000
    batch_size: int = 64
    optimizer: str = "rmsprop"
    learning_rate: float = 5e-5
    beta_2: float = 0.99
    latent_size: int = 100
    width: int = 64
    kernel_size: int = 4
    clip: float = 0.01
    n_critic: int = 5
    paper: str = "Wasserstein GAN, arXiv 1701.07875"
    note: str = (
        "The paper's own configuration, not run here. Networks, optimizer, batch, clipping and "
        "number of updates (25 epochs of bedrooms, the default of the authors' code) are the "
        "paper's for LSUN bedrooms. Data sets are held in memory, and 3 million bedrooms do not "
        "fit; the churches take 1.6 GB (twice that while they are read). The critic always moves "
        "5 times, where the code at first moves it 100 times."
    )
