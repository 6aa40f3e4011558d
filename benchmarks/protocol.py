"""What the benchmarks of speed share: fresh processes, peak memory, medians, CSV files."""

import csv
import io
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

FOLDER = pathlib.Path(__file__).parent
ROUNDS = 5
LOAD = 0.5  # running processes in the last minute's mean, above which a machine is not idle
BUSY = "run although the machine has other work, print the table, and write no results"


def in_fresh_process(script, *arguments, onednn=True):
    """Runs a script of this folder, which ends with `report`; what it reported.

    Args:
        script: file name.
        *arguments: of its command line.
        onednn: True for `TF_ENABLE_ONEDNN_OPTS=1`, as `ganzoo train` sets it; False for
            TensorFlow's own choice.

    Raises:
        SystemExit: if it failed, with its last line of errors.
    """
    environment = {k: v for k, v in os.environ.items() if k != "TF_ENABLE_ONEDNN_OPTS"}
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if onednn:
        environment["TF_ENABLE_ONEDNN_OPTS"] = "1"
    command = [sys.executable, str(FOLDER / script), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        errors = done.stderr.strip().splitlines() or ["no message"]
        raise SystemExit(f"{script} {' '.join(map(str, arguments))} failed: {errors[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def is_idle(busy):
    """Whether nothing else runs here. Threads that wait for each other suffer far more than their
    share: beside two processes at low priority, on two cores, PyTorch's step of DCGAN took 4.2 s
    with two threads and 0.7 s with one.

    Args:
        busy: whether to go on if not.

    Raises:
        SystemExit: if the machine has other work, and `busy` is False.
    """
    load = os.getloadavg()[0]
    if load > LOAD and not busy:
        raise SystemExit(f"the machine has other work (load {load:.1f}); see --busy")
    return load <= LOAD


def milliseconds(call, warm_up, calls):
    """Of each of `calls` calls of a function, after `warm_up` untimed ones: list of float."""
    for _ in range(warm_up):
        call()
    times = []
    for _ in range(calls):
        began = time.perf_counter()
        call()
        times.append(1e3 * (time.perf_counter() - began))
    return times


def report(**values):
    """Tells `in_fresh_process` what was measured, and this process's peak memory."""
    print(json.dumps(values | {"peak_mib": peak_mib()}), flush=True)


def peak_mib():
    """The most memory that this process ever had resident, in MiB."""
    kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS
    return round(kibibytes / 1024 / (1024 if sys.platform == "darwin" else 1))


def median(values, digits=4):
    """Of numbers, rounded to significant digits."""
    return float(f"{statistics.median(values):.{digits}g}")


def write(name, rows, idle):
    """Prints a table; on an idle machine writes it to `results/<name>_<n>cores.csv`.

    Args:
        name: of the protocol.
        rows: dicts with the same keys.
        idle: bool.
    """
    table = io.StringIO()
    writer = csv.DictWriter(table, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    print(table.getvalue())
    if not idle:
        print("not written: the machine was not idle")
        return
    out = FOLDER / "results" / f"{name}_{len(os.sched_getaffinity(0))}cores.csv"
    out.parent.mkdir(exist_ok=True)
    out.write_text(table.getvalue())
    print(out)
