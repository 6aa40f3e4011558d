"""ganzoo: `create`, then the function that `fit` calls for every step.

It does more than the other contenders: a moving average of the generators, stateless random
numbers, the gradients' norms; CycleGAN's pools of earlier images.
"""

import contextlib
import math

import keras
import tensorflow as tf

import ganzoo
from contenders import Contender, random_batch
from ganzoo import building


@contextlib.contextmanager
def training(setting, precision):
    """A `Contender`; precision "float32" or "bfloat16", as `ganzoo train` understands them."""
    with building.precision(precision):
        gan = ganzoo.create(setting.system, **setting.arguments)
        yield Contender(fit_step(gan, setting), trainable(gan))


def fit_step(model, setting):
    """A compiled Keras model's training step as `fit` makes it, on a batch held in memory."""
    model.make_train_function()
    batches = iter(tf.data.Dataset.from_tensors(random_batch(setting)).repeat())

    def step():
        logs = model.train_function(batches)
        return keras.tree.map_structure(lambda value: value.numpy(), logs)

    return step


def trainable(model):
    """The number of trainable parameters in a model's networks."""
    return sum(math.prod(v.shape) for v in model.trainable_variables)
