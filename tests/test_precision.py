"""Mixed precision: float16 with a loss scale for each player, on one replica and on two; bfloat16
by oneDNN."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import batches_for, same, served, small, values
from test_training import recipe

import ganzoo
from ganzoo import building, distribution, fit, recipes
from ganzoo.building import precision
from ganzoo.metrics import evaluation


def trained(system, strategy, scale, steps, **arguments):
    """A model in float16 after some steps, and the last epoch's means."""
    with precision("float16"), distribution.make(strategy).scope():
        gan = small(system)
        adam = {p: keras.optimizers.Adam(1e-4) for p in gan.players}
        gan.compile({p: keras.optimizers.LossScaleOptimizer(o, scale) for p, o in adam.items()})
    batches = distribution.distribute(
        gan.distribute_strategy,
        lambda part: batches_for(gan, part=part),
        4 * gan.batches_per_step,
    )
    history = gan.fit(batches, steps_per_epoch=steps, verbose=0, shuffle=False).history
    assert any(layer.compute_dtype == "float16" for layer in gan._flatten_layers())
    assert all(v.dtype != "float16" for v in gan.variables)
    return gan, history


def leaves_out_what_overflows(system, strategy, steps):
    gan, history = trained(system, strategy, 2.0**28, steps)
    assert all(np.isfinite(v).all() for v in values(gan.variables))
    for name, player in gan.players.items():
        optimizer = gan.optimizers[name]
        assert 0 < int(optimizer.iterations.numpy()) < steps * player.steps
        assert float(optimizer.dynamic_scale.numpy()) < 2.0**28
        assert np.isfinite(history[f"{name}/{player.terms[0]}"]).all()
        for variable in gan.variables_of(name):  # replicas agree on what was left out
            copies = gan.distribute_strategy.experimental_local_results(variable.value)
            assert all(np.array_equal(copies[0], copy) for copy in copies)
    assert all(images.dtype == np.uint8 for images in served(gan))


@pytest.mark.parametrize("strategy", ["one", "mirrored"])
def test_float16_leaves_out_the_moves_that_overflow(strategy):
    leaves_out_what_overflows("dcgan", strategy, 30)


@pytest.mark.slow
def test_float16_leaves_out_the_moves_that_overflow_in_any_system(system):
    leaves_out_what_overflows(system, "one", 50)


def test_scaled_losses_are_logged_and_minimised_unscaled():
    _, scaled = trained("dcgan", "one", 2.0**8, 1)
    gan = small("dcgan")
    exact = gan.fit(batches_for(gan), steps_per_epoch=1, verbose=0, shuffle=False).history
    for name, value in exact.items():
        assert scaled[name] == pytest.approx(value, rel=0.05)


def test_a_run_in_float16_resumes_and_ships_float32(picture_folder, tmp_path):
    made = recipe(picture_folder, "dcgan_fashion_mnist", precision="float16", steps=4)
    whole = fit.run("mine", made, tmp_path / "whole")
    fit.run("mine", made, tmp_path / "parts", max_steps=2)
    parts = fit.run("mine", made, tmp_path / "parts", resume=True)
    assert same(values(whole.variables), values(parts.variables))
    for player, optimizer in whole.optimizers.items():
        assert same(values(optimizer.variables), values(parts.optimizers[player].variables))
    assert keras.config.dtype_policy().name == "float32"
    model = ganzoo.load(tmp_path / "parts" / "model")
    assert {layer.compute_dtype for layer in model.generator._flatten_layers()} == {"float32"}
    assert {type(o).__name__ for o in model.optimizers.values()} == {"Adam"}


@pytest.mark.slow
@pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="oneDNN's is a CPU's")
def test_bfloat16_scores_as_float32_does(monkeypatch, tmp_path):
    # Where the CPU has no instructions for it, oneDNN emulates it: slower, with the same rounding.
    monkeypatch.setattr(building, "cpu_has_bfloat16", lambda: True)
    changes = {"width": 200, "critic_width": 100, "batch_size": 128, "steps": 2000}
    changes |= {"score_every": 0, "checkpoint_every": 1000}
    distances, weights = {"float32": [], "bfloat16": []}, {}
    for name, found in distances.items():
        for seed in range(3):
            changed = changes | {"precision": name, "seed": seed}
            _, made = recipes.load("fgan_pearson_mnist", changed)
            gan = fit.run("mine", made, tmp_path / f"{name}{seed}")
            [record] = evaluation.records(
                evaluation.Evaluation(gan, "mnist", num=5000), ["frechet_distance"]
            )
            found.append(record["value"])
            weights[name, seed] = values(gan.generator.trainable_variables)
        print(name, found)
    assert not same(weights["float32", 0], weights["bfloat16", 0])
    means = {name: np.mean(found) for name, found in distances.items()}
    errors = [np.std(found, ddof=1) / np.sqrt(3) for found in distances.values()]
    # Student's t for the difference of two means of three, 95%.
    assert abs(means["float32"] - means["bfloat16"]) <= 2.78 * np.hypot(*errors)
