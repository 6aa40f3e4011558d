"""Scores during training: the best model is kept, and never without the final one's scores."""

import json

from conftest import batches_for, small

import ganzoo
from ganzoo import pretrained
from ganzoo.callbacks import Scores
from ganzoo.callbacks.scores import BEST, RECORDS


def test_best_and_final_are_kept_with_both_records(tmp_path):
    gan = small("dcgan")
    values = {2: 5.0, 4: 3.0, 6: 4.0}  # by step
    logged = []

    def measure(model):
        step = int(model.step.numpy())
        kept = {"moving_average": True, "better": "lower", "settings": {}, "dataset": "mine"}
        for metric, value in ("kernel_distance", values[step]), ("recall", step / 10):
            yield {"metric": metric, "value": value, "interval": [value - 1, value + 1]} | kept

    scores = Scores(
        measure,
        tmp_path,
        every=2,
        by="kernel_distance",
        save=lambda folder, step: pretrained.save(gan, folder, overwrite=True),
        write=lambda *entry: logged.append(entry),
    )
    gan.fit(batches_for(gan), steps_per_epoch=6, verbose=0, shuffle=False, callbacks=[scores])
    records = json.loads((tmp_path / RECORDS).read_text())
    assert [(r["metric"], r["step"]) for r in records] == [
        (metric, step) for step in (2, 4, 6) for metric in ("kernel_distance", "recall")
    ]
    assert logged[0] == ("score/kernel_distance", 5.0, 2) and len(logged) == 6
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
