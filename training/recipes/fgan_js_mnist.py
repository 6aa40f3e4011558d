"""f-GAN (Nowozin et al. 2016, 1606.00709), the Jensen-Shannon divergence, on MNIST.

    ganzoo train --recipe fgan_js_mnist --out ~/ganzoo-runs/fgan_js_mnist

As fgan_gan_mnist but for the divergence.
Released weights, if any, with CPU hours and scores: weights/fgan_js_mnist.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.class_of("fgan_gan_mnist")):
    divergence: str = "jensen_shannon"
    seed: int = 1
    note: str = (
        recipes.class_of("fgan_gan_mnist").note
        + " This divergence's two objectives are those of fgan_gan_mnist up to constants, so with "
        "the same seed it would be the same model: it has another."
    )
