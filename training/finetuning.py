"""Fine-tunes shipped models on other data, beside training from scratch: does it go on smoothly
without the optimizer's state, which the folders leave out?

    python training/finetuning.py        (needs matplotlib, and the data)

Protocol: from `weights/NAME`, and from a new model of the same networks, 500 steps with the
recipe's optimizers, batch size and augmentation on the other data set's training split. Every 50
steps the Frechet distance of 2,000 samples of the raw weights (the moving average looks back too
far for 500 steps) to the test split, on our features of that data set. Writes
docs/finetuning.csv and docs/finetuning.png.
"""

import csv
import io
import pathlib

import keras
from absl import app, flags, logging

import ganzoo
from ganzoo import data, files, recipes
from ganzoo.metrics import evaluation

FLAGS = flags.FLAGS
flags.DEFINE_string("data_dir", None, "TFDS's folder of prepared data sets; its default if unset.")

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
PAIRS = {
    "dcgan_fashion_mnist": "mnist",
    "wgan_gp_mnist": "fashion_mnist",
    "bigan_mnist": "fashion_mnist",
}
STEPS, EVERY, NUM = 500, 50, 2_000


def main(argv):
    del argv
    logging.set_verbosity(logging.WARNING)
    rows = []
    for name, dataset in PAIRS.items():
        for start in "pretrained", "scratch":
            gan = ganzoo.load(name) if start == "pretrained" else fresh(name)
            for step, value, losses in curve(gan, name, dataset):
                rows.append(
                    {
                        "model": name,
                        "dataset": dataset,
                        "start": start,
                        "step": step,
                        "frechet_distance": f"{value:.4g}",
                        "losses": losses,
                    }
                )
    table = io.StringIO()
    columns = ["model", "dataset", "start", "step", "frechet_distance", "losses"]
    writer = csv.DictWriter(table, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    files.write(DOCS / "finetuning.csv", table.getvalue().encode())
    draw(rows)


def fresh(name):
    """A model with the networks and the optimizers of a shipped one, untrained."""
    gan = ganzoo.load(name)
    keras.utils.set_random_seed(0)
    new = type(gan).from_config(gan.get_config())
    new.compile_from_config(gan.get_compile_config() | {"built": False})
    return new


def curve(gan, name, dataset):
    """(step, Frechet distance, the losses as text) before training and every so often: list."""
    _, made = recipes.load(name, {"dataset": dataset})
    source = data.for_training(gan, made, FLAGS.data_dir)
    points = []

    def measure(epoch, logs):
        measured = evaluation.Evaluation(gan, dataset, num=NUM, moving_average=False)
        [record] = evaluation.records(measured, ["frechet_distance"])
        losses = " ".join(f"{key}={value:.3g}" for key, value in logs.items())
        points.append(((epoch + 1) * EVERY, record["value"], losses))
        print(name, dataset, *points[-1], flush=True)

    measure(-1, {})
    gan.fit(
        source.batches(made.batch_size * gan.batches_per_step, seed=0),
        epochs=STEPS // EVERY,
        steps_per_epoch=EVERY,
        shuffle=False,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=measure)],
    )
    return points


def draw(rows):
    """One picture with a panel for each model."""
    from matplotlib import figure

    drawing = figure.Figure(figsize=(10, 3), layout="constrained")
    for axes, (name, dataset) in zip(drawing.subplots(1, len(PAIRS)), PAIRS.items(), strict=True):
        for start in "pretrained", "scratch":
            here = [row for row in rows if (row["model"], row["start"]) == (name, start)]
            steps = [row["step"] for row in here]
            axes.plot(steps, [float(row["frechet_distance"]) for row in here], label=start)
        axes.set(title=f"{name} to {dataset}", xlabel="step", yscale="log")
        axes.legend(fontsize="x-small")
    drawing.axes[0].set_ylabel("Frechet distance")
    drawing.savefig(DOCS / "finetuning.png", dpi=80)


if __name__ == "__main__":
    app.run(main)
