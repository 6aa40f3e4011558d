"""Where a run computes: on one device, on several GPUs, on several machines, or on TPUs."""

import contextlib
import json
import os
import platform

import tensorflow as tf

from ganzoo.registry import unknown

STRATEGIES = ("one", "mirrored", "multi_worker", "tpu")
# What TensorFlow raises in a worker when another one has died.
LOST = (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError)
LOST += (tf.errors.InternalError, tf.errors.DeadlineExceededError)


def default():
    """The strategy that the machine calls for.

    "multi_worker" where `TF_CONFIG` names several workers, "tpu" where there is a TPU (or
    `TPU_NAME` is set), "mirrored" on several GPUs, else "one".
    """
    if len(_workers()) > 1:
        return "multi_worker"
    if tf.config.list_physical_devices("TPU") or os.environ.get("TPU_NAME"):
        return "tpu"
    return "mirrored" if len(tf.config.list_physical_devices("GPU")) > 1 else "one"


def make(name=None):
    """A `tf.distribute.Strategy`.

    Args:
        name: "one" (TensorFlow's default: the first GPU, or the CPU), "mirrored" (all GPUs of this
            machine; its logical CPUs if there is none), "multi_worker" (all GPUs of the machines
            that `TF_CONFIG` names), "tpu" (`TPU_NAME`, or this machine's), or None for `default()`.

    Raises:
        ValueError: for another name, or where the machine lacks what the strategy needs.
    """
    name = default() if name is None else name
    if name not in STRATEGIES:
        raise ValueError(unknown("strategy", name, STRATEGIES))
    return _MAKERS[name]()


def is_chief(strategy):
    """Whether this process writes the run's files; of several workers, one does."""
    resolver = strategy.cluster_resolver
    if resolver is None or resolver.task_type in (None, "chief"):
        return True
    has_chief = "chief" in resolver.cluster_spec().jobs
    return resolver.task_type == "worker" and resolver.task_id == 0 and not has_chief


def total(strategy, number):
    """The sum of each worker's `number`, an int; every worker must ask. (One worker: `number`.)"""
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return number
    replicas = strategy.num_replicas_in_sync // len(_workers())
    # Each of the worker's replicas brings it.
    numbers = strategy.run(lambda: tf.constant(number, tf.int64))
    return int(strategy.reduce("sum", numbers, axis=None)) // replicas


def distribute(strategy, dataset_of, batch_size):
    """A dataset for `fit` whose global batches have `batch_size` rows on any number of replicas.

    Every input pipeline (one for each machine) makes the rows of its own replicas, and no others.

    Args:
        strategy: from `make`.
        dataset_of: function of `part`, (i, n), to the dataset of the i-th of n equal parts of each
            global batch's rows.
        batch_size: int, rows of the global batch.
    """
    if strategy.num_replicas_in_sync == 1:
        return dataset_of((0, 1))

    def pipeline(context):
        part = context.input_pipeline_id, context.num_input_pipelines
        rows = context.get_per_replica_batch_size(batch_size)
        return dataset_of(part).rebatch(rows, drop_remainder=True)

    return strategy.distribute_datasets_from_function(pipeline)


@contextlib.contextmanager
def a_lost_worker_is_one_error(strategy):
    """Within it, TensorFlow's errors about another worker become one.

    Raises:
        OSError: if another worker died, or cannot be reached.
    """
    try:
        yield
    except LOST as error:
        if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
            raise
        reason = error.message.partition("\n")[0]
        raise OSError(
            f"another worker is gone ({reason}); start all of them again, with --resume"
        ) from error


def machine(strategy):
    """What a run computes on, in words: "2 CPU cores (x86_64)", "8 x NVIDIA H200, 8 replicas"."""
    gpus = tf.config.list_physical_devices("GPU")
    if isinstance(strategy, tf.distribute.TPUStrategy):
        words = "TPU"
    elif gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        words = f"{len(gpus)} x {details.get('device_name', 'GPU')}"
    else:
        words = f"{os.cpu_count()} CPU cores ({platform.machine()})"
    replicas, workers = strategy.num_replicas_in_sync, len(_workers())
    words += f" on each of {workers} machines" if workers > 1 else ""
    return words + (f", {replicas} replicas" if replicas > 1 else "")


def _workers():
    """The addresses of the cluster's chief and workers, by `TF_CONFIG`."""
    try:
        cluster = json.loads(os.environ.get("TF_CONFIG") or "{}").get("cluster", {})
        return [*cluster.get("chief", []), *cluster.get("worker", [])]
    except (ValueError, AttributeError) as error:
        raise ValueError(
            'the environment variable `TF_CONFIG` must be JSON such as {"cluster": {"worker": '
            '["host1:2222", "host2:2222"]}, "task": {"type": "worker", "index": 0}}. '
            f"Received: {os.environ['TF_CONFIG']!r}"
        ) from error


def _mirrored():
    if tf.config.list_physical_devices("GPU"):
        return tf.distribute.MirroredStrategy()
    devices = [device.name for device in tf.config.list_logical_devices("CPU")]
    # TensorFlow's collectives may pair up wrongly on virtual devices of one CPU.
    reduction = tf.distribute.ReductionToOneDevice()
    return tf.distribute.MirroredStrategy(devices, cross_device_ops=reduction)


def _multi_worker():
    if not _workers():
        raise ValueError(
            "`strategy` 'multi_worker' needs the environment variable TF_CONFIG to name the "
            "cluster's workers and this one's index. Received: none"
        )
    options = tf.distribute.experimental.CommunicationOptions(
        implementation=tf.distribute.experimental.CommunicationImplementation.AUTO
    )
    return tf.distribute.MultiWorkerMirroredStrategy(communication_options=options)


def _tpu():
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(
            tpu=os.environ.get("TPU_NAME") or "local"
        )
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
    except (ValueError, RuntimeError, tf.errors.OpError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ValueError(
            f"`strategy` 'tpu' needs a TPU on this machine or in TPU_NAME: {reason}"
        ) from error
    return tf.distribute.TPUStrategy(resolver)


_MAKERS = {
    "one": tf.distribute.get_strategy,
    "mirrored": _mirrored,
    "multi_worker": _multi_worker,
    "tpu": _tpu,
}
