"""The benchmarks' contenders do the same work as ours: the same networks, losses, gradients."""

import dataclasses
import importlib

import contenders
import keras
import numpy as np
import operators
import pytest
import tensorflow as tf
from contenders import plain_keras, tfgan_losses
from contenders.ours import trainable

import ganzoo
from ganzoo.layers import SpectralNormalization
from ganzoo.models import base

LEAST = {"width": 4, "latent_size": 5, "blocks": 1}


def small(system):
    """A setting with small networks, and a batch of 4."""
    setting = contenders.SETTINGS[system]
    sizes = {name: LEAST.get(name, size) for name, size in setting.sizes.items()}
    return dataclasses.replace(setting, sizes=sizes, batch_size=4, discriminator_updates=1)


class FixedDraws:
    """Stands in for `ganzoo.draws.Draws`."""

    def __init__(self, latents, epsilon):
        self.latents, self.epsilon = latents, epsilon

    def rows(self, draw, shape):
        return self.latents

    def uniform(self, shape):
        return self.epsilon

    def key(self):
        return tf.zeros([2], tf.int64)


class Game:
    """Our model of a setting, and what it and the others are given."""

    def __init__(self, setting):
        rng = np.random.default_rng(1)
        keras.utils.set_random_seed(1)  # fresh weights put, once in hundreds, an input on a kink
        self.setting = setting
        self.images = tf.nest.map_structure(tf.constant, contenders.random_batch(setting))
        latent_size = setting.sizes.get("latent_size", 1)
        self.latents = tf.constant(rng.normal(size=(4, latent_size)), tf.float32)
        self.epsilon = tf.constant(rng.uniform(size=(4, 1, 1, 1)), tf.float32)
        self.gan = ganzoo.create(setting.system, **setting.arguments)
        for layer in self.gan._flatten_layers():
            if isinstance(layer, SpectralNormalization):
                normalize(layer)

    def ours(self, monkeypatch):
        """Losses and gradients by player."""
        batch = self.gan.unpack(self.images)
        token = base._DRAWS.set(FixedDraws(self.latents, self.epsilon))
        found = {}
        for player in self.gan.players:
            names = self.gan.players[player].terms
            with tf.GradientTape() as tape:
                terms = getattr(self.gan, f"{player}_loss")(batch)
                loss = tf.add_n([terms[name] for name in names])
            found[player] = loss, tape.gradient(loss, self.gan.variables_of(player))
        base._DRAWS.reset(token)
        return found

    def plain_keras(self, monkeypatch):
        model = plain_keras.model(self.setting)
        self.copy_weights({name: getattr(model, name) for name in self.gan.network_names})
        found = {}
        if self.setting.system == "cyclegan":
            x, y = self.images
            with tf.GradientTape(persistent=True) as tape:
                generator, *fakes = model.generator_loss(x, y)
                discriminator = model.discriminator_loss(x, y, *map(tf.stop_gradient, fakes))
        else:
            more = [self.epsilon] if self.setting.system == "wgan_gp" else []
            with tf.GradientTape(persistent=True) as tape:
                discriminator = model.discriminator_loss(self.images, self.latents, *more)
                generator = model.generator_loss(self.latents)
        for player, loss in ("discriminator", discriminator), ("generator", generator):
            names = self.gan.players[player].networks
            variables = [v for name in names for v in getattr(model, name).trainable_variables]
            found[player] = loss, tape.gradient(loss, variables)
        return found

    def tfgan_losses(self, monkeypatch):
        model = tfgan_losses.SYSTEMS[self.setting.system](self.setting)
        self.copy_weights(model.networks)
        monkeypatch.setattr(tf.random, "normal", lambda shape: self.latents)
        # TF-GAN goes from real to generated images, ours the other way.
        monkeypatch.setattr(tf.random, "uniform", lambda shape: 1 - self.epsilon)

        @tf.function  # its gradient penalty works in graphs only
        def compute():
            found, inputs, fakes = {}, [self.images], []
            if self.setting.system == "cyclegan":
                inputs = [*self.images, fakes]
            for player in model.players:
                with tf.GradientTape() as tape:
                    loss = getattr(model, f"{player}_loss")(*inputs)
                found[player] = loss, tape.gradient(loss, model.variables_of(player))
                inputs = [*inputs[:2], *fakes]
            return found

        return compute()

    def copy_weights(self, networks):
        for name, network in networks.items():
            ours = getattr(self.gan, name)
            for kind in "trainable_variables", "non_trainable_variables":
                pairs = zip(getattr(network, kind), getattr(ours, kind), strict=True)
                for theirs, own in pairs:
                    theirs.assign(tf.reshape(own, theirs.shape))


def normalize(layer):
    """Makes a kernel's largest singular value 1 and u its vector, where power iterations stay:
    Keras iterates at every call of the discriminator, ours at every update."""
    layer.u.assign(tf.linalg.svd(layer._matrix())[1][:, 0])
    layer.layer.kernel.assign(layer.layer.kernel / layer.sigma())


@pytest.mark.parametrize("contender", ["plain_keras", "tfgan_losses"])
@pytest.mark.parametrize("system", contenders.SETTINGS)
def test_losses_and_gradients_are_ours(system, contender, monkeypatch):
    game = Game(small(system))
    ours, theirs = game.ours(monkeypatch), getattr(game, contender)(monkeypatch)
    for player, (loss, gradients) in ours.items():
        np.testing.assert_allclose(loss, theirs[player][0], rtol=1e-5, atol=1e-5)
        if (system, player) == ("sngan", "discriminator"):
            continue  # no gradient reaches sigma in Keras's layer, which overwrites the kernel
        for own, other in zip(gradients, theirs[player][1], strict=True):
            scale = max(float(tf.reduce_max(tf.abs(own))), 1e-3)
            np.testing.assert_allclose(own, other, rtol=0, atol=1e-5 * scale)


@pytest.mark.parametrize("contender", ["plain_keras", "torch_eager", "tfgan_losses"])
@pytest.mark.parametrize("system", contenders.SETTINGS)
def test_contenders_have_as_many_parameters(system, contender):
    with training(small(system), contender) as contending:
        assert contending.parameters == trainable(ganzoo.create(system, **small(system).arguments))


def test_a_trace_is_added_up_by_kind_of_operation():
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    trace = xplane_pb2.XSpace()
    events = [("a/conv:Conv2D", 2), ("b/conv:Conv2D", 3), ("c:Add", 1), ("Executor::Run", 9)]
    for plane in (trace.planes.add(name=n) for n in ("/host:CPU", "/host:metadata")):
        line = plane.lines.add()
        for i, (name, milliseconds) in enumerate(events):
            plane.event_metadata[i].name = name
            line.events.add(metadata_id=i, duration_ps=milliseconds * 10**9)
    assert operators.by_kind(trace.SerializeToString()) == {"Conv2D": 5, "Add": 1}


@pytest.mark.slow  # traces a minute's worth of graphs
@pytest.mark.parametrize("contender", contenders.NAMES)
@pytest.mark.parametrize("system", contenders.SETTINGS)
def test_contenders_train(system, contender):
    with training(dataclasses.replace(small(system), discriminator_updates=2), contender) as one:
        losses = tf.nest.flatten(one.step())
        assert losses
        assert np.isfinite(losses).all()
        assert losses != tf.nest.flatten(one.step())


def training(setting, contender):
    if contender == "torch_eager":
        pytest.importorskip("torch")
    return importlib.import_module(f"contenders.{contender}").training(setting, "float32")
