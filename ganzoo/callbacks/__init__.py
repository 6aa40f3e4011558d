"""Keras callbacks for a training run: checkpoints, a log with images, a stop, a watchdog."""

from ganzoo.callbacks.checkpoint import Checkpoint, restore_latest
from ganzoo.callbacks.log import Log
from ganzoo.callbacks.scores import Scores, measuring
from ganzoo.callbacks.stop import Stop
from ganzoo.callbacks.watchdog import Watchdog

__all__ = ["Checkpoint", "Log", "Scores", "Stop", "Watchdog", "measuring", "restore_latest"]
