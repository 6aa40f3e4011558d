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
    steps: int = 22_000
    learning_rate: float = 2e-4
    discriminator_learning_rate: float = 4e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    precision: str = "bfloat16"
    log_every: int = 250
    domains: tuple = ("fluent", "noto", "openmoji", "twemoji")
    width: int = 32
    blocks: int = 6
    classification_weight: float = 1.0
    reconstruction_weight: float = 10.0
    penalty_weight: float = 10.0
    identity_weight: float = 10.0
    n_critic: int = 1
    paper: str = (
        "StarGAN: Unified Generative Adversarial Networks for Multi-Domain Image-to-Image "
        "Translation, arXiv 1711.09020"
    )
    note: str = (
        "The paper trains width 64 on 128 px, batches of 16, rates of 1e-4, for 200,000 updates of "
        "the critic, five for one of the generator; this run has width 32 on 32 px, batches of 8, "
        "one update of the critic for one of the generator, at twice its rate, so that more of the "
        "budget is the generator's, and bfloat16 convolutions, to fit a CPU; and CycleGAN's "
        "identity term, without which a run had learned to swap colours, and the way back to undo "
        "it."
    )
