"""The log of a run: lines with speed and time left, TensorBoard scalars and image grids."""

import time

import keras
import tensorflow as tf


class Log(keras.callbacks.Callback):
    """Prints a line every `every` steps and writes it and, now and then, a picture to TensorBoard.

    The terms are means over the steps since the line before.

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
        self.writer = tf.summary.create_file_writer(str(folder))
        self.steps, self.every, self.grid_every = steps, every, grid_every
        self.images_per_step, self.examples = images_per_step, examples

    def on_train_begin(self, logs=None):
        self.step = self.last_step = int(self.model.step.numpy())
        self.last_time = None

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        if self.last_time is None:  # the first step traces; it does not count
            self.last_time, self.last_step = time.monotonic(), self.step
        if self.step % self.every == 0 and self.step > self.last_step:
            self._line(logs)
        if self.step % self.grid_every == 0:
            self._grid()

    def on_train_end(self, logs=None):
        self.writer.close()

    def _line(self, logs):
        now = time.monotonic()
        seconds_per_step = (now - self.last_time) / (self.step - self.last_step)
        rate = self.images_per_step / seconds_per_step
        left = (self.steps - self.step) * seconds_per_step
        terms = "  ".join(f"{name} {float(value):.4f}" for name, value in logs.items())
        print(
            f"step {self.step}/{self.steps}  {rate:.0f} images/s  "
            f"ETA {int(left // 3600)}:{int(left % 3600 // 60):02d}:{int(left % 60):02d}  {terms}",
            flush=True,
        )
        with self.writer.as_default(step=self.step):
            for name, value in logs.items():
                tf.summary.scalar(name, float(value))
            tf.summary.scalar("images_per_second", rate)
        for tracker in self.model.trackers.values():
            tracker.reset_state()
        self.last_time, self.last_step = now, self.step

    def _grid(self):
        picture = self.model.picture(self.examples)
        with self.writer.as_default(step=self.step):
            tf.summary.image("picture", picture[None])
        self.writer.flush()
