"""Training runs: resume bit for bit, stop with a checkpoint, refuse what does not fit."""

import importlib
import json
import os
import signal
import subprocess
import sys

import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from conftest import pictures, same, values

import ganzoo
from ganzoo import callbacks, fit, imaging, paths, recipes

SMALL = {"image_shape": (8, 8, 3), "width": 4, "batch_size": 4, "log_every": 50, "grid_every": 100}
SMALL |= {"score_every": 0}


def recipe(folder, name="wgan_gp_mnist", **changes):
    return recipes.load(name, {"dataset": str(folder), **SMALL, **changes})[1]


@pytest.mark.parametrize("name", ["wgan_gp_mnist", "dcgan_fashion_mnist"])
def test_two_hundred_steps_and_two_hundred_more_are_four_hundred(name, picture_folder, tmp_path):
    made = recipe(picture_folder, name, steps=400, augment="flip", precision="float32")
    whole = fit.run(name, made, tmp_path / "whole")
    fit.run(name, made, tmp_path / "parts", max_steps=200)
    parts = fit.run(name, made, tmp_path / "parts", resume=True)
    assert int(parts.step.numpy()) == 400
    assert same(values(whole.variables), values(parts.variables))
    for player, optimizer in whole.optimizers.items():
        assert same(values(optimizer.variables), values(parts.optimizers[player].variables))


def test_a_run_leaves_what_it_promises(picture_folder, tmp_path, capsys):
    out = tmp_path / "run"
    fit.run("mine", recipe(picture_folder, steps=100), out)
    printed = capsys.readouterr().out
    assert "step 100/100" in printed and "images/s" in printed and "ETA 0:00:00" in printed
    assert [p.name for p in callbacks.checkpoint.checkpoints(out / "checkpoints")] == [
        "step_000000100"
    ]
    events = next((out / "logs").glob("events*")).read_bytes()
    for tag in b"discriminator/wasserstein", b"images_per_second", b"picture":
        assert tag in events
    record = json.loads((out / "model" / "record.json").read_text())
    assert record["training"]["images_seen"] == 100 * 4 * 5
    assert record["training"]["cpu_seconds"] > 0
    assert json.loads((out / "model" / "recipe.json").read_text())["width"] == 4


@pytest.fixture
def two_folders(tmp_path):
    for seed, name in enumerate(("sun", "rain")):
        (tmp_path / "both" / name).mkdir(parents=True)
        for i, image in enumerate(pictures(20, (12, 12, 3), seed)):
            (tmp_path / "both" / name / f"{i:02d}.png").write_bytes(imaging.png(image))
    return tmp_path / "both"


def test_two_folders_are_two_domains(two_folders, tmp_path):
    changes = {"split": ["sun", "rain"], "examples_split": None, "augment": "crop_flip"}
    made = recipe(two_folders, "cyclegan_emoji", steps=4, blocks=1, pool_size=5, **changes)
    gan = fit.run("mine", made, tmp_path / "run", max_steps=2)
    gan = fit.run("mine", made, tmp_path / "run", resume=True)
    assert int(gan.step.numpy()) == 4 and int(gan.pool_x.stored.numpy()) == 5
    model = ganzoo.load(tmp_path / "run" / "model")
    picture = tf.io.decode_png((tmp_path / "run" / "model" / "samples.png").read_bytes())
    assert picture.shape == (2 * (6 * 10 - 2), 2 * (8 * 10 - 2), 3)
    assert model.translate(pictures(3), "yx").shape == (3, 8, 8, 3)
    card = (tmp_path / "run" / "model" / "README.md").read_text()
    assert "gan.translate(images_x" in card and "split sun and rain" in card
    with pytest.raises(ValueError, match="`split` must name two splits.*Received: 'sun'"):
        fit.run("mine", recipe(two_folders, "cyclegan_emoji", split="sun"), tmp_path / "other")


def test_a_folder_of_folders_is_a_labelled_data_set(two_folders, picture_folder, tmp_path):
    changes = {"domains": ["rain", "sun"], "split": "train", "examples_split": None}
    made = recipe(two_folders, "stargan_emoji", steps=2, blocks=1, **changes)
    fit.run("mine", made, tmp_path / "run")
    model = ganzoo.load(tmp_path / "run" / "model")
    assert model.domains.names == ("rain", "sun")
    picture = tf.io.decode_png((tmp_path / "run" / "model" / "samples.png").read_bytes())
    assert picture.shape == (2 * (8 * 10 - 2), 2 * (3 * 10 - 2), 3)
    with pytest.raises(ValueError, match="must have a folder for each domain"):
        fit.run("mine", recipe(picture_folder, "stargan_emoji", **changes), tmp_path / "other")


def test_learning_rates_fall_to_zero(picture_folder):
    gan = fit.build(recipe(picture_folder, steps=100, decay_start=0.5, learning_rate=1e-3))
    for player, updates in ("discriminator", 500), ("generator", 100):
        schedule = gan.optimizers[player]._learning_rate
        rates = [float(schedule(updates * share)) for share in (0, 0.5, 0.75, 1, 2)]
        assert rates == pytest.approx([1e-3, 1e-3, 5e-4, 0, 0])


def test_time_is_up_after_max_minutes(picture_folder, tmp_path):
    gan = fit.run("mine", recipe(picture_folder, steps=10**6), tmp_path / "run", max_minutes=0.02)
    assert 0 < int(gan.step.numpy()) < 10**6
    assert callbacks.checkpoint.checkpoints(tmp_path / "run" / "checkpoints")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_in_a_checkpoint(number, picture_folder, tmp_path):
    out = tmp_path / "run"
    flags = ["--recipe=wgan_gp_cifar10", f"--out={out}", f"--set=dataset={picture_folder}"]
    flags += [f"--set={k}={v}" for k, v in (SMALL | {"steps": 10**6, "log_every": 1}).items()]
    run = subprocess.Popen(
        [sys.executable, paths.TRAINING / "train.py", *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    for line in run.stdout:
        if line.startswith("step"):
            break
    run.send_signal(number)
    printed = run.communicate(timeout=60)[0]
    assert run.returncode == 0, printed
    assert f"({number.name})" in printed
    checkpoint = callbacks.checkpoint.checkpoints(out / "checkpoints")[-1]
    assert f"ended at step {int(checkpoint.name.split('_')[1])} " in printed
    assert (out / "model" / "model.weights.h5").exists()


def test_the_flags_train_resume_and_refuse(picture_folder, tmp_path):
    def train(*flags):
        command = [sys.executable, "-m", "ganzoo.cli", "train", "--recipe=dcgan_fashion_mnist"]
        command += [f"--set={k}={v}" for k, v in (SMALL | {"steps": 4}).items()]
        command += [f"--set=dataset={picture_folder}", f"--out={tmp_path / 'run'}", *flags]
        return subprocess.run(command, capture_output=True, text=True)

    assert train("--max_steps=2").returncode == 0
    again = train()
    assert again.returncode == 1 and "holds a run already" in again.stderr
    assert "Traceback" not in again.stderr
    other = train("--resume", "--set=width=8")
    assert other.returncode == 1 and "width: 4 there, 8 here" in other.stderr
    resumed = train("--resume")
    assert resumed.returncode == 0 and "resumed at step 2" in resumed.stdout
    unknown = train("--set=widht=8")
    assert unknown.returncode == 1 and "Did you mean 'width'" in unknown.stderr


def test_recipes_say_what_is_wrong(tmp_path):
    with pytest.raises(
        ValueError, match="Did you mean 'wgan_gp_cifar10'.*Received: 'wgan_gp_cifar'"
    ):
        recipes.load("wgan_gp_cifar")
    with pytest.raises(ValueError, match="existing .py file. Received"):
        recipes.load(str(tmp_path / "mine.py"))
    for changes, message in (
        ({"widht": 8}, "`recipe key` must be one of.*Did you mean 'width'"),
        ({"precision": "float8"}, "`precision` must be one of.*Received: 'float8'"),
        ({"augment": "crop"}, "`augment` must be one of"),
        ({"steps": 0}, "`steps` must be at least 1. Received: 0"),
        ({"decay_start": 2}, r"`decay_start` must be in \[0, 1\]"),
        (["width"], "`set` must be key=value"),
    ):
        with pytest.raises(ValueError, match=message):
            recipes.load("wgan_gp_cifar10", changes)


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_builds_its_model(name):
    _, made = recipes.load(name)
    gan = fit.build(made)
    assert gan.image_shape == made.image_shape
    assert made.paper and made.note
    assert f"--recipe {name}" in (paths.RECIPES / f"{name}.py").read_text()


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_names_a_data_set_of_images(name):
    _, made = recipes.load(name)
    importlib.import_module("ganzoo.data.emoji_styles")  # registers its name
    assert "image" in tfds.builder(made.dataset).info.features


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_says_whether_it_ran(name):
    _, made = recipes.load(name)
    text = (paths.RECIPES / f"{name}.py").read_text()
    ours = f"\nReleased weights, if any, with CPU hours and scores: weights/{name}.\n" in text
    paper = "\nThe paper's own configuration. Not run here.\n" in text
    assert ours != paper
    assert not (paper and name in ganzoo.list_models())
    assert paper == made.note.startswith("The paper's own configuration, not run here.")


def test_a_run_whose_data_were_not_there_can_be_started_again(picture_folder, tmp_path):
    with pytest.raises(ValueError, match="existing folder"):
        fit.run("mine", recipe(picture_folder / "typo", steps=1), tmp_path / "run")
    fit.run("mine", recipe(picture_folder, steps=1), tmp_path / "run")


def test_an_output_folder_that_cannot_be_written_is_one_error(picture_folder, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        fit.run("mine", recipe(picture_folder, steps=1), tmp_path / "file" / "run")
