"""A run that ends before its last step: by deadline, SIGTERM (preemption) or Ctrl-C."""

import signal
import threading
import time

import keras

from ganzoo import distribution


class Stop(keras.callbacks.Callback):
    """Ends training after the present step; whatever is done at its end is done then too.

    A second Ctrl-C interrupts at once. `reason` says why it stopped, or is None. If one of several
    workers is to stop, all stop, after the same step.

    Args:
        max_minutes: of wall-clock time from the start of training, or None.
    """

    def __init__(self, max_minutes=None):
        super().__init__()
        self.max_minutes = max_minutes
        self.deadline = time.monotonic() + 60 * (max_minutes or float("inf"))
        self.reason = None

    def on_train_begin(self, logs=None):
        self.before = {}
        if threading.current_thread() is threading.main_thread():  # signals reach no other thread
            for number in signal.SIGTERM, signal.SIGINT:
                self.before[number] = signal.signal(number, self._on_signal)

    def on_train_batch_end(self, batch, logs=None):
        if time.monotonic() >= self.deadline:
            self.reason = self.reason or f"{self.max_minutes:g} minutes"
        if distribution.total(self.model.distribute_strategy, int(self.reason is not None)):
            self.reason = self.reason or "another worker stopped"
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def _on_signal(self, number, frame):
        self.reason = signal.Signals(number).name
        signal.signal(signal.SIGINT, self.before[signal.SIGINT])
