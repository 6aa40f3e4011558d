"""The log of a run: lines with speed and time left, TensorBoard scalars and image grids."""

import contextlib
import time

import keras
import tensorflow as tf

from ganzoo import distribution


class Log(keras.callbacks.Callback):
    """Prints a line every `every` steps and writes it and, now and then, a picture to TensorBoard.

    The terms are means over the steps since the line before. Of several workers the chief logs.

    Args:
        folder: for the event files.
        steps: the step at which the run ends, for the time left.
        every: steps between two lines.
        grid_every: steps between two pictures.
        images_per_step: real images that a step uses.
        examples: what `gan.picture` takes.
    """

    def __init__(self, folder, steps, every, grid_every, images_per_step, examples=None):
        super().__init__()
        self.folder, self.writer = str(folder), None
        self.steps, self.every, self.grid_every = steps, every, grid_every
        self.images_per_step, self.examples = images_per_step, examples

    def on_train_begin(self, logs=None):
        self.step = self.last_step = int(self.model.step.numpy())
        self.last_time, self.values = None, {}
        if self.writer is None and distribution.is_chief(self.model.distribute_strategy):
            self.writer = tf.summary.create_file_writer(self.folder)

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        if self.writer is None:
            return
        for name, value in logs.items():
            self.values.setdefault(name, []).append(float(value))
        if self.last_time is None:  # the first step traces; it does not count
            self.last_time, self.last_step = time.monotonic(), self.step
        if self.step % self.every == 0 and self.step > self.last_step:
            self._line()
        if self.step % self.grid_every == 0:
            self._grid()

    def on_train_end(self, logs=None):
        if self.writer is not None:
            with self._writing(flush=True):
                pass

    def note(self, text):
        """Prints a line about the present step and writes it to TensorBoard."""
        if self.writer is not None:
            print(f"step {self.step}/{self.steps}  {text}", flush=True)
            with self._writing(flush=True):
                tf.summary.text("events", text)

    def _line(self):
        now = time.monotonic()
        seconds_per_step = (now - self.last_time) / (self.step - self.last_step)
        rate = self.images_per_step / seconds_per_step
        left = (self.steps - self.step) * seconds_per_step
        means = {name: sum(values) / len(values) for name, values in self.values.items()}
        terms = "  ".join(f"{name} {value:.4f}" for name, value in means.items())
        print(
            f"step {self.step}/{self.steps}  {rate:.0f} images/s  "
            f"ETA {int(left // 3600)}:{int(left % 3600 // 60):02d}:{int(left % 60):02d}  {terms}",
            flush=True,
        )
        with self._writing():
            for name, value in means.items():
                tf.summary.scalar(name, value)
            tf.summary.scalar("images_per_second", rate)
        self.last_time, self.last_step, self.values = now, self.step, {}

    def _grid(self):
        picture = self.model.picture(self.examples)
        with self._writing(flush=True):
            tf.summary.image("picture", picture[None])

    @contextlib.contextmanager
    def _writing(self, flush=False):
        """Within it, TensorBoard's writer writes, of the present step."""
        try:
            with self.writer.as_default(step=self.step):
                yield
            if flush:
                self.writer.flush()
        except tf.errors.OpError as error:
            reason = error.message.partition("\n")[0]
            raise OSError(f"cannot write {self.folder}: {reason}") from error
