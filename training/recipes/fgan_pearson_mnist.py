"""f-GAN (Nowozin et al. 2016, 1606.00709), the Pearson divergence, on MNIST.

    ganzoo train --recipe fgan_pearson_mnist --out ~/ganzoo-runs/fgan_pearson_mnist

As fgan_gan_mnist but for the divergence.
Released weights, if any, with CPU hours and scores: weights/fgan_pearson_mnist.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.class_of("fgan_gan_mnist")):
    divergence: str = "pearson"
    objective: str = "practical"
