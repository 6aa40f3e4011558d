"""CycleGAN (Zhu et al. 2017, 1703.10593) between horses and zebras at 128 px.

    ganzoo train --recipe cyclegan_horse2zebra --out runs/cyclegan_horse2zebra

The paper's own configuration. Not run here.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "cyclegan"
    dataset: str = "cycle_gan/horse2zebra"
    split: tuple = ("trainA", "trainB")
    examples_split: tuple = ("testA", "testB")
    image_shape: tuple = (128, 128, 3)
    augment: str = "crop_flip"
    batch_size: int = 1
    steps: int = 266_800  # 200 epochs of the 1,334 zebras
    learning_rate: float = 2e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    checkpoint_every: int = 2000
    grid_every: int = 2000
    width: int = 64
    blocks: int = 6
    cycle_weight: float = 10.0
    identity_weight: float = 5.0
    pool_size: int = 50
    paper: str = (
        "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks, "
        "arXiv 1703.10593"
    )
    note: str = (
        "The paper's own configuration, not run here, with the identity terms of the authors' code."
    )
