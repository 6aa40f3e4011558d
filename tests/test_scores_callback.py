"""Scores during training: the best model is kept, and never without the final one's scores."""

import json
import shutil

import keras
import pytest
import tensorflow_datasets as tfds
from conftest import batches_for, small

import ganzoo
from ganzoo import fit, pretrained, recipes
from ganzoo.callbacks import Scores
from ganzoo.callbacks.scores import BEST, RECORDS


def record(metric, value):
    kept = {"moving_average": True, "better": "lower", "settings": {}, "dataset": "mine"}
    return {"metric": metric, "value": value, "interval": [value - 1, value + 1]} | kept


def test_best_and_final_are_kept_with_both_records(tmp_path):
    gan = small("dcgan")
    values = {2: 5.0, 4: 3.0, 6: 4.0}  # by step
    logged = []

    def measure(model):
        step = int(model.step.numpy())
        yield record("kernel_distance", values[step])
        yield record("recall", step / 10)

    scores = Scores(
        measure,
        tmp_path,
        every=2,
        by="kernel_distance",
        save=lambda folder: pretrained.save(gan, folder, overwrite=True),
    )
    seen = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: logged.append(logs.get("score/kernel_distance"))
    )
    gan.fit(batches_for(gan), steps_per_epoch=6, verbose=0, shuffle=False, callbacks=[scores, seen])
    records = json.loads((tmp_path / RECORDS).read_text())
    assert [(r["metric"], r["step"]) for r in records] == [
        (metric, step) for step in (2, 4, 6) for metric in ("kernel_distance", "recall")
    ]
    assert logged == [None, 5.0, None, 3.0, None, 4.0]
    best = ganzoo.load(tmp_path / BEST)
    assert int(best.step.numpy()) == 4

    pretrained.save(gan, tmp_path / "model")
    scores.finish(tmp_path / "model")
    for folder in tmp_path / BEST, tmp_path / "model":
        kept = pretrained.read(folder, pretrained.METRICS)
        assert [(r["checkpoint"], r["metric"], r["value"]) for r in kept] == [
            ("best", "kernel_distance", 3.0),
            ("best", "recall", 0.4),
            ("final", "kernel_distance", 4.0),
            ("final", "recall", 0.6),
        ]
        assert len({r["weights_sha256"] for r in kept}) == 2
        ganzoo.load(folder)

    values[4] = 9.0  # as if the run had gone back to step 2 and taken another way
    gan.step.assign(4)
    scores.score(4)
    assert [r["step"] for r in scores.records()][::2] == [2, 4, 6, 4]
    scores.finish(tmp_path / "model")
    kept = pretrained.read(tmp_path / BEST, pretrained.METRICS)
    assert [r["value"] for r in kept if r["checkpoint"] == "best"] == [3.0, 0.4]


def test_a_recipe_may_ask_for_scores(tmp_path):
    small = {"image_shape": (8, 8, 1), "width": 4, "batch_size": 4, "steps": 6, "log_every": 2}
    asked = {"score_every": 4 * 4, "score_num": 64, "checkpoint_every": 6}
    with tfds.testing.mock_data(60, policy=tfds.testing.MockPolicy.USE_CODE):
        recipe = recipes.load("dcgan_fashion_mnist", small | asked)[1]
        fit.run("mine", recipe, tmp_path / "run")
    best, final = (ganzoo.load(tmp_path / "run" / f) for f in (BEST, "model"))
    assert (int(best.step.numpy()), int(final.step.numpy())) in ((4, 6), (6, 6))
    kept = pretrained.read(tmp_path / "run" / "model", pretrained.METRICS)
    assert {(r["checkpoint"], r["split"], r["model"]) for r in kept} == {
        ("best", "train", "mine"),
        ("final", "train", "mine"),
    }
    assert "| kernel_distance |" in (tmp_path / "run" / "model" / "README.md").read_text()
    # Killed between the last checkpoint and the model: the run goes on from there.
    shutil.rmtree(tmp_path / "run" / "model")
    with tfds.testing.mock_data(60, policy=tfds.testing.MockPolicy.USE_CODE):
        fit.run("mine", recipe, tmp_path / "run", resume=True)
    assert len(pretrained.read(tmp_path / "run" / "model", pretrained.METRICS)) == len(kept)


def test_a_folder_is_scored_by_the_feature_network_that_is_named(tmp_path, picture_folder):
    asked = {"score_every": 8, "score_num": 64, "score_features": "fashion_mnist", "steps": 2}
    small = {"image_shape": (8, 8, 1), "width": 4, "batch_size": 4}
    recipe = recipes.load("dcgan_fashion_mnist", small | asked | {"dataset": str(picture_folder)})[
        1
    ]
    fit.run("mine", recipe, tmp_path / "run")
    kept = pretrained.read(tmp_path / "run" / "model", pretrained.METRICS)
    assert {(r["features"], r["num_generated"]) for r in kept} == {("fashion_mnist", 64)}


def test_an_unknown_score_to_choose_by_is_refused(tmp_path):
    gan = small("dcgan")
    scores = Scores(lambda gan: [record("recall", 1.0)], tmp_path, 1, "kid", save=print)
    scores.set_model(gan)
    with pytest.raises(ValueError, match="`score_by` must be one of.*recall.*Received: 'kid'"):
        scores.score(1)
    assert not (tmp_path / RECORDS).exists()


def test_the_watchdog_sees_a_score_rise(tmp_path, picture_folder, monkeypatch):
    def measuring(*_):
        return lambda gan: [record("kernel_distance", float(gan.step.numpy()))]

    monkeypatch.setattr(fit.callbacks, "measuring", measuring)
    small = {"image_shape": (8, 8, 3), "width": 4, "batch_size": 4, "checkpoint_every": 3}
    asked = {"score_every": 8, "rising_score": "score/kernel_distance", "rising_evaluations": 2}
    changes = small | asked | {"dataset": str(picture_folder), "steps": 20}
    fit.run("mine", recipes.load("dcgan_fashion_mnist", changes)[1], tmp_path / "run")
    (event,) = json.loads((tmp_path / "run" / "events.json").read_text())
    assert (event["step"], event["action"]) == (6, "stop")  # measured at steps 2, 4 and 6
    assert event["trouble"] == "score/kernel_distance has risen for 2 evaluations"
    assert int(ganzoo.load(tmp_path / "run" / "model").step.numpy()) == 6
    assert int(ganzoo.load(tmp_path / "run" / BEST).step.numpy()) == 2


def test_scores_need_a_feature_network(tmp_path, picture_folder):
    recipe = recipes.load(
        "dcgan_fashion_mnist",
        {"image_shape": (8, 8, 1), "dataset": str(picture_folder), "width": 4, "score_every": 99},
    )[1]
    with pytest.raises(ValueError, match="`score_features` must name a .* of .*pictures"):
        fit.run("mine", recipe, tmp_path / "run")
