"""What every registered system must do; a new one is tested by being registered."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import pictures, same, small, values

from ganzoo import callbacks, data, pretrained, registry
from ganzoo.models.schedules import AlternatingGAN


def train(gan, steps, start=0):
    batches = data.batches(pictures(64), 4 * gan.batches_per_step, start=start)
    return gan.fit(batches, steps_per_epoch=steps, verbose=0, shuffle=False).history


def test_samples_have_the_stated_shape_and_range(system):
    gan = small(system)
    images = gan.sample(7, seed=1)
    assert images.shape == (7, *gan.image_shape) and images.dtype == np.uint8
    generated = gan.generate(gan.sample_latents(7, seed=1)).numpy()
    assert generated.dtype == np.float32 and np.abs(generated).max() <= 1
    assert np.array_equal(np.round((generated + 1) * 127.5).astype(np.uint8), images)
    assert gan.score(images).shape == (7,)


def test_samples_do_not_depend_on_how_many_are_made_at_once(system, monkeypatch):
    gan = small(system)
    together = gan.sample(7, seed=1)
    monkeypatch.setattr("ganzoo.models.sampling.BATCH", 3)
    assert np.abs(gan.sample(7, seed=1).astype(int) - together).max() <= 1


def test_generate_is_differentiable(system):
    gan = small(system)
    latents = gan.sample_latents(2, seed=1)
    with tf.GradientTape() as tape:
        tape.watch(latents)
        total = tf.reduce_sum(gan.generate(latents))
    assert np.abs(tape.gradient(total, latents)).max() > 0


def test_parameter_counts_are_those_in_the_docstring(system):
    cls = registry.get(system)
    stated = re.search(r"([\d,]+(?: \+ [\d,]+)*)\s+parameters", cls.default_networks.__doc__)
    stated = [int(n.replace(",", "")) for n in stated[1].split(" + ")]
    assert [n.count_params() for n in cls.default_networks().values()] == stated


def test_docstring_names_the_paper_and_the_differences(system):
    import sys

    doc = sys.modules[registry.get(system).__module__].__doc__
    assert re.search(r"\b\d{4}\.\d{4,5}\b", doc), "an arXiv number"
    assert "Differences from the paper:" in doc


def test_each_player_moves_its_own_variables_and_no_others(system, monkeypatch):
    gan = small(system)
    gan.compile(run_eagerly=True)
    gan.build_optimizers()
    networks = {n: getattr(gan, n) for n in gan.network_names}
    before = {n: values(network.variables) for n, network in networks.items()}
    moves = []
    apply = gan.apply

    def checked(name, gradients):
        apply(name, gradients)
        player = gan.players[name]
        for n, network in networks.items():
            now = values(network.variables)
            for variable, old, new in zip(network.variables, before[n], now, strict=True):
                moved = not np.array_equal(old, new)
                if n in player.networks and variable.trainable and not moved:
                    # Only an offset of all logits may be invisible to a loss (Wasserstein's).
                    assert variable is networks[n].variables[-1] and variable.shape == (1,)
                    assert np.abs(gradients[-1]).max() == 0
                if n not in player.networks and (
                    variable.trainable or isinstance(gan, AlternatingGAN)
                ):
                    assert not moved, f"{name} moved {variable.path}"
            before[n] = now
        moves.append(name)

    monkeypatch.setattr(gan, "apply", checked)
    train(gan, 1)
    assert moves == [name for name, p in gan.players.items() for _ in range(p.steps)]


def test_terms_are_logged_as_declared_and_finite(system):
    gan = small(system)
    history = train(gan, 3)
    declared = {
        f"{n}/{t}" for n, player in gan.players.items() for t in player.terms + player.metrics
    }
    assert set(history) == declared
    assert all(np.isfinite(v).all() for v in history.values())


def test_moving_average_follows_all_weights(system):
    gan = small(system)
    raw = values(gan.generator.variables)
    train(gan, 1)
    decay = 0.1  # (1 + 0) / (10 + 0): the warm-up's first
    for start, now, slow in zip(
        raw, gan.generator.variables, gan.averages["generator"].variables, strict=True
    ):
        np.testing.assert_allclose(slow, decay * start + (1 - decay) * now, atol=1e-6)
    assert gan.averages["generator"].trainable_variables == []


def test_one_seed_is_one_run(system):
    runs = []
    for seed in (3, 3, 4):
        gan = small(system, seed=seed)
        train(gan, 3)
        runs.append(values(gan.variables))
    assert same(runs[0], runs[1]) and not same(runs[0], runs[2])


def test_config_round_trip(system):
    gan = small(system, seed=5, average_decay=0.9)
    again = type(gan).from_config(gan.get_config())
    assert again.get_config() == gan.get_config()
    assert [v.shape for v in again.variables] == [v.shape for v in gan.variables]


def test_networks_of_a_user_survive_the_round_trip(system):
    gan = small(system)
    networks = {n: getattr(gan, n) for n in gan.network_names}
    gan = type(gan)(**networks)
    again = type(gan).from_config(gan.get_config())
    assert again.sample(2, seed=1).shape == (2, *gan.image_shape)


@pytest.mark.parametrize("kind", ["keras file", "keras folder", "pretrained folder"])
def test_saved_models_sample_the_same_and_train_on(system, tmp_path, kind):
    gan = small(system)
    train(gan, 2)
    path = tmp_path / ("model.keras" if kind == "keras file" else "model")
    if kind == "pretrained folder":
        pretrained.save(gan, path)
        again = pretrained.load(path)
        assert np.array_equal(
            keras.saving.load_model(path).sample(3, seed=2), gan.sample(3, seed=2)
        )
    else:
        keras.saving.save_model(gan, path, zipped=kind == "keras file")
        again = keras.saving.load_model(path)
        slots = [values(o.variables) for o in gan.optimizers.values()]
        assert all(
            same(s, values(o.variables))
            for s, o in zip(slots, again.optimizers.values(), strict=True)
        )
    assert same(values(again.variables), values(gan.variables))
    assert np.array_equal(again.sample(3, seed=2), gan.sample(3, seed=2))
    train(again, 1, start=2)
    assert int(again.step.numpy()) == 3


def test_training_goes_on_from_a_checkpoint_bit_for_bit(system, tmp_path):
    gan = small(system)
    checkpoint = callbacks.Checkpoint(tmp_path, every=2)
    gan.fit(
        data.batches(pictures(64), 4 * gan.batches_per_step),
        steps_per_epoch=2,
        verbose=0,
        shuffle=False,
        callbacks=[checkpoint],
    )
    train(gan, 3, start=2)
    again = small(system)
    assert callbacks.restore_latest(again, tmp_path) == {}
    train(again, 3, start=2)
    assert same(values(again.variables), values(gan.variables))
    for name, optimizer in gan.optimizers.items():
        assert same(values(optimizer.variables), values(again.optimizers[name].variables))


def test_two_replicas_end_where_one_does(system):
    results = []
    for devices in (["CPU:0"], ["CPU:0", "CPU:1"]):
        # TensorFlow's collectives may pair up wrongly on virtual devices of one CPU.
        reduction = tf.distribute.ReductionToOneDevice()
        strategy = tf.distribute.MirroredStrategy(devices, cross_device_ops=reduction)
        with strategy.scope():
            gan = small(system)
        train(gan, 5)
        results.append(values(gan.variables))
    for one, two in zip(*results, strict=True):
        np.testing.assert_allclose(two, one, atol=1e-5, rtol=1e-5)
