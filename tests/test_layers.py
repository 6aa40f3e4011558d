"""Fused batch normalisation against float64, and whose turn it is."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.layers import BatchNormalization, frozen_statistics


def layer_and_inputs(shape):
    rng = np.random.default_rng(0)
    layer = BatchNormalization()
    inputs = rng.normal(2, 3, shape).astype(np.float32)
    layer.build(inputs.shape)
    layer.gamma.assign(rng.normal(1, 0.3, shape[-1]))
    layer.beta.assign(rng.normal(0, 0.3, shape[-1]))
    return layer, inputs


@pytest.mark.parametrize("shape", [(6, 5, 5, 3), (16, 3)])
def test_outputs_gradients_and_statistics_equal_float64(shape):
    layer, inputs = layer_and_inputs(shape)
    x = tf.constant(inputs)
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = layer(x, training=True)
        loss = tf.reduce_sum(outputs**3)
    gradients = tape.gradient(loss, [x, layer.gamma.value, layer.beta.value])

    x64 = tf.constant(inputs, tf.float64)
    gamma, beta = (tf.cast(v.value, tf.float64) for v in (layer.gamma, layer.beta))
    axes = list(range(len(shape) - 1))
    with tf.GradientTape() as tape:
        tape.watch([x64, gamma, beta])
        mean, variance = tf.nn.moments(x64, axes)
        expected = (x64 - mean) / tf.sqrt(variance + layer.epsilon) * gamma + beta
        loss = tf.reduce_sum(expected**3)
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    for ours, exact in zip(gradients, tape.gradient(loss, [x64, gamma, beta]), strict=True):
        np.testing.assert_allclose(ours, exact, rtol=1e-3, atol=1e-3)
    count = np.prod(shape[:-1])
    np.testing.assert_allclose(layer.moving_mean, 0.1 * mean, rtol=1e-5)
    unbiased = variance * count / (count - 1)
    np.testing.assert_allclose(layer.moving_variance, 0.9 + 0.1 * unbiased, rtol=1e-5)


def test_inference_uses_the_moving_statistics():
    layer, inputs = layer_and_inputs((6, 5, 5, 3))
    layer.moving_mean.assign([1.0, 2.0, 3.0])
    layer.moving_variance.assign([4.0, 5.0, 6.0])
    expected = (inputs - [1, 2, 3]) / np.sqrt(np.array([4, 5, 6]) + layer.epsilon)
    expected = expected * layer.gamma.numpy() + layer.beta.numpy()
    np.testing.assert_allclose(layer(inputs, training=False), expected, rtol=1e-4, atol=1e-5)


def test_bfloat16_inputs_stay_bfloat16_and_close():
    layer, inputs = layer_and_inputs((6, 5, 5, 3))
    exact = layer(inputs, training=True).numpy()
    layer.dtype_policy = keras.DTypePolicy("mixed_bfloat16")
    rounded = layer(tf.cast(inputs, tf.bfloat16), training=True)
    assert rounded.dtype == tf.bfloat16
    np.testing.assert_allclose(tf.cast(rounded, tf.float32), exact, atol=0.05)


def test_frozen_statistics_stand_still():
    layer, inputs = layer_and_inputs((6, 5, 5, 3))
    network = keras.Sequential([keras.Input((5, 5, 3)), layer])
    with frozen_statistics([network]):
        network(inputs, training=True)
    assert not layer.moving_mean.numpy().any()
    network(inputs, training=True)
    assert layer.moving_mean.numpy().all()
