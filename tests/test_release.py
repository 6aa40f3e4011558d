"""A release of weights: from a run's folder to one that ships."""

import numpy as np
import pytest
import tensorflow_datasets as tfds
from absl import flags

import ganzoo
from ganzoo import fit, paths, pretrained, recipes

SMALL = {"image_shape": (16, 16, 1), "width": 4, "batch_size": 4, "steps": 8, "log_every": 2}
SMALL |= {"score_every": 16, "score_num": 64, "checkpoint_every": 8}
NAME = "dcgan_fashion_mnist"


@pytest.fixture(scope="module")
def module():
    module = paths.module_at(paths.TRAINING / "release.py", "ganzoo_release")
    flags.FLAGS(["release", "--runs=none", "--num=64"])
    return module


def test_a_run_becomes_a_folder_that_ships(module, tmp_path, monkeypatch):
    out = tmp_path / "runs" / NAME
    recipe = recipes.load(NAME, SMALL)[1]
    monkeypatch.setattr(recipes, "load", lambda name: (name, recipe))
    monkeypatch.setattr(paths, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(flags.FLAGS["runs"], "value", str(tmp_path / "runs"))
    monkeypatch.setattr(flags.FLAGS["minutes"], "value", None)
    with tfds.testing.mock_data(300, policy=tfds.testing.MockPolicy.USE_CODE):
        assert not module.trained(NAME, out)
        fit.run(NAME, recipe, out, max_steps=4)
        assert not module.trained(NAME, out)
        fit.run(NAME, recipe, out, resume=True)
        assert module.trained(NAME, out)
        chosen = module.chosen(out)
        module.main(["release", NAME])
    folder = tmp_path / "weights" / NAME
    sizes = [(p / "model.weights.h5").stat().st_size for p in (chosen, folder)]
    assert sizes[1] < sizes[0]
    samples = [ganzoo.load(p).sample(8, seed=0).astype(int) for p in (chosen, folder)]
    assert np.abs(samples[0] - samples[1]).max() <= 1
    facts = [pretrained.read(p, pretrained.RECORD)["training"] for p in (chosen, folder)]
    assert facts[0] == facts[1] and facts[1]["step"] % 4 == 0
    records = pretrained.read(folder, pretrained.METRICS)
    checkpoints = {"final"} if chosen == out / "model" else {"best", "final"}
    assert {r["checkpoint"] for r in records} == checkpoints
    assert {(r["model"], r["split"], r["dataset"]) for r in records} == {
        (NAME, "test", "fashion_mnist")
    }
    own = [r for r in records if r["checkpoint"] == facts[1]["checkpoint"]]
    assert {r["weights_sha256"] for r in own} == {pretrained.facts(folder)["weights_sha256"]}
    log = pretrained.read(folder, pretrained.LOG)
    assert [step for step, _ in log["discriminator/adversarial"]] == [2, 4, 6, 8]
    assert module.released(NAME, out)
    before = (folder / "SHA256SUMS").stat().st_mtime_ns
    module.main(["release", NAME])  # leaves it alone, and needs no data
    assert (folder / "SHA256SUMS").stat().st_mtime_ns == before
