"""Peak memory and milliseconds of a training step whose minibatches are computed part by part.

    python benchmarks/memory.py [--settings wgan_gp ...] [--micro_batches 1 4 ...]

Protocol: WGAN-GP (5 updates of the critic and 1 of the generator) on 32 px, width 32, batch 1024;
CycleGAN on 64 px, width 32, 6 blocks, batch 32; float32, oneDNN on, random images in memory. Each
number of `micro_batches` (see `GAN.compile`) runs in a process of its own, in turn, `--rounds`
times. A process builds the model and its optimizers, makes `--warm_up` steps (the graph is traced
there), then `--steps` timed ones, each waited for.

The table has the median of the rounds' median steps, the worst round's peak resident memory, and
what of it the steps added to what was resident before the first one (TensorFlow, weights, slots and
the batch; the graph that is traced counts with the steps).
"""

import argparse
import dataclasses
import statistics

import contenders
import protocol
from contenders import CIFAR10, Setting

SETTINGS = {
    "wgan_gp": Setting(
        "wgan_gp", CIFAR10 | {"latent_size": 128, "width": 32}, 1024, (1e-4, 0.5, 0.9), 5
    ),
    "cyclegan": dataclasses.replace(contenders.SETTINGS["cyclegan"], batch_size=32),
}


def one(name, micro_batches, warm_up, steps):
    """Trains in this process and reports."""
    from contenders.ours import fit_step

    import ganzoo

    setting = SETTINGS[name]
    gan = ganzoo.create(setting.system, **setting.arguments)
    gan.compile(micro_batches=micro_batches)
    step = fit_step(gan, setting)
    before = protocol.peak_mib()
    times = protocol.milliseconds(step, warm_up, steps)
    protocol.report(milliseconds=times, before_mib=before)


def row(name, micro_batches, reports):
    """One of the CSV file."""
    worst = max(reports, key=lambda report: report["peak_mib"])
    return {
        "system": name,
        "batch_size": SETTINGS[name].batch_size,
        "micro_batches": micro_batches,
        "median_ms": protocol.median([statistics.median(r["milliseconds"]) for r in reports]),
        "peak_mib": worst["peak_mib"],
        "added_by_steps_mib": worst["peak_mib"] - worst["before_mib"],
        "rounds": len(reports),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--micro_batches", nargs="+", type=int, default=[1, 4])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--warm_up", type=int, default=1)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--one", action="store_true", help="run the first of each and report")
    parser.add_argument("--busy", action="store_true", help=protocol.BUSY)
    arguments = parser.parse_args()
    settings, numbers = arguments.settings, arguments.micro_batches
    if arguments.one:
        one(settings[0], numbers[0], arguments.warm_up, arguments.steps)
        return
    idle = protocol.is_idle(arguments.busy)
    reports = {(name, number): [] for name in settings for number in numbers}
    for _ in range(arguments.rounds):
        for (name, number), reported in reports.items():
            flags = ["--one", "--settings", name, "--micro_batches", number]
            flags += ["--warm_up", arguments.warm_up, "--steps", arguments.steps]
            reported.append(protocol.in_fresh_process("memory.py", *flags))
            print(f"{name:9} {number:3} {reported[-1]}", flush=True)
    rows = [row(name, number, reported) for (name, number), reported in reports.items()]
    name = f"memory_{'_'.join(settings)}_{arguments.rounds}rounds_{arguments.steps}steps"
    protocol.write(name, rows, idle)


if __name__ == "__main__":
    main()
