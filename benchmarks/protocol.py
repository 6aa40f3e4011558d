"""What the benchmarks of speed share: fresh processes, peak memory, medians, CSV files."""

import csv
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parent
ROUNDS = 5


def in_fresh_process(script, *arguments, onednn=True):
    """Runs a script of this folder, which ends with `report`; what it reported.

    Args:
        script: file name.
        *arguments: of its command line.
        onednn: True for `TF_ENABLE_ONEDNN_OPTS=1`, as ganzoo's command line sets it; False for
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


def write(name, rows):
    """Writes `results/<name>_<n>cores.csv` from dicts with the same keys, and prints it."""
    out = FOLDER / "results" / f"{name}_{len(os.sched_getaffinity(0))}cores.csv"
    out.parent.mkdir(exist_ok=True)
    with open(out, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    print(f"{out}\n{out.read_text()}")
