"""Two worker processes of one training job, over localhost."""

import contextlib
import json
import multiprocessing
import os
import socket

from ganzoo import recipes


def free_port():
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


def start(target, *arguments):
    """Two processes that do `target(*arguments)`, as workers 0 (the chief) and 1 of a cluster."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ganzoo.fit", "ganzoo.models", __name__])
    ports = [free_port(), free_port()]
    cluster = {"worker": [f"localhost:{port}" for port in ports]}
    workers = []
    for index in range(2):
        place = json.dumps({"cluster": cluster, "task": {"type": "worker", "index": index}})
        workers.append(context.Process(target=_work, args=(place, target, arguments)))
        workers[-1].start()
    return workers


def _work(place, target, arguments):
    import tensorflow as tf

    os.environ["TF_CONFIG"] = place
    tf.config.threading.set_intra_op_parallelism_threads(1)
    target(*arguments)


def end(workers, seconds=300):
    """Waits for them; returns their exit codes."""
    for worker in workers:
        worker.join(seconds)
    return [worker.exitcode for worker in workers]


def run(arguments, out):
    """A worker's `fit.run`; what it prints goes to a file of its own."""
    from ganzoo import fit

    index = json.loads(os.environ["TF_CONFIG"])["task"]["index"]
    with open(f"{out}.{index}.txt", "a", buffering=1) as file, contextlib.redirect_stdout(file):
        try:
            fit.run("mine", recipes.load(*arguments)[1], out, resume=True)
        except OSError as error:
            print(f"OSError: {error}")
            raise SystemExit(1) from error


def trained(system, steps, out):
    """A worker's small model after some steps; its variables go to `out`/<worker>.npz."""
    import numpy as np
    from conftest import batches_for, small_sgd, values

    from ganzoo import distribution

    strategy = distribution.make("multi_worker")
    with strategy.scope():
        gan = small_sgd(system)
    batches = distribution.distribute(
        strategy, lambda part: batches_for(gan, part=part), 4 * gan.batches_per_step
    )
    gan.fit(batches, steps_per_epoch=steps, verbose=0, shuffle=False)
    index = json.loads(os.environ["TF_CONFIG"])["task"]["index"]
    np.savez(out / f"{index}.npz", *values(gan.variables))


def asks_for_a_tpu():
    from ganzoo import distribution

    try:
        distribution.make("tpu")
    except ValueError as error:
        assert "`strategy` 'tpu' needs a TPU on this machine or in TPU_NAME: " in str(error)
        assert "\n" not in str(error)
    else:
        raise AssertionError("there was a TPU")
