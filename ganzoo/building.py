"""A recipe's model, its optimizers and its precision."""

import contextlib
import math
import pathlib

import keras
import tensorflow as tf

from ganzoo import registry
from ganzoo.models.optimizers import Adam, ConstantThenLinear

# What Linux calls the instructions: x86's two sets, and Arm's.
BFLOAT16_FLAGS = frozenset(["avx512_bf16", "amx_bf16", "bf16"])
# Seeds of a run that rolled back: the recipe's plus multiples of it.
OTHER_DRAWS = 2**40


def build(recipe, events=()):
    """An untrained model, compiled with the recipe's optimizers; seeds Keras by the recipe.

    Args:
        recipe: a `ganzoo.recipes.Recipe`.
        events: the run's troubles so far, as in `ganzoo.fit`; each change the draws or the rates.
    """
    keras.utils.set_random_seed(recipe.seed)
    rolled_back = sum(event["action"] == "roll_back" for event in events)
    gan = registry.get(recipe.system).create(
        image_shape=recipe.image_shape,
        seed=recipe.seed + OTHER_DRAWS * rolled_back,
        average_decay=recipe.average_decay,
        **recipe.model_arguments(),
    )
    optimizers = {p: _optimizer(recipe, p, gan.players[p].steps, events) for p in gan.players}
    gan.compile(optimizers, micro_batches=recipe.micro_batches)
    return gan


def set_rates(gan, recipe, events=()):
    """Sets constant learning rates, which a checkpoint holds too, to what `build` gives them."""
    for player, optimizer in gan.optimizers.items():
        rate = _rate(recipe, player, events)
        if recipe.decay_start == 1:
            optimizer.learning_rate = rate


@contextlib.contextmanager
def precision(name):
    """Within it, the arithmetic of all models and graphs that are made; weights are float32.

    "bfloat16" and "float16" are Keras's mixed policies; but where there is no accelerator,
    "bfloat16" lets oneDNN run convolutions and matrix products so, on CPUs that have instructions
    for it, and is float32 on the others, where oneDNN would emulate it, ten times slower.
    """
    accelerators = tf.config.list_physical_devices("GPU") + tf.config.list_physical_devices("TPU")
    on_cpu = name == "bfloat16" and not accelerators
    mixed = name != "float32" and not on_cpu
    _set(f"mixed_{name}" if mixed else "float32", on_cpu and cpu_has_bfloat16())
    try:
        yield
    finally:
        _set("float32", False)


def cpu_has_bfloat16(cpuinfo=pathlib.Path("/proc/cpuinfo")):
    """Whether this CPU multiplies bfloat16 in hardware, as far as Linux tells."""
    return cpuinfo.exists() and not BFLOAT16_FLAGS.isdisjoint(cpuinfo.read_text().split())


def _set(policy, onednn_bfloat16):
    keras.config.set_dtype_policy(policy)
    tf.config.optimizer.set_experimental_options(
        {"auto_mixed_precision_onednn_bfloat16": onednn_bfloat16}
    )


def _rate(recipe, player, events):
    rate = float(getattr(recipe, f"{player}_learning_rate", None) or recipe.learning_rate)
    return rate * math.prod(e["rate_factor"] for e in events if e["action"] == "lower_rate")


def _optimizer(recipe, player, updates_per_step, events):
    rate = _rate(recipe, player, events)
    if recipe.decay_start < 1:
        updates = recipe.steps * updates_per_step
        rate = ConstantThenLinear(rate, recipe.decay_start * updates, updates)
    if recipe.optimizer == "rmsprop":
        optimizer = keras.optimizers.RMSprop(rate, rho=recipe.beta_2, epsilon=1e-8)
    else:
        optimizer = Adam(rate, recipe.beta_1, recipe.beta_2, epsilon=1e-8)
    if recipe.precision == "float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    return optimizer
