"""Keras callbacks for a training run: checkpoints, a log with images, a graceful stop."""

from ganzoo.callbacks.checkpoint import Checkpoint, restore_latest
from ganzoo.callbacks.log import Log
from ganzoo.callbacks.scores import Scores
from ganzoo.callbacks.stop import Stop

__all__ = ["Checkpoint", "Log", "Scores", "Stop", "restore_latest"]
