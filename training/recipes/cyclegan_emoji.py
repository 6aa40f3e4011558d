"""CycleGAN (Zhu et al. 2017, 1703.10593) between Fluent's and OpenMoji's emoji, for a machine
with 2 cores.

    ganzoo train --recipe cyclegan_emoji --out ~/ganzoo-runs/cyclegan_emoji

X is Fluent (flat), Y is OpenMoji; see `ganzoo/data/emoji_styles.py` for the data.
Released weights, if any, with CPU hours and scores: weights/cyclegan_emoji.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "cyclegan"
    dataset: str = "emoji_styles/64"
    split: tuple = ("train_fluent", "train_openmoji")
    examples_split: tuple = ("test_fluent", "test_openmoji")
    image_shape: tuple = (64, 64, 3)
    augment: str = "flip"
    batch_size: int = 1
    steps: int = 45_000
    learning_rate: float = 2e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    precision: str = "bfloat16"
    checkpoint_every: int = 2000
    grid_every: int = 2000
    width: int = 24
    blocks: int = 6
    cycle_weight: float = 4.0
    identity_weight: float = 4.0
    pool_size: int = 50
    paper: str = (
        "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks, "
        "arXiv 1703.10593"
    )
    note: str = (
        "The paper trains width 64 on 128 or 256 px for 200 epochs, with a cycle weight of 10 and "
        "an identity weight of 5; this run has width 24 on 64 px for 32 epochs, and bfloat16 "
        "convolutions, to fit a CPU; and weights of 4 and 4, since at 10 the translator to "
        "OpenMoji hid its input's colours in stripes, for the way back, instead of filling areas."
    )
