"""ALI (Dumoulin et al. 2017, 1606.00704) on CIFAR-10 with the paper's settings, for a GPU.

    ganzoo train --recipe ali_cifar10_paper --out ~/ganzoo-runs/ali_cifar10_paper

The paper's own configuration. Not run here.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "ali"
    dataset: str = "cifar10"
    image_shape: tuple = (32, 32, 3)
    steps: int = 3_237_500
    batch_size: int = 100
    learning_rate: float = 1e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    latent_size: int = 64
    width: int = 128
    kernel_size: int = 4
    paper: str = "Adversarially Learned Inference, arXiv 1606.00704"
    note: str = (
        "The paper's own configuration, not run here. Optimizer, batch, latents and number of "
        "updates (6,475 epochs) are the paper's. The networks are DCGAN's strided convolutions of "
        "128, 256 and 512 channels, with batch normalisation in the discriminator, where the "
        "paper has valid convolutions of 32 to 512 channels, maxout and dropout in the "
        "discriminator, and biases for each pixel."
    )
