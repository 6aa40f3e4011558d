"""Optimizers and learning-rate schedules that Keras lacks, or has too slow."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("ganzoo")
class Adam(keras.optimizers.Adam):
    """Keras's Adam, each weight moved by one kernel that reads and writes it once.

    Keras composes the update (Kingma and Ba 2014, 1412.6980, algorithm 1, in the order of its
    section 2) of a dozen operations, each of which passes over all weights. The same arguments,
    slots and results; what the kernel does not have, `amsgrad`, goes Keras's way.
    """

    def update_step(self, gradient, variable, learning_rate):
        if self.amsgrad:
            return super().update_step(gradient, variable, learning_rate)
        slot = self._get_variable_index(variable)
        updates = tf.cast(self.iterations + 1, variable.dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=_handle(variable),
            m=_handle(self._momentums[slot]),
            v=_handle(self._velocities[slot]),
            beta1_power=self.beta_1**updates,
            beta2_power=self.beta_2**updates,
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=tf.convert_to_tensor(tf.cast(gradient, variable.dtype)),
        )


def _handle(variable):
    """Of the resource behind a Keras or TensorFlow variable, on this replica."""
    return (variable.value if isinstance(variable, keras.Variable) else variable).handle


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
