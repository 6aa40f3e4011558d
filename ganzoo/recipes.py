"""Recipes: everything that determines a training run, as one flat dataclass.

A recipe is a Python file that defines `class Recipe(ganzoo.recipes.Recipe)`; its name is the
file's. Fields that the base class below does not have are arguments of the system's `create`.
"""

import ast
import dataclasses
import pathlib

from ganzoo import paths
from ganzoo.registry import unknown

PRECISIONS = ("float32", "bfloat16", "float16")
ACTIONS = ("stop", "roll_back", "lower_rate")
AUGMENTATIONS = ("none", "flip", "crop_flip")
OPTIMIZERS = ("adam", "rmsprop")
COUNTS = ("batch_size", "steps", "checkpoint_every", "log_every", "grid_every", "keep_checkpoints")
COUNTS += ("saturated_steps", "rising_evaluations", "micro_batches")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe:
    """What every system's recipe has.

    Attributes:
        system: registered name of the algorithm.
        dataset: TFDS name, or path of a folder of images.
        image_shape: (height, width, channels).
        split: TFDS split to train on; for a system with two domains a pair of splits, or of
            folders in the folder `dataset`.
        examples_split: likewise, of the images that a translator's pictures show; None for those
            of `split`.
        augment: "none", "flip" (left to right), or "crop_flip" (cut at random from 143/128 of the
            size, then flipped).
        batch_size: images in one minibatch; a step uses `gan.batches_per_step` of them.
        micro_batches: parts of a minibatch whose gradients are computed one after another, to save
            memory; each replica's rows of a minibatch must be a multiple. See `GAN.compile`.
        steps: training steps, each one cycle of all players' updates.
        optimizer: "adam" or "rmsprop", for every player.
        learning_rate: of every player.
        beta_1, beta_2: Adam's decay rates; RMSprop's rho is `beta_2`.
        discriminator_learning_rate: of the discriminator, if not `learning_rate`.
        decay_start: share of `steps` after which the learning rates fall linearly to zero; 1
            keeps them constant.
        average_decay: of the generator's moving average.
        precision: "float32"; or, with weights in float32, "bfloat16" (on a CPU by oneDNN, which
            does so where the CPU can) or "float16", with each player's loss scaled.
        seed: of every random draw.
        checkpoint_every, log_every, grid_every: steps.
        keep_checkpoints: how many of the newest to keep.
        keep_checkpoint_every: keep those of its multiples, too; 0 for none.
        on_trouble: what to do when `ganzoo.callbacks.Watchdog` finds trouble: "stop"; "roll_back"
            to the last checkpoint, and go on from there with other random draws; or "lower_rate":
            go on with all learning rates times `rate_factor`, from the last checkpoint if the
            weights are lost.
        rate_factor: in (0, 1).
        troubles_allowed: how many to act on so; at the next the run stops.
        saturated_steps: trouble if the discriminator is saturated for so many; None for never.
        rising_score: name of a logged score, the lower the better, or None; trouble if it rises
        rising_evaluations: times on end.
        score_every: images seen between two measurements of the model's scores (see
            `ganzoo.callbacks.Scores`); 0 for none.
        score_features: name of the feature network that measures them; None for the data set's.
        score_num: images generated for each.
        score_by: the score whose lowest value is the best model's, which is kept.
        paper: title, authors' arXiv number.
        note: how the run differs from the paper's, for the model card.
    """

    system: str
    dataset: str
    image_shape: tuple
    split: str | tuple = "train"
    examples_split: str | tuple | None = None
    augment: str = "none"
    batch_size: int = 64
    micro_batches: int = 1
    steps: int
    optimizer: str = "adam"
    learning_rate: float = 2e-4
    discriminator_learning_rate: float | None = None
    beta_1: float = 0.5
    beta_2: float = 0.999
    decay_start: float = 1.0
    average_decay: float = 0.999
    precision: str = "float32"
    seed: int = 0
    checkpoint_every: int = 500
    log_every: int = 50
    grid_every: int = 500
    keep_checkpoints: int = 2
    keep_checkpoint_every: int = 0
    on_trouble: str = "stop"
    rate_factor: float = 0.1
    troubles_allowed: int = 3
    saturated_steps: int | None = None
    rising_score: str | None = None
    rising_evaluations: int = 3
    score_every: int = 0
    score_features: str | None = None
    score_num: int = 5000
    score_by: str = "kernel_distance"
    paper: str = ""
    note: str = ""

    def __post_init__(self):
        for name in "image_shape", "split", "examples_split":
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in COUNTS:
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise ValueError(f"`{name}` must be at least 1. Received: {getattr(self, name)!r}")
        if not 0 <= self.decay_start <= 1:
            raise ValueError(f"`decay_start` must be in [0, 1]. Received: {self.decay_start!r}")
        if not 0 < self.rate_factor < 1:
            raise ValueError(f"`rate_factor` must be in (0, 1). Received: {self.rate_factor!r}")
        for name, allowed in (
            ("precision", PRECISIONS),
            ("augment", AUGMENTATIONS),
            ("optimizer", OPTIMIZERS),
            ("on_trouble", ACTIONS),
        ):
            if getattr(self, name) not in allowed:
                raise ValueError(unknown(name, getattr(self, name), allowed))

    def model_arguments(self):
        """Arguments for the system's `create`, besides those that every system has."""
        shared = {field.name for field in dataclasses.fields(Recipe)}
        own = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {k: v for k, v in own.items() if k not in shared}


def names():
    """Names of the recipes that come with ganzoo."""
    return sorted(p.stem for p in paths.RECIPES.glob("*.py") if not p.stem.startswith("_"))


def load(ref, overrides=()):
    """The recipe called `ref`, or in the Python file `ref`, with some keys set anew.

    Args:
        ref: a name from `names()`, or a path ending in .py.
        overrides: dict of key to value, or "key=value" strings.

    Returns:
        (name, recipe).

    Raises:
        ValueError: for an unknown recipe, an unknown key or an invalid value.
    """
    defined = class_of(ref)
    fields = {field.name for field in dataclasses.fields(defined)}
    values = dict(overrides if isinstance(overrides, dict) else map(_parse, overrides))
    for name in values:
        if name not in fields:
            raise ValueError(unknown("recipe key", name, fields))
    return pathlib.Path(ref).stem, defined(**values)


def class_of(ref):
    """The class `Recipe` of a recipe, see `load`: a base for recipes that differ in a few keys."""
    path = pathlib.Path(ref)
    if path.suffix != ".py":
        if ref not in names():
            raise ValueError(unknown("recipe", ref, names()))
        path = paths.RECIPES / f"{ref}.py"
    if not path.is_file():
        raise ValueError(f"`recipe` must be a name or an existing .py file. Received: {str(ref)!r}")
    return paths.module_at(path, f"ganzoo_recipe_{path.stem}").Recipe


def _parse(assignment):
    name, equals, value = assignment.partition("=")
    if not equals:
        raise ValueError(f"`set` must be key=value. Received: {assignment!r}")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value
