"""StarGAN (Choi et al. 2018, 1711.09020) among four vendors' emoji, for a machine with 2 cores.

    ganzoo train --recipe stargan_emoji --out ~/ganzoo-runs/stargan_emoji

See `ganzoo/data/emoji_styles.py` for the data.
Released weights, if any, with CPU hours and scores: weights/stargan_emoji.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "stargan"
    dataset: str = "emoji_styles/32"
    split: str = "train_fluent+train_noto+train_openmoji+train_twemoji"
    examples_split: str = "test_fluent+test_noto+test_openmoji+test_twemoji"
    image_shape: tuple = (32, 32, 3)
    augment: str = "flip"
    batch_size: int = 8
    steps: int = 14_000
    learning_rate: float = 2e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    precision: str = "bfloat16"
    domains: tuple = ("fluent", "noto", "openmoji", "twemoji")
    width: int = 32
    blocks: int = 6
    classification_weight: float = 1.0
    reconstruction_weight: float = 10.0
    penalty_weight: float = 10.0
    identity_weight: float = 0.0
    n_critic: int = 2
    paper: str = (
        "StarGAN: Unified Generative Adversarial Networks for Multi-Domain Image-to-Image "
        "Translation, arXiv 1711.09020"
    )
    note: str = (
        "The paper trains width 64 on 128 px, batches of 16, for 200,000 updates of the critic; "
        "this run has width 32 on 32 px, batches of 8, two updates of the critic for one of the "
        "generator instead of five, so that more of the budget is the generator's, twice the rate "
        "and bfloat16 convolutions, to fit a CPU."
    )
