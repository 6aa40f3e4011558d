"""f-GAN (Nowozin et al. 2016, 1606.00709), the squared Hellinger divergence, on MNIST.

    ganzoo train --recipe fgan_hellinger_mnist --out ~/ganzoo-runs/fgan_hellinger_mnist

As fgan_gan_mnist but for the divergence.
Released weights, if any, with CPU hours and scores: weights/fgan_hellinger_mnist.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.class_of("fgan_gan_mnist")):
    divergence: str = "squared_hellinger"
    objective: str = "practical"
    discriminator_learning_rate: float = 1e-4
    note: str = (
        recipes.class_of("fgan_gan_mnist").note
        + " Here the discriminator has a tenth of the rate: this divergence's practical objective "
        "is an exponential of the discriminator's lead, and overflowed at the faster one."
    )
