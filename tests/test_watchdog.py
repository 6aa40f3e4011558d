"""Training gone wrong is noticed, acted on as the recipe says, and told in the card."""

import json
import re

import keras
import numpy as np
import pytest
from conftest import same, small, values
from test_training import recipe

from ganzoo import callbacks, fit

ABSURD = {"name": "dcgan_fashion_mnist", "learning_rate": 1e3, "decay_start": 1, "batch_size": 4}


def watched(system="dcgan", **arguments):
    """A watchdog that watches a model."""
    gan = small(system)
    watchdog = callbacks.Watchdog(**arguments)
    watchdog.set_model(gan)
    gan.stop_training = False
    watchdog.on_train_begin()
    return watchdog, gan, dict.fromkeys(gan.trackers, 1.0)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 2e8])
@pytest.mark.parametrize("name", ["generator/adversarial", "discriminator/gradient_norm"])
def test_a_loss_or_gradient_that_is_not_finite_is_trouble(name, value):
    watchdog, gan, logs = watched()
    watchdog.on_train_batch_end(0, logs)
    assert watchdog.trouble is None and watchdog.is_sound() and not gan.stop_training
    watchdog.on_train_batch_end(1, logs | {name: value})
    assert watchdog.trouble == f"{name} is {value:g}" and watchdog.lost and gan.stop_training
    assert not watchdog.is_sound()


@pytest.mark.parametrize("where", ["weight", "slot", "average"])
def test_weights_that_are_not_finite_are_never_saved(where, tmp_path):
    watchdog, gan, logs = watched()
    gan.build_optimizers()
    checkpoint = callbacks.Checkpoint(tmp_path, every=1, is_sound=watchdog.is_sound)
    checkpoint.set_model(gan)
    checkpoint.on_train_begin()
    variable = {
        "weight": gan.discriminator.trainable_variables[0],
        "slot": gan.optimizers["generator"].variables[-1],
        "average": gan.averages["generator"].variables[0],
    }[where]
    variable.assign(variable + np.nan)
    checkpoint.on_train_batch_end(0, logs)
    assert watchdog.trouble == f"{variable.path} is not finite" and watchdog.lost
    assert not list(tmp_path.iterdir())


def test_a_discriminator_saturated_for_so_many_steps_is_trouble():
    watchdog, _, logs = watched(saturated_steps=3)
    low = logs | {"discriminator/adversarial": 1e-4}
    for step, now in enumerate([low, low, logs, low, low]):
        watchdog.on_train_batch_end(step, now)
    assert watchdog.trouble is None
    resumed, _, _ = watched(saturated_steps=3, counts=json.loads(json.dumps(watchdog.counts)))
    for dog in watchdog, resumed:
        dog.on_train_batch_end(5, low)
        assert dog.trouble == "the discriminator was saturated for 3 steps" and not dog.lost
    with pytest.raises(ValueError, match="`saturated_steps` must be None for WGANGP"):
        watched("wgan_gp", saturated_steps=3)


def test_a_score_that_has_risen_for_so_many_evaluations_is_trouble():
    watchdog, _, logs = watched(rising_score="score/kid", rising_evaluations=3)
    for step, score in enumerate([5, 6, None, 7, 7, None, 8, 9, 7, 8, None, 9]):
        watchdog.on_train_batch_end(step, logs | ({} if score is None else {"score/kid": score}))
    assert watchdog.trouble is None
    watchdog.on_train_batch_end(9, logs | {"score/kid": 10})
    assert watchdog.trouble == "score/kid has risen for 3 evaluations" and not watchdog.lost
    with pytest.raises(ValueError, match="`rising_score` must be one of.*Received: 'kid'"):
        watched(rising_score="kid")


def test_an_absurd_learning_rate_is_rolled_back_and_the_card_tells(
    picture_folder, tmp_path, monkeypatch
):
    arguments = {"checkpoint_every": 5, "on_trouble": "roll_back", "troubles_allowed": 1}
    made = recipe(picture_folder, "dcgan_fashion_mnist", decay_start=1, steps=60, **arguments)
    fit.run("mine", made, tmp_path / "run", max_steps=10)

    def make_absurd(gan, *_):
        for optimizer in gan.optimizers.values():
            optimizer.learning_rate = 0.5

    monkeypatch.setattr(fit, "set_rates", make_absurd)
    fit.run("mine", made, tmp_path / "run", resume=True)
    events = json.loads((tmp_path / "run" / "events.json").read_text())
    assert [event["action"] for event in events] == ["roll_back", "stop"]
    assert all(event["resumed_at"] == 10 < event["step"] <= 60 for event in events)
    assert "'s weights have grown " in events[0]["trouble"]
    card = (tmp_path / "run" / "model" / "README.md").read_text()
    assert f"Trouble at step {events[0]['step']}: {events[0]['trouble']}; rolled back to" in card
    assert f"stopped, with the weights of step {events[-1]['resumed_at']}" in card
    logged = b"".join(p.read_bytes() for p in (tmp_path / "run" / "logs").glob("events*"))
    assert b"rolled back to step" in logged
    gan = fit.build(made)
    assert callbacks.restore_latest(gan, tmp_path / "run" / "checkpoints")
    assert int(gan.step.numpy()) == events[-1]["resumed_at"]
    assert all(np.isfinite(v).all() for v in values(gan.variables))


@pytest.mark.parametrize("rate", [0.5, 10, 1e3])
@pytest.mark.parametrize("name", ["dcgan_fashion_mnist", "wgan_gp_mnist", "sngan_fashion_mnist"])
def test_rates_that_are_absurd_are_caught_within_50_steps(name, rate, picture_folder, tmp_path):
    changes = {"learning_rate": rate, "decay_start": 1, "batch_size": 4}
    arguments = {"checkpoint_every": 10, "on_trouble": "roll_back", "troubles_allowed": 0}
    made = recipe(picture_folder, name, **changes, **arguments, steps=60)
    with pytest.raises(ValueError, match="training came to nothing at step") as raised:
        fit.run("mine", made, tmp_path / "run")
    assert int(re.search(r"at step (\d+)", str(raised.value))[1]) <= 50


def test_rates_that_are_not_absurd_are_no_trouble(picture_folder, tmp_path):
    changes = {"learning_rate": 2e-3, "batch_size": 4}
    made = recipe(picture_folder, "dcgan_fashion_mnist", **changes, steps=60)
    fit.run("mine", made, tmp_path / "run")
    assert not (tmp_path / "run" / "events.json").exists()


def test_a_lower_rate_goes_on_to_the_end_and_resumes(picture_folder, tmp_path):
    arguments = {"on_trouble": "lower_rate", "rate_factor": 1e-6, "checkpoint_every": 100}
    made = recipe(picture_folder, **ABSURD, **arguments, steps=12)
    whole = fit.run("mine", made, tmp_path / "whole")
    (event,) = json.loads((tmp_path / "whole" / "events.json").read_text())
    assert event["action"] == "lower_rate" and event["resumed_at"] == 0
    assert int(whole.step.numpy()) == 12
    assert float(whole.optimizers["generator"].learning_rate) == pytest.approx(1e-3)
    fit.run("mine", made, tmp_path / "parts", max_steps=7)
    parts = fit.run("mine", made, tmp_path / "parts", resume=True)
    assert same(values(whole.variables), values(parts.variables))
    assert float(parts.optimizers["generator"].learning_rate) == pytest.approx(1e-3)


def test_trouble_before_the_first_checkpoint_is_one_error(picture_folder, tmp_path):
    made = recipe(picture_folder, **ABSURD, steps=60)
    with pytest.raises(ValueError, match="came to nothing at step 2, before the first checkpoint"):
        fit.run("mine", made, tmp_path / "run")
    assert not (tmp_path / "run" / "model").exists()


def test_steps_that_loss_scaling_leaves_out_are_no_trouble():
    gan = small("dcgan")
    gan.compile(
        {p: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()) for p in gan.players}
    )
    watchdog = callbacks.Watchdog()
    watchdog.set_model(gan)
    watchdog.on_train_begin()
    logs = dict.fromkeys(gan.trackers, 1.0)
    watchdog.on_train_batch_end(0, logs | {"generator/gradient_norm": np.inf})
    assert watchdog.trouble is None
    watchdog.on_train_batch_end(1, logs | {"generator/adversarial": np.inf})
    assert watchdog.trouble == "generator/adversarial is inf"
