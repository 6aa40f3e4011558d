"""Where a training step's time goes: the share of each kind of TensorFlow operation.

    python benchmarks/operators.py

Protocol: ours, in the settings of `training_steps.py`, float32, oneDNN, each system in a process of
its own: `--warm_up` training steps, then `--steps` under TensorFlow's profiler. Added up is how
long the operations of a kind ran, on whatever thread; the table has the kinds of 1% and more.
Beside it the median time of as many steps without the profiler: where operations run side by side
the sum is above it, where they wait for each other below.
"""

import argparse
import collections
import pathlib
import statistics
import tempfile

import protocol
from contenders import SETTINGS

LEAST = 0.01


def one(name, warm_up, steps):
    """Trains in this process and reports milliseconds of a step: of each kind, and in all."""
    import tensorflow as tf
    from contenders.ours import fit_step

    import ganzoo

    setting = SETTINGS[name]
    gan = ganzoo.create(setting.system, **setting.arguments)
    gan.compile()
    step = fit_step(gan, setting)
    times = protocol.milliseconds(step, warm_up, steps)
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            for _ in range(steps):
                step()
        [path] = pathlib.Path(folder).glob("**/*.xplane.pb")
        kinds = {kind: time / steps for kind, time in by_kind(path.read_bytes()).items()}
    protocol.report(kinds=kinds, step=statistics.median(times))


def by_kind(trace):
    """Milliseconds of each kind of operation in a serialised XSpace: Counter."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    kinds = collections.Counter()
    for plane in xplane_pb2.XSpace.FromString(trace).planes:
        for event in (event for line in plane.lines for event in line.events):
            # An operation's event is "name:Kind"; the executor's own have other forms.
            name, _, kind = plane.event_metadata[event.metadata_id].name.rpartition(":")
            if plane.name == "/host:CPU" and name and kind.isidentifier() and ":" not in name:
                kinds[kind] += event.duration_ps / 1e9
    return kinds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--warm_up", type=int, default=3)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--system", choices=SETTINGS, help="run this one here and report")
    parser.add_argument("--busy", action="store_true", help=protocol.BUSY)
    arguments = parser.parse_args()
    if arguments.system:
        one(arguments.system, arguments.warm_up, arguments.steps)
        return
    idle = protocol.is_idle(arguments.busy)
    rows = []
    for system in SETTINGS:
        flags = ["--system", system, "--warm_up", arguments.warm_up, "--steps", arguments.steps]
        report = protocol.in_fresh_process("operators.py", *flags)
        total = sum(report["kinds"].values())
        for kind, time in sorted(report["kinds"].items(), key=lambda item: -item[1]):
            if time >= LEAST * total:
                rows.append(
                    {
                        "system": system,
                        "kind": kind,
                        "ms": protocol.median([time]),
                        "share": f"{100 * time / total:.0f}%",
                        "sum_ms": protocol.median([total]),
                        "step_ms": protocol.median([report["step"]]),
                    }
                )
    protocol.write(f"operators_{arguments.steps}steps", rows, idle)


if __name__ == "__main__":
    main()
