"""StarGAN (Choi et al. 2018, 1711.09020) on five attributes of CelebA at 128 px.

    ganzoo train --recipe stargan_celeba --out runs/stargan_celeba

The paper's own configuration. Not run here.
"""

import dataclasses

from ganzoo import recipes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(recipes.Recipe):
    system: str = "stargan"
    dataset: str = "celeb_a"
    split: str = "train"
    examples_split: str = "test[:64]"
    image_shape: tuple = (128, 128, 3)
    augment: str = "flip"
    batch_size: int = 16
    steps: int = 40_000  # 200,000 updates of the critic
    learning_rate: float = 1e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 0.5
    domains: tuple = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Male", "Young")
    labels: str = "any_of"
    width: int = 64
    blocks: int = 6
    classification_weight: float = 1.0
    reconstruction_weight: float = 10.0
    penalty_weight: float = 10.0
    n_critic: int = 5
    paper: str = (
        "StarGAN: Unified Generative Adversarial Networks for Multi-Domain Image-to-Image "
        "Translation, arXiv 1711.09020"
    )
    note: str = (
        "The paper's own configuration, not run here. The images take 8 GB of memory (twice that "
        "while they are read)."
    )
