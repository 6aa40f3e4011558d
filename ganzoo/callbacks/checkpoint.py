"""Checkpoints: all networks, moving averages, optimizer slots and the step, written whole."""

import json
import logging
import pathlib

import keras

from ganzoo import checksums, distribution, files

PREFIX = "step_"
DAMAGED = "damaged_"
# A Keras archive is made in memory and written by Python, so that a full disk is an OSError; HDF5
# on a file was seen to bring the process down.
MODEL = "model.keras"
STATE = "state.json"


class Checkpoint(keras.callbacks.Callback):
    """Writes `folder/step_<number>/` every so many steps and at the end; keeps the newest few.

    Data order and random draws are functions of seed and step. So weights, spectral norms' vectors,
    image pools, optimizer slots, the step, and the recipe (in `state`) are all that a run needs to
    go on as if it had never stopped. Of several workers the chief writes.

    Args:
        folder: where the checkpoints are.
        every: steps between two of them.
        state: callable without arguments; its JSON-able result is stored beside the weights.
        keep: how many of the newest to keep.
        keep_every: keep those of its multiples, too, for ever; 0 for none.
        is_sound: callable without arguments; where it says False nothing is written.
    """

    def __init__(self, folder, every, state=dict, keep=2, keep_every=0, is_sound=lambda: True):
        super().__init__()
        self.folder = pathlib.Path(folder)
        self.every, self.state, self.is_sound = every, state, is_sound
        self.keep, self.keep_every = keep, keep_every

    def on_train_begin(self, logs=None):
        self.saved = int(self.model.step.numpy())
        self.now = self.saved

    def on_train_batch_end(self, batch, logs=None):
        self.now += 1
        if self.now % self.every == 0:
            self.save()

    def on_train_end(self, logs=None):
        if self.now != self.saved:
            self.save()

    def save(self):
        """Writes a checkpoint of the present step, if the model is sound."""
        if not self.is_sound():
            return
        self.saved = self.now
        if not distribution.is_chief(self.model.distribute_strategy):
            return
        with files.whole_folder(
            self.folder / f"{PREFIX}{self.now:09d}", overwrite=True
        ) as temporary:
            self.model.save(temporary / MODEL)
            (temporary / STATE).write_text(json.dumps(self.state(), indent=1))
            checksums.write(temporary)
        for old in checkpoints(self.folder)[: -self.keep]:
            if not (self.keep_every and step_of(old) % self.keep_every == 0):
                files.remove_folder(old)


def checkpoints(folder):
    """The checkpoints in `folder`, oldest first."""
    return sorted(p for p in pathlib.Path(folder).glob(f"{PREFIX}*") if p.is_dir())


def step_of(path):
    """The step of a checkpoint."""
    return int(path.name.removeprefix(PREFIX))


def newest(folder, strategy):
    """The path of the newest sound checkpoint in `folder`, or None if it has no checkpoint.

    Damaged newer ones are passed over with a warning, and renamed to `damaged_step_<number>`. Of
    several workers the chief decides; all must see the folder.

    Raises:
        ValueError: if there are checkpoints but none is sound, or this worker does not see the
            chief's.
    """
    chief = distribution.is_chief(strategy)
    step = distribution.total(strategy, _newest_sound(folder) if chief else 0)
    if step < 0:
        return None
    path = pathlib.Path(folder) / f"{PREFIX}{step:09d}"
    if not chief:
        checksums.verify(path)
    return path


def restore(gan, path, check=lambda state: None):
    """Restores a checkpoint into a compiled model, on any number of replicas.

    Args:
        gan: the model.
        path: from `newest`.
        check: callable, given the stored state before anything is restored; it may raise.

    Returns:
        The state stored with it.
    """
    state = json.loads((path / STATE).read_text())
    check(state)
    gan.build_optimizers()
    gan.load_weights(path / MODEL)
    return state


def restore_latest(gan, folder):
    """`restore` of the `newest`: the state stored with it, or None if there is no checkpoint."""
    path = newest(folder, gan.distribute_strategy)
    return None if path is None else restore(gan, path)


def _newest_sound(folder):
    """The step of the newest sound checkpoint; -1 if there is none at all."""
    found, damaged = checkpoints(folder), []
    for path in reversed(found):
        try:
            checksums.verify(path)
        except ValueError as error:
            logging.getLogger("ganzoo").warning("passed over a damaged checkpoint: %s", error)
            damaged.append(path)
            continue
        for other in damaged:  # they must not count among the newest
            aside = other.with_name(DAMAGED + other.name)
            files.remove_folder(aside)
            other.rename(aside)
        return step_of(path)
    if found:
        raise ValueError(f"no checkpoint in {folder} is sound. Received: {[p.name for p in found]}")
    return -1
