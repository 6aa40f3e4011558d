"""Learning-rate schedules that Keras lacks."""

import keras


@keras.saving.register_keras_serializable("ganzoo")
class ConstantThenLinear(keras.optimizers.schedules.LearningRateSchedule):
    """`initial` until update `start`, then linearly to zero at update `stop`.

    The decay of CycleGAN and StarGAN; WGAN-GP's for residual networks has start = 0.
    """

    def __init__(self, initial, start, stop):
        if not 0 <= start < stop:
            raise ValueError(f"`start` must be in [0, stop). Received: {start}, stop {stop}")
        self.initial, self.start, self.stop = initial, start, stop

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        share = (self.stop - step) / (self.stop - self.start)
        return self.initial * keras.ops.clip(share, 0.0, 1.0)

    def get_config(self):
        return {"initial": self.initial, "start": self.start, "stop": self.stop}
