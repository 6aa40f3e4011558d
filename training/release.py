"""Makes a release of weights: `python training/release.py --runs FOLDER [NAME...]`.

For each recipe, one after another: trains it, or goes on where it was; takes the best checkpoint
(by the recipe's `score_by`, measured on the training split while it trained); rounds it to float16;
scores it, and the final checkpoint beside it, on the test split; and writes `weights/NAME`, with
the run's log. A model that is there from the same run is left alone. Ends when all are there or the
time is up; the same command goes on. Then look at every picture.

Afterwards: `python training/tables.py`, `python -m ganzoo.savedmodels`.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

from absl import app, flags, logging

FLAGS = flags.FLAGS
flags.DEFINE_string("runs", None, "Folder of all runs: checkpoints and logs.")
flags.DEFINE_string("data_dir", None, "TFDS's folder of prepared data sets; its default if unset.")
flags.DEFINE_float("minutes", None, "Stop after that many, with a checkpoint.", 0)
flags.DEFINE_integer("num", 10_000, "Images to generate for the scores.", 64)
flags.mark_flag_as_required("runs")

NAMES = (
    "dcgan_mnist",
    "dcgan_fashion_mnist",
    "wgan_gp_mnist",
    "bigan_mnist",
    "fgan_gan_mnist",
    "fgan_pearson_mnist",
    "fgan_reverse_kl_mnist",
    "fgan_kl_mnist",
    "fgan_js_mnist",
    "fgan_hellinger_mnist",
    "sngan_fashion_mnist",
    "wgan_fashion_mnist",
    "ali_mnist",
    "hali_fashion_mnist",
    "dcgan_cifar10",
    "sngan_cifar10",
    "wgan_gp_cifar10",
    "wgan_cifar10",
    "lsgan_cifar10",
    "ali_cifar10",
    "cyclegan_emoji",
    "stargan_emoji",
)
TRAIN = pathlib.Path(__file__).with_name("train.py")
POINTS = 200  # of a curve in the log


def main(argv):
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    logging.set_verbosity(logging.WARNING)
    began, runs = time.monotonic(), pathlib.Path(FLAGS.runs).expanduser()
    for name in argv[1:] or NAMES:
        out = runs / name
        left = FLAGS.minutes and FLAGS.minutes - (time.monotonic() - began) / 60
        if left is not None and left <= 0:
            sys.exit("the time is up")
        if not trained(name, out):
            train(name, out, left)
        if not trained(name, out):
            sys.exit(f"the time is up in {name}")
        if released(name, out):
            print(f"{name} is in weights/ already", flush=True)
        else:
            release(name, out)


def trained(name, out):
    """Whether the run in `out` came to its recipe's end."""
    from ganzoo import pretrained, recipes

    record = out / "model" / pretrained.RECORD
    if not record.is_file():
        return False
    steps = recipes.load(name)[1].steps
    return json.loads(record.read_text())["training"]["step"] == steps


def train(name, out, minutes):
    """Trains in a process of its own, whose memory ends with it."""
    command = [sys.executable, str(TRAIN), "--recipe", name, "--out", str(out), "--resume"]
    command += [f"--max_minutes={minutes}"] if minutes is not None else []
    command += [f"--data_dir={FLAGS.data_dir}"] if FLAGS.data_dir else []
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"{name} failed; its run is in {out}")


def chosen(out):
    """The run's best checkpoint, a pretrained folder; the final one if they are the same."""

    best, final = out / "best", out / "model"
    same = not best.is_dir() or _step(best) == _step(final)
    return final if same else best


def _step(folder):
    from ganzoo import pretrained

    return pretrained.read(folder, pretrained.RECORD)["training"]["step"]


def released(name, out):
    """Whether weights/NAME is of this run's chosen checkpoint."""
    from ganzoo import paths, pretrained

    there = paths.WEIGHTS / name / pretrained.RECORD
    wanted = pretrained.read(chosen(out), pretrained.RECORD)
    return there.is_file() and json.loads(there.read_text()) == wanted


def release(name, out):
    """Writes weights/NAME from the run in `out`."""
    from ganzoo import checksums, data, files, paths, pretrained, recipes

    folder, final = chosen(out), out / "model"
    recipe = recipes.load(name)[1]
    gan = pretrained.load(folder)
    source = data.for_training(gan, recipe, FLAGS.data_dir)
    with files.whole_folder(out / "release", overwrite=True) as temporary:
        pretrained.save(
            gan,
            temporary / name,
            recipe=recipe,
            training=pretrained.read(folder, pretrained.RECORD)["training"],
            examples=source.examples(),
            half=True,
        )
        log = json.dumps(curves(out / "logs"), indent=0)
        (temporary / name / pretrained.LOG).write_text(log + "\n")
        checksums.write(temporary / name)
        for measured in dict.fromkeys([temporary / name, *([final] if final != folder else [])]):
            pretrained.add_records(temporary / name, records(name, measured, recipe))
        with files.whole_folder(paths.WEIGHTS / name, overwrite=True) as place:
            shutil.copytree(temporary / name, place, dirs_exist_ok=True)
    print(f"{name} written to {paths.WEIGHTS / name}; look at its picture", flush=True)


def records(name, folder, recipe):
    """All scores on the test split of a checkpoint of the model called `name`."""
    from ganzoo import pretrained
    from ganzoo.metrics import evaluation, families

    gan = pretrained.load(folder)
    measured = evaluation.Evaluation(
        gan,
        recipe.dataset,
        num=FLAGS.num,
        examples_split=recipe.examples_split,
        data_dir=FLAGS.data_dir,
        facts=pretrained.facts(folder) | {"model": name},
    )
    return list(evaluation.records(measured, families.available(gan)))


def curves(folder):
    """What a run logged to TensorBoard: dict of name to [[step, value], ...], thinned out."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    events = EventAccumulator(str(folder), size_guidance={"tensors": 0, "images": 1}).Reload()
    found = {}
    for name in events.Tags()["tensors"]:
        points = {
            event.step: float(make_ndarray(event.tensor_proto))
            for event in events.Tensors(name)
            if event.tensor_proto.dtype == 1  # float32: neither pictures nor texts
        }
        steps = sorted(points)[:: max(1, len(points) // POINTS)]
        if steps:
            found[name] = [[step, float(f"{points[step]:.5g}")] for step in steps]
    return found


if __name__ == "__main__":
    app.run(main)
