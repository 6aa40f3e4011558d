"""ALI and BiGAN: encoders that invert their generators, on toys, and what a user calls."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import pictures, small

from ganzoo.models import BiGAN


def mlp(inputs, outputs, activation=None):
    """Two hidden layers of 128; `inputs` is a list of lengths."""
    ins = [keras.Input((n,)) for n in inputs]
    x = keras.layers.Concatenate()(ins) if len(ins) > 1 else ins[0]
    for _ in range(2):
        x = keras.layers.Dense(128, activation="relu")(x)
    x = keras.layers.Dense(outputs, activation=activation)(x)
    return keras.Model(ins if len(ins) > 1 else ins[0], x)


def test_bigan_inverts_its_generator_on_a_linear_toy():
    keras.utils.set_random_seed(0)
    mixing = np.array([[1.0, 0.6], [-0.4, 0.8]], np.float32)
    gan = BiGAN(mlp([2], 2), mlp([2], 2, activation="tanh"), mlp([2, 2], 1))
    rates = {"discriminator": 1e-3, "generator": 2e-4}
    gan.compile({p: keras.optimizers.Adam(rates[p], 0.5) for p in gan.players})

    def points(step):
        return gan.prior.draw([256, 2], tf.stack([step, 7])) @ mixing

    dataset = tf.data.Dataset.range(10**9).map(points)
    gan.fit(dataset, steps_per_epoch=4000, verbose=0, shuffle=False)
    x = points(tf.constant(-1, tf.int64)).numpy()
    again = gan.generator(gan.encoder(x)).numpy()
    error = np.square(again - x).sum(1).mean()
    random_pairs = np.square(again - x[::-1]).sum(1).mean()
    assert error < random_pairs / 4


@pytest.mark.parametrize("system", ["ali", "bigan"])
def test_encode_reconstruct_and_score(system):
    gan = small(system)
    images = pictures(5)
    codes = gan.encode(images)
    assert codes.shape == (5, gan.latent_size)
    np.testing.assert_allclose(gan.encode(images / np.float32(127.5) - 1), codes, atol=1e-5)
    again = gan.reconstruct(images)
    assert again.dtype == np.uint8 and again.shape == images.shape
    decoded = gan.generate(codes).numpy()
    assert np.abs((decoded + 1) * 127.5 - again).max() <= 1
    assert gan.score(images).shape == (5,)
    with pytest.raises(ValueError, match="must have shape"):
        gan.encode(images[:, :4])


@pytest.mark.parametrize(("system", "stochastic"), [("ali", True), ("bigan", False)])
def test_ali_s_codes_are_reparameterised_and_bigan_s_are_not(system, stochastic, monkeypatch):
    gan = small(system)
    gan.compile(run_eagerly=True)
    drawn = []
    draw = gan.draw_codes

    def recorded(outputs):
        drawn.append((outputs.numpy(), draw(outputs).numpy()))
        return draw(outputs)

    monkeypatch.setattr(gan, "draw_codes", recorded)
    gan.fit(np.repeat(pictures(1), 4, 0), batch_size=4, verbose=0, shuffle=False)
    outputs, codes = drawn[0]
    assert codes.shape == (4, gan.latent_size)
    assert (np.ptp(codes, 0).min() > 0.05) == stochastic
    if not stochastic:
        assert np.array_equal(outputs, codes)
