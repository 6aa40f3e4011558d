"""Checkpoints: all networks, moving averages, optimizer slots and the step, written whole."""

import json
import logging
import pathlib
import shutil

import keras

from ganzoo import checksums, files

PREFIX = "step_"
# A Keras archive is made in memory and written by Python, so that a full disk is an OSError; HDF5
# on a file was seen to bring the process down.
MODEL = "model.keras"
STATE = "state.json"


class Checkpoint(keras.callbacks.Callback):
    """Writes `folder/step_<number>/` every so many steps and at the end; keeps the newest few.

    Since data order and random draws are functions of the step, weights, optimizer slots and the
    step are all that a run needs to go on as if it had never stopped.

    Args:
        folder: where the checkpoints are.
        every: steps between two of them.
        state: callable without arguments; its JSON-able result is stored beside the weights.
        keep: how many to keep.
    """

    def __init__(self, folder, every, state=dict, keep=2):
        super().__init__()
        self.folder = pathlib.Path(folder)
        self.every, self.state, self.keep = every, state, keep

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
        """Writes a checkpoint of the present step."""
        with files.whole_folder(
            self.folder / f"{PREFIX}{self.now:09d}", overwrite=True
        ) as temporary:
            self.model.save(temporary / MODEL)
            (temporary / STATE).write_text(json.dumps(self.state(), indent=1))
            checksums.write(temporary)
        self.saved = self.now
        for old in checkpoints(self.folder)[: -self.keep]:
            shutil.rmtree(old)


def checkpoints(folder):
    """The checkpoints in `folder`, oldest first."""
    return sorted(p for p in pathlib.Path(folder).glob(f"{PREFIX}*") if p.is_dir())


def restore_latest(gan, folder):
    """Restores the newest sound checkpoint into a compiled model.

    A damaged one is passed over with a warning.

    Returns:
        The state stored with it, or None if the folder has no checkpoint.

    Raises:
        ValueError: if there are checkpoints but none is sound.
    """
    found = checkpoints(folder)
    for path in reversed(found):
        try:
            checksums.verify(path)
        except ValueError as error:
            logging.getLogger("ganzoo").warning("passed over a damaged checkpoint: %s", error)
            continue
        gan.build_optimizers()
        gan.load_weights(path / MODEL)
        return json.loads((path / STATE).read_text())
    if found:
        raise ValueError(f"no checkpoint in {folder} is sound. Received: {[p.name for p in found]}")
    return None
