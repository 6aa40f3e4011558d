"""Scores during training: measured every so many images, the best model kept beside the final."""

import dataclasses
import json
import pathlib

import keras
import numpy as np

from ganzoo import distribution, files, pretrained
from ganzoo.metrics import evaluation, features
from ganzoo.models.sampling import Sampling
from ganzoo.registry import unknown

RECORDS = "scores.json"
BEST = "best"
# Scores of samples that are worth their time while training.
IN_TRAINING = ("frechet_distance", "kernel_distance", "precision", "recall")


def measuring(gan, recipe, name, data_dir=None):
    """A function of a model to its records, for `Scores`, by a recipe.

    Samples are compared with the training split, so that the best model is not chosen by the
    images that it is reported on.

    Args:
        gan: a model of the recipe's.
        recipe: a `ganzoo.recipes.Recipe`.
        name: of the model, for the records.
        data_dir: TFDS's folder.

    Raises:
        ValueError: if no feature network is named, and the data set has none of its name.
    """
    names = IN_TRAINING if isinstance(gan, Sampling) else None
    network = features.named(recipe.score_features)
    first = evaluation.Evaluation(
        gan,
        recipe.dataset,
        split="train",
        num=recipe.score_num,
        examples_split=recipe.examples_split,
        data_dir=data_dir,
        facts={"model": name},
        network=network,
    )
    if network is None and first.data_name not in features.names():
        raise ValueError(
            f"`score_features` must name a feature network, one of {features.names()}, for images "
            f"of {recipe.dataset!r}; or set `score_every` to 0. Received: None"
        )
    return lambda gan: evaluation.records(dataclasses.replace(first, gan=gan), names)


class Scores(keras.callbacks.Callback):
    """Measures the model every `every` steps, adds its scores to the logs ("score/<metric>", the
    mean over its tasks), and keeps the best model.

    Callbacks after it find the scores in their logs as "score/<metric>"; so the watchdog does.

    Both the best and the final model get the records of both, so that no score of a best
    checkpoint stands without the final one's.

    Args:
        measure: function of the model to an iterable of records.
        folder: of the run: scores.json with all records so far, and the pretrained folder best/.
        every: steps.
        by: the metric whose lowest value is the best model's.
        save: function (folder) that writes the model as a pretrained folder.
    """

    def __init__(self, measure, folder, every, by, save):
        super().__init__()
        self.measure, self.folder, self.every, self.by = measure, pathlib.Path(folder), every, by
        self.save = save

    def records(self):
        """All records so far, oldest first."""
        path = self.folder / RECORDS
        return json.loads(path.read_text()) if path.is_file() else []

    def on_train_batch_end(self, batch, logs=None):
        step = int(self.model.step.numpy())
        if step % self.every == 0:
            found = self.score(step)
            if logs is not None:
                logs.update({f"score/{record['metric']}": record["value"] for record in found})

    def score(self, step):
        """Measures the model now, and saves it if it is the best so far.

        Records are only ever added: a run that went back to a checkpoint may measure a step
        twice, and the folder best/ is always that of the lowest value of all.
        """
        before = self.records()
        number = 1 + max((r["measurement"] for r in before), default=0)
        found = [r | {"step": step, "measurement": number} for r in self.measure(self.model)]
        if self.by not in (metrics := {r["metric"] for r in found}):
            raise ValueError(unknown("score_by", self.by, sorted(metrics)))
        if distribution.is_chief(self.model.distribute_strategy):  # every worker has the scores
            if self._best(before + found) == number:  # first, so that a kill leaves no best unsaved
                self.save(self.folder / BEST)
            files.write(self.folder / RECORDS, json.dumps(before + found, indent=1).encode())
        return found

    def finish(self, final):
        """Puts the best and the final model's records into both folders.

        Args:
            final: the final model's pretrained folder; the model is measured now, unless it was.
        """
        step = int(self.model.step.numpy())
        if not self.records() or self.records()[-1]["step"] != step:
            self.score(step)
        records, chosen = self.records(), []
        measurements = {
            "best": (self.folder / BEST, self._best(records)),
            "final": (final, records[-1]["measurement"]),
        }
        for name, (folder, number) in measurements.items():
            weights = pretrained.facts(folder)["weights_sha256"]
            chosen += [
                r | {"checkpoint": name, "weights_sha256": weights}
                for r in records
                if r["measurement"] == number
            ]
        for folder, _ in measurements.values():
            pretrained.add_records(folder, chosen)

    def _best(self, records):
        """The number of the first measurement with the lowest value."""
        numbers = dict.fromkeys(r["measurement"] for r in records)
        return min(
            numbers, key=lambda n: _mean([r for r in records if r["measurement"] == n], self.by)
        )


def _mean(records, metric):
    """Of a metric's values, over its tasks."""
    return float(np.mean([r["value"] for r in records if r["metric"] == metric]))
