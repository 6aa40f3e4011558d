"""Scores during training: measured every so many images, the best model kept beside the final."""

import json
import pathlib

import keras

from ganzoo import files, pretrained

RECORDS = "scores.json"
BEST = "best"


class Scores(keras.callbacks.Callback):
    """Measures the model every `every` steps, logs its scores, and keeps the best model.

    Callbacks after it find the scores in their logs as "score/<metric>"; so the watchdog does.

    Both the best and the final model get the records of both, so that no score of a best
    checkpoint stands without the final one's.

    Args:
        measure: function of the model to an iterable of records.
        folder: of the run: scores.json with all records so far, and the pretrained folder best/.
        every: steps.
        by: the metric whose lowest value is the best model's.
        save: function (folder, step) that writes the model as a pretrained folder.
        write: function (name, value, step) that logs a number.
    """

    def __init__(self, measure, folder, every, by, save, write):
        super().__init__()
        self.measure, self.folder, self.every, self.by = measure, pathlib.Path(folder), every, by
        self.save, self.write = save, write

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
        files.write(self.folder / RECORDS, json.dumps(before + found, indent=1).encode())
        for record in found:
            self.write(f"score/{record['metric']}", record["value"], step)
        if self._best(before + found) == number:
            self.save(self.folder / BEST, step)
        return found

    def finish(self, final):
        """Puts the best and the final model's records into both folders.

        Args:
            final: the final model's pretrained folder, measured last.
        """
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
        return min((r for r in records if r["metric"] == self.by), key=lambda r: r["value"])[
            "measurement"
        ]
