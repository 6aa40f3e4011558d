"""BiGAN (Donahue et al. 2017, 1605.09782) on MNIST at full width, for a GPU.

    ganzoo train --recipe bigan_mnist_paper --out ~/ganzoo-runs/bigan_mnist_paper

The paper's own configuration. Not run here.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "bigan"
    dataset: str = "mnist"
    image_shape: tuple = (28, 28, 1)
    steps: int = 187_500
    batch_size: int = 128
    learning_rate: float = 2e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    latent_size: int = 50
    width: int = 1024
    paper: str = "Adversarial Feature Learning, arXiv 1605.09782"
    note: str = (
        "The paper's own configuration, not run here. Widths, latents, optimizer, batch and "
        "number of updates (400 epochs) are the paper's. Its rate falls exponentially to a "
        "hundredth over the second half; here it falls linearly to zero. No L2 penalty."
    )
