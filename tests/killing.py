"""Training runs in processes that are killed: started cheaply, by forking after the imports."""

import contextlib
import io
import multiprocessing
import os
import random
import signal
import time
import zipfile

import h5py
import numpy as np

from ganzoo import recipes

RECIPES = {
    "dcgan": "dcgan_fashion_mnist",
    "wgan_gp": "wgan_gp_cifar10",
    "sngan": "sngan_fashion_mnist",
    "ali": "ali_mnist",
    "cyclegan": "cyclegan_emoji",
    "stargan": "stargan_emoji",
}
SMALL = {"image_shape": (8, 8, 3), "width": 4, "batch_size": 2, "examples_split": None}
SMALL |= {"score_every": 0}
OWN = {
    "wgan_gp": {"n_critic": 2},
    "sngan": {"n_dis": 2},
    "cyclegan": {"split": ("sun", "rain"), "blocks": 1, "pool_size": 3},
    "stargan": {"split": "train", "domains": ("rain", "sun"), "blocks": 1, "n_critic": 2},
}


def train(system, data, out, steps):
    """A child's work: starts the run or goes on with it."""
    import tensorflow as tf

    from ganzoo import fit

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    changes = SMALL | OWN.get(system, {}) | {"dataset": str(data), "precision": "float32"}
    changes |= {"steps": steps, "checkpoint_every": 1, "log_every": 1, "grid_every": 1000}
    _, recipe = recipes.load(RECIPES[system], changes)
    with contextlib.redirect_stdout(io.StringIO()):
        fit.run(system, recipe, out, resume=True)


def start(target, *arguments):
    """A process forked from a server that has imported all."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ganzoo.fit", "ganzoo.models", __name__])
    process = context.Process(target=target, args=arguments)
    process.start()
    return process


def newest_step(out):
    return max((int(path.name[5:]) for path in (out / "checkpoints").glob("step_*")), default=0)


def is_writing(out):
    return any((out / "checkpoints").glob(".step_*.tmp"))


def finish(system, data, out, steps):
    """Runs to the end; returns the seconds that it took to the third checkpoint."""
    began, third = time.monotonic(), None
    process = start(train, system, data, out, steps)
    while process.is_alive():
        if third is None and newest_step(out) >= 3:
            third = time.monotonic() - began
        time.sleep(0.01)
    process.join()
    assert process.exitcode == 0
    return third


def kill(rng, seconds, writing, system, data, out, steps):
    """Kills a run once: within a checkpoint's write, or at a random moment.

    The moment is within so many seconds, and before the fourth checkpoint.

    Returns:
        Whether it left a half-written checkpoint.
    """
    began_at, skip = newest_step(out), rng.randrange(3)  # checkpoints to let pass
    process = start(train, system, data, out, steps)
    deadline = time.monotonic() + rng.uniform(0, seconds)
    while process.is_alive():
        passed = newest_step(out) - began_at
        if writing:
            if passed >= skip and is_writing(out):
                break
        elif time.monotonic() > deadline or passed >= 3:
            break
        time.sleep(0.0005)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL, "the run ended before it was killed"
    return is_writing(out)


def outcome(out):
    """Every variable of the newest checkpoint: name to array."""
    newest = max((out / "checkpoints").glob("step_*"))
    with zipfile.ZipFile(newest / "model.keras") as archive:
        weights = io.BytesIO(archive.read("model.weights.h5"))
    found = {}
    with h5py.File(weights) as file:
        file.visititems(
            lambda name, item: found.update({name: item[()]} if hasattr(item, "dtype") else {})
        )
    return newest.name, found


def sweep(system, data, folder, kills, seed=0):
    """Kills a run `kills` times and compares its end with that of one left alone.

    Returns:
        How many kills were inside a checkpoint's write.
    """
    rng = random.Random(f"{system} {seed}")
    whole, parts, steps = folder / "whole", folder / "parts", 4 * kills
    start(time.sleep, 0).join()  # the server's imports do not count
    seconds = finish(system, data, whole, steps)
    inside = sum(kill(rng, seconds, n % 2 == 0, system, data, parts, steps) for n in range(kills))
    finish(system, data, parts, steps)
    (name, expected), (name_of_parts, actual) = outcome(whole), outcome(parts)
    assert name == name_of_parts == f"step_{steps:09d}" and expected.keys() == actual.keys()
    for key, value in expected.items():
        assert np.array_equal(value, actual[key]), f"{system}: {key} differs"
    assert not is_writing(parts)
    return inside
