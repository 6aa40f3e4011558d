"""Milliseconds of a training step: ours, plain Keras, PyTorch eager, TF-GAN's losses.

    python benchmarks/training_steps.py [--systems wgan_gp ...] [--only torch_eager ...]

Protocol: DCGAN, WGAN-GP (5 updates of the critic and 1 of the generator) and SN-GAN (convolutional
networks, 1 and 1) on random images of CIFAR-10's shape, batch 64, width 64, the DCGAN family with
kernels of 4 (with 5, the paper's, PyTorch would have to crop); CycleGAN on 64 px, width 32, 6
blocks, batch 1. The images lie in memory as float32. Every contender has the same layers, channels
and number of trainable parameters (asserted), draws its latents anew and makes the same updates;
what only ours does is in `contenders/ours.py`.

Each contender in each configuration runs in a process of its own, one after the other, so that
a slow minute of the machine hits all of them; this is one round. A process first makes `--warm_up`
steps (graphs are traced there), then `--steps` timed ones, each waited for. A round's result is the
median of its steps; the table has the median, least and most of the rounds' results, the peak
resident memory of the worst round, times divided by ours (by our fastest configuration's, and by
ours of the same precision), and the float32 floor that `roofline.py` measures, as a share of each.

TensorFlow leaves oneDNN off by default on CPUs without AVX-512; `ganzoo train` turns it on,
so ours has it on, and the others are run both ways. bfloat16 is oneDNN's rewriting of graphs for
ours (`ganzoo.building.precision`), the policy `mixed_bfloat16` for plain Keras, autocast for
PyTorch. It is left out on CPUs without instructions for it, where it is emulated, 13 times slower,
unless `--emulated`; ours is then plain float32, as `ganzoo train` has it there.
"""

import argparse
import dataclasses
import importlib.util
import statistics

import protocol
from contenders import NAMES, SETTINGS

from ganzoo.building import cpu_has_bfloat16


@dataclasses.dataclass(frozen=True)
class Configuration:
    """A contender, its precision, and whether TensorFlow is told to use oneDNN."""

    contender: str
    precision: str
    onednn: bool

    def __str__(self):
        return f"{self.contender} {self.precision}{' oneDNN' if self.onednn else ''}"


CONFIGURATIONS = [
    Configuration("ours", "float32", True),
    Configuration("ours", "bfloat16", True),
    Configuration("plain_keras", "float32", False),
    Configuration("plain_keras", "float32", True),
    Configuration("plain_keras", "bfloat16", False),
    Configuration("plain_keras", "bfloat16", True),
    # PyTorch does not read the variable.
    Configuration("torch_eager", "float32", False),
    Configuration("torch_eager", "bfloat16", False),
    Configuration("tfgan_losses", "float32", False),
    Configuration("tfgan_losses", "float32", True),
]


def chosen(contenders, emulated):
    """The configurations to run here."""
    if "torch_eager" in contenders and importlib.util.find_spec("torch") is None:
        print("torch_eager is left out: PyTorch is not installed (pip install torch)")
        contenders = [name for name in contenders if name != "torch_eager"]
    precisions = {"float32", "bfloat16"} if cpu_has_bfloat16() or emulated else {"float32"}
    if "bfloat16" not in precisions:
        print("bfloat16 is left out: this CPU has no instructions for it (--emulated runs it)")
    return [
        configuration
        for configuration in CONFIGURATIONS
        if configuration.contender in {"ours", *contenders}
        and configuration.precision in precisions
    ]


def measure(system, configurations, rounds, warm_up, steps):
    """What the processes reported, by configuration: lists with an entry for each round."""
    reports = {configuration: [] for configuration in configurations}
    for _ in range(rounds):
        for configuration, reported in reports.items():
            reported.append(
                protocol.in_fresh_process(
                    "one_contender.py",
                    *("--system", system, "--contender", configuration.contender),
                    *("--precision", configuration.precision),
                    *("--warm_up", warm_up, "--steps", steps),
                    onednn=configuration.onednn,
                )
            )
            time = statistics.median(reported[-1]["milliseconds"])
            print(f"{system:9} {configuration!s:30} {time:9.1f} ms", flush=True)
    return reports


def table(system, reports, roofline):
    """Rows for the CSV file; ours comes first in `reports`; `roofline` is of `roofline.py`.

    Raises:
        AssertionError: if the contenders differ in their numbers of parameters.
    """
    counts = {str(c): reported[0]["parameters"] for c, reported in reports.items()}
    assert len(set(counts.values())) == 1, f"{system}: not the same networks. Received: {counts}"
    rounds = {
        c: [statistics.median(one["milliseconds"]) for one in reported]
        for c, reported in reports.items()
    }
    ours = {c.precision: statistics.median(t) for c, t in rounds.items() if c.contender == "ours"}
    floor = 1e3 * roofline["gflop"] / roofline["peak_gflops"]
    return [
        {
            "system": system,
            "contender": configuration.contender,
            "precision": configuration.precision,
            "onednn": "default" if not configuration.onednn else "on",
            "median_ms": protocol.median(times),
            "least_ms": protocol.median([min(times)]),
            "most_ms": protocol.median([max(times)]),
            "peak_mib": max(one["peak_mib"] for one in reports[configuration]),
            "ratio_to_ours_fastest": f"{statistics.median(times) / min(ours.values()):.2f}",
            "ratio_to_ours_same_precision": (
                f"{statistics.median(times) / ours[configuration.precision]:.2f}"
            ),
            "floor_ms": protocol.median([floor]),
            "floor_share": f"{floor / statistics.median(times):.2f}",
            "gflop": protocol.median([roofline["gflop"]]),
            "peak_gflops": protocol.median([roofline["peak_gflops"]], 3),
            "parameters": counts[str(configuration)],
            "rounds": len(times),
        }
        for configuration, times in rounds.items()
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--systems", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument(
        "--only", nargs="+", choices=NAMES, default=NAMES, help="contenders beside ours"
    )
    parser.add_argument("--rounds", type=int, default=protocol.ROUNDS)
    parser.add_argument("--warm_up", type=int, default=3)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--emulated", action="store_true", help="bfloat16 on any CPU")
    parser.add_argument("--busy", action="store_true", help=protocol.BUSY)
    arguments = parser.parse_args()
    idle = protocol.is_idle(arguments.busy)
    configurations = chosen(arguments.only, arguments.emulated)
    rows = []
    for system in arguments.systems:
        roofline = protocol.in_fresh_process("roofline.py", "--system", system)
        reports = measure(
            system, configurations, arguments.rounds, arguments.warm_up, arguments.steps
        )
        rows += table(system, reports, roofline)
    precisions = "_".join(sorted({c.precision for c in configurations}))
    name = f"training_steps_{'_'.join(arguments.systems)}_{precisions}"
    protocol.write(f"{name}_{arguments.rounds}rounds_{arguments.steps}steps", rows, idle)


if __name__ == "__main__":
    main()
