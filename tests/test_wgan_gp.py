"""WGAN-GP: bugs that others shipped, each with its test."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import pictures, small

import ganzoo
from ganzoo import data
from ganzoo.layers import BatchNormalization
from ganzoo.models import wgan_gp
from ganzoo.models.schedules import split


def test_five_critic_steps_on_five_different_minibatches(monkeypatch):
    gan = small("wgan_gp", n_critic=5)
    gan.compile(run_eagerly=True)
    seen = {"discriminator": [], "generator": []}
    for name in seen:
        loss = getattr(gan, f"{name}_loss")

        def recorded(batch, name=name, loss=loss):
            seen[name].append(batch["images"].numpy())
            return loss(batch)

        monkeypatch.setattr(gan, f"{name}_loss", recorded)
    batch = next(iter(data.batches(pictures(60), 20).take(1))).numpy()
    gan.fit(batch, batch_size=20, shuffle=False, verbose=0)
    assert len(seen["discriminator"]) == 5 and len(seen["generator"]) == 1
    together = np.concatenate(seen["discriminator"])
    assert sorted(map(bytes, together)) == sorted(map(bytes, batch))
    assert len({bytes(image) for image in together}) == 20


def test_interpolation_weights_are_uniform_and_one_a_sample(monkeypatch):
    drawn = []

    def recorded(discriminator, real, fake, epsilon):
        drawn.append(epsilon.numpy())
        return tf.reduce_mean(discriminator(real))

    monkeypatch.setattr(wgan_gp, "gradient_penalty", recorded)
    gan = small("wgan_gp", n_critic=5)
    gan.compile(run_eagerly=True)
    gan.fit(data.batches(pictures(100), 100), steps_per_epoch=2, shuffle=False, verbose=0)
    assert [e.shape for e in drawn] == [(20, 1, 1, 1)] * 10
    values = np.concatenate(drawn).ravel()
    assert len(np.unique(values)) == 200
    assert values.min() >= 0 and values.max() <= 1
    assert abs(values.mean() - 0.5) < 4 * (1 / 12 / 200) ** 0.5  # four standard errors


def test_the_critic_has_no_batch_normalisation():
    critic = small("wgan_gp", n_critic=5).discriminator
    assert not any(isinstance(x, keras.layers.BatchNormalization) for x in critic.layers)
    normalised = keras.Sequential([keras.Input((8, 8, 3)), BatchNormalization()])
    with pytest.raises(ValueError, match="must not contain batch normalisation.*Received: layer"):
        wgan_gp.WGANGP(small("wgan_gp", n_critic=5).generator, normalised)


def test_n_critic_and_penalty_weight_are_arguments():
    gan = small("wgan_gp", n_critic=2, penalty_weight=3.0)
    assert gan.batches_per_step == 2
    assert gan.get_config()["penalty_weight"] == 3.0
    with pytest.raises(ValueError, match="`n_critic` must be at least 1"):
        ganzoo.create("wgan_gp", n_critic=0)


def test_a_batch_too_small_to_split_raises():
    with pytest.raises(ValueError, match="at least 5.*Received: 3"):
        split({"images": tf.zeros((3, 8, 8, 3))}, 5)


def test_split_is_by_stride():
    parts = split({"images": tf.range(10)}, 5)
    assert [p["images"].numpy().tolist() for p in parts] == [[0, 5], [1, 6], [2, 7], [3, 8], [4, 9]]
