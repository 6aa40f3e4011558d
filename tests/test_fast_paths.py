"""The fast paths do what the plain ones do: Adam's kernel, joint calls."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.layers import (
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    SpectralNormalization,
    jointly,
    strided,
)
from ganzoo.models.optimizers import Adam


def moved(optimizer, updates=20):
    """Two weights after some updates along gradients of several sizes."""
    rng = np.random.default_rng(0)
    weights = [keras.Variable(rng.normal(size=s).astype("float32")) for s in ((3, 5), (7,))]
    optimizer.build(weights)

    @tf.function
    def update(*gradients):
        optimizer.apply(list(gradients), weights)

    for i in range(updates):
        update(
            *(
                tf.constant(rng.normal(size=w.shape) * 10.0 ** (i % 7 - 5), "float32")
                for w in weights
            )
        )
    return [w.numpy() for w in weights], [v.numpy() for v in optimizer.variables]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"beta_1": 0.0, "beta_2": 0.9, "epsilon": 1e-8},
        {"learning_rate": keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.5)},
        {"amsgrad": True},
        {"clipnorm": 0.1, "weight_decay": 0.1},
    ],
    ids=["defaults", "no momentum", "schedule", "amsgrad", "clipped"],
)
def test_adam_is_keras_adam(arguments):
    ours, our_state = moved(Adam(**arguments))
    keras_own, their_state = moved(keras.optimizers.Adam(**arguments))
    for one, other in zip(ours + our_state, keras_own + their_state, strict=True):
        # The kernel computes 1 - beta_2 in float32: for 0.999, 1.3e-5 less than Keras.
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-6)


def test_adam_skips_an_overflow_under_loss_scaling():
    optimizer = keras.optimizers.LossScaleOptimizer(Adam(0.1))
    weight = keras.Variable([1.0, 2.0])
    optimizer.build([weight])
    update = tf.function(lambda g: optimizer.apply([optimizer.scale_loss(g)], [weight]))
    update(tf.constant([np.inf, 1.0]))
    np.testing.assert_array_equal(weight.numpy(), [1.0, 2.0])
    update(tf.constant([1.0, -1.0]))
    np.testing.assert_allclose(weight.numpy(), [0.9, 2.1], rtol=1e-5)


class Calls:
    """Counts a network's calls."""

    def __init__(self, network, monkeypatch):
        self.rows, call = [], network.call

        def counted(inputs, *args, **kwargs):
            self.rows.append(len(tf.nest.flatten(inputs)[0]))
            return call(inputs, *args, **kwargs)

        monkeypatch.setattr(network, "call", counted)


def critic(*layers):
    images = keras.Input((6, 6, 2))
    x = SpectralNormalization(keras.layers.Conv2D(4, 3))(images)
    for layer in layers:
        x = layer(x)
    x = keras.layers.LeakyReLU()(x)
    return keras.Model(images, [keras.layers.Dense(1)(keras.layers.Flatten()(x)), x])


class OwnLayer(keras.layers.Layer):
    """Might look at the whole batch, for all that `jointly` knows."""

    def call(self, inputs):
        return inputs - keras.ops.mean(inputs, 0)


@pytest.mark.parametrize(
    ("layers", "calls"),
    [
        ([], [8]),
        ([keras.layers.GroupNormalization(-1)], [8]),
        ([BatchNormalization()], [3, 5]),
        ([keras.Sequential([BatchNormalization()])], [3, 5]),
        ([keras.layers.Lambda(lambda x: x - keras.ops.mean(x, 0))], [3, 5]),
        ([lambda x: x - keras.ops.mean(x, 0)], [3, 5]),
        ([OwnLayer()], [3, 5]),
    ],
    ids=["plain", "group norm", "batch norm", "nested", "lambda", "operation", "own layer"],
)
def test_joint_call_is_the_calls_one_by_one(layers, calls, monkeypatch):
    network = critic(*layers)
    rng = np.random.default_rng(0)
    batches = [tf.constant(rng.normal(size=(n, 6, 6, 2)), tf.float32) for n in (3, 5)]
    apart = [network(batch, training=True) for batch in batches]
    counted = Calls(network, monkeypatch)
    together = jointly(network, *batches)
    assert counted.rows == calls
    for one, other in zip(tf.nest.flatten(together), tf.nest.flatten(apart), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_joint_call_of_pairs():
    a, b = keras.Input((2,)), keras.Input((3,))
    network = keras.Model([a, b], keras.layers.Dense(1)(keras.layers.Concatenate()([a, b])))
    pairs = [[tf.random.normal((n, 2)), tf.random.normal((n, 3))] for n in (2, 4)]
    for pair, logits in zip(pairs, jointly(network, *pairs), strict=True):
        np.testing.assert_allclose(logits, network(pair), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("side", [2, 4, 6])
@pytest.mark.parametrize("channels", [1, 3])
def test_strided_convolutions_are_tensorflows(side, channels):
    """In float64: values, gradients, and the gradient's gradient that a penalty takes."""
    rng = np.random.default_rng(0)
    images, kernel, maps = (
        tf.constant(rng.normal(size=shape))
        for shape in ((2, 12, 8, channels), (side, side, channels, 5), (2, 6, 4, 5))
    )

    def theirs_down(images, kernel):
        return tf.nn.conv2d(images, kernel, 2, "SAME")

    def theirs_up(maps, kernel):
        return tf.nn.conv2d_transpose(maps, kernel, images.shape, 2, "SAME")

    def values(function, inputs, upstream):
        """The output, its gradients, and those of the squared gradient of the inputs."""
        with tf.GradientTape() as outer:
            outer.watch([inputs, kernel, upstream])
            with tf.GradientTape() as inner:
                inner.watch([inputs, kernel])
                outputs = function(inputs, kernel)
            first = inner.gradient(outputs, [inputs, kernel], output_gradients=upstream)
            penalty = tf.reduce_sum(tf.square(first[0]))
        return [outputs, *first, *outer.gradient(penalty, [kernel, upstream])]

    for ours, theirs, inputs, upstream in (
        (strided.maps_of, theirs_down, images, maps),
        (strided.images_of, theirs_up, maps, images),
    ):
        for one, other in zip(
            values(ours, inputs, upstream), values(theirs, inputs, upstream), strict=True
        ):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("arguments", [(3, 4, 2), (3, 5, 2), (3, 4, 1), (8, 4, 2)])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_strided_layers_are_keras_layers(arguments, padding):
    few, side, stride = arguments
    for ours, theirs, inputs, filters in (
        (Conv2D, keras.layers.Conv2D, tf.random.normal((2, 10, 10, few)), 6),
        (Conv2D, keras.layers.Conv2D, tf.random.normal((2, 9, 9, few)), 6),
        (Conv2DTranspose, keras.layers.Conv2DTranspose, tf.random.normal((2, 5, 5, 6)), few),
    ):
        one, other = (
            layer(filters, side, stride, padding, bias_initializer="ones", activation="tanh")
            for layer in (ours, theirs)
        )
        one.build(inputs.shape)
        other.build(inputs.shape)
        other.set_weights(one.get_weights())
        np.testing.assert_allclose(one(inputs), other(inputs), atol=1e-5)
