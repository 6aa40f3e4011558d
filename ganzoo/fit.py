"""A recipe, run: data, model, optimizers, callbacks, and at the end a pretrained folder."""

import dataclasses
import json
import os
import pathlib
import platform
import time

import keras
import tensorflow as tf

from ganzoo import callbacks, data, files, pretrained, registry
from ganzoo.models.optimizers import ConstantThenLinear

# Keys that may differ between a run's start and its resumption.
MAY_DIFFER = {"steps", "checkpoint_every", "log_every", "grid_every", "paper", "note"}


def run(
    name,
    recipe,
    out,
    data_dir=None,
    max_minutes=None,
    max_steps=None,
    resume=False,
    skip_unreadable=False,
):
    """Trains by a recipe. A resumed run ends in the same weights, bit for bit, as one at a go.

    Args:
        name: of the run and the model, usually the recipe's.
        recipe: a `ganzoo.recipes.Recipe`.
        out: folder: `checkpoints/`, `logs/` for TensorBoard, `recipe.json` and, at the end, the
            pretrained folder `model/`.
        data_dir: TFDS's folder of prepared data sets.
        max_minutes: end (with a checkpoint) after that many minutes.
        max_steps: end (with a checkpoint) at that step.
        resume: go on from the newest checkpoint in `out`, or start if there is none.
        skip_unreadable: leave out files of an image folder that are no images.

    Returns:
        The trained model.

    Raises:
        ValueError: if `out` holds another run, or its recipe differs from this one.
    """
    out = pathlib.Path(out).expanduser()
    _check(out, recipe, resume)
    out.mkdir(parents=True, exist_ok=True)
    set_precision(recipe.precision)
    gan = build(recipe)
    state = callbacks.restore_latest(gan, out / "checkpoints") if resume else None
    state = state or {"seconds": 0.0, "cpu_seconds": 0.0}
    start = int(gan.step.numpy())
    if start:
        print(f"resumed at step {start} from {out / 'checkpoints'}", flush=True)
    stop_at = min(recipe.steps, max_steps or recipe.steps)
    batch_size = recipe.batch_size * gan.batches_per_step
    unreadable = "skip" if skip_unreadable else "raise"
    source = data.for_training(gan, recipe, data_dir, unreadable)
    dataset = source.batches(batch_size, recipe.seed, start)
    files.write(out / pretrained.RECIPE, json.dumps(dataclasses.asdict(recipe), indent=1).encode())

    began, cpu_began = time.monotonic(), time.process_time()

    def spent():
        return {
            "seconds": state["seconds"] + time.monotonic() - began,
            "cpu_seconds": state["cpu_seconds"] + time.process_time() - cpu_began,
        }

    stop = callbacks.Stop(max_minutes)
    log = callbacks.Log(
        out / "logs",
        stop_at,
        recipe.log_every,
        recipe.grid_every,
        images_per_step=batch_size,
        examples=source.examples(),
    )
    checkpoint = callbacks.Checkpoint(out / "checkpoints", recipe.checkpoint_every, spent)
    if start < stop_at:
        gan.fit(
            dataset,
            steps_per_epoch=stop_at - start,
            shuffle=False,
            verbose=0,
            callbacks=[stop, log, checkpoint],
        )
    step = int(gan.step.numpy())
    print(f"ended at step {step} ({stop.reason or 'done'})", flush=True)
    set_precision("float32")  # the grid shows what users will see
    training = spent() | {
        "step": step,
        "images_seen": step * batch_size,
        "training_images": source.num,
        "machine": f"{os.cpu_count()} CPU cores ({platform.machine()})",
        "versions": {"tensorflow": tf.__version__, "keras": keras.__version__},
    }
    pretrained.save(
        gan,
        out / "model",
        name=name,
        recipe=recipe,
        training=training,
        examples=source.examples(),
        overwrite=True,
    )
    print(f"model written to {out / 'model'}", flush=True)
    return gan


def build(recipe):
    """An untrained model, compiled with the recipe's optimizers; seeds Keras by the recipe."""
    keras.utils.set_random_seed(recipe.seed)
    gan = registry.get(recipe.system).create(
        image_shape=recipe.image_shape,
        seed=recipe.seed,
        average_decay=recipe.average_decay,
        **recipe.model_arguments(),
    )
    gan.compile({p: _optimizer(recipe, p, player.steps) for p, player in gan.players.items()})
    return gan


def set_precision(precision):
    """Sets TensorFlow's arithmetic for all graphs made from now on.

    "bfloat16" lets oneDNN run convolutions and matrix products in bfloat16 on CPUs that have it,
    with float32 weights; elsewhere it changes nothing.
    """
    tf.config.optimizer.set_experimental_options(
        {"auto_mixed_precision_onednn_bfloat16": precision == "bfloat16"}
    )


def _optimizer(recipe, player, updates_per_step):
    rate = getattr(recipe, f"{player}_learning_rate", None) or recipe.learning_rate
    if recipe.decay_start < 1:
        updates = recipe.steps * updates_per_step
        rate = ConstantThenLinear(rate, recipe.decay_start * updates, updates)
    if recipe.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(rate, rho=recipe.beta_2, epsilon=1e-8)
    return keras.optimizers.Adam(rate, recipe.beta_1, recipe.beta_2, epsilon=1e-8)


def _defaults(recipe):
    """What a key meant before it was one: its default."""
    fields = dataclasses.fields(recipe)
    return {f.name: f.default for f in fields if f.default is not dataclasses.MISSING}


def _check(out, recipe, resume):
    """Raises if `out` holds a run that this one must not go on with."""
    record = out / pretrained.RECIPE
    mine = json.loads(json.dumps(dataclasses.asdict(recipe)))
    if record.exists():
        if not resume:
            raise ValueError(
                f"`out` holds a run already; go on with it (--resume) or choose another folder. "
                f"Received: {str(out)!r}"
            )
        theirs = _defaults(recipe) | json.loads(record.read_text())
        differing = [
            f"{k}: {theirs.get(k)!r} there, {mine.get(k)!r} here"
            for k in sorted(mine.keys() | theirs.keys())
            if mine.get(k) != theirs.get(k) and k not in MAY_DIFFER
        ]
        if differing:
            raise ValueError(f"`recipe` differs from the run's in {out}: {'; '.join(differing)}")
