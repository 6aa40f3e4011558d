"""Images a second from the input pipeline alone, and what the training steps eat.

    python benchmarks/input_pipeline.py

Protocol: `ganzoo.data.batches` over 50,000 random uint8 images of CIFAR-10's shape in memory,
shuffled, flipped left to right at random, in float32 batches as large as a training step's (64 for
DCGAN and SN-GAN, 320 for WGAN-GP). Of `--batches` batches after 20 to warm up, the whole time. The
training steps are ours as `training_steps.py` times them (four, after two), in float32 and, where
the CPU has instructions for it, bfloat16; the faster counts. Every measurement in a process of its
own, in turn, `--rounds` times; medians. The pipeline alone has all cores, which in training it
shares.
"""

import argparse
import itertools
import statistics
import time

import protocol
from contenders import SETTINGS

SYSTEMS = ("dcgan", "sngan", "wgan_gp")
IMAGES = 50_000
WARM_UP = 20


def rows_of(system):
    """Images of one training step."""
    return SETTINGS[system].batch_size * SETTINGS[system].discriminator_updates


def pipeline(rows, batches):
    """Reports the images a second of the pipeline alone."""
    import numpy as np

    from ganzoo import data

    images = np.random.default_rng(0).integers(0, 256, (IMAGES, 32, 32, 3), np.uint8)
    iterator = iter(data.batches(images, rows, augment=[data.random_flip]))
    for _ in itertools.islice(iterator, WARM_UP):
        pass
    began = time.perf_counter()
    for _ in itertools.islice(iterator, batches):
        pass
    protocol.report(images_per_s=rows * batches / (time.perf_counter() - began))


def training(system, precision):
    """The images a second of our training step."""
    one = protocol.in_fresh_process(
        "one_contender.py",
        *("--system", system, "--contender", "ours", "--precision", precision),
        *("--warm_up", 2, "--steps", 4),
    )
    return 1e3 * rows_of(system) / statistics.median(one["milliseconds"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=protocol.ROUNDS)
    parser.add_argument("--batches", type=int, default=500)
    parser.add_argument("--rows", type=int, help="time batches of so many images here and report")
    parser.add_argument("--busy", action="store_true", help=protocol.BUSY)
    arguments = parser.parse_args()
    if arguments.rows:
        pipeline(arguments.rows, arguments.batches)
        return
    from ganzoo.building import cpu_has_bfloat16

    idle = protocol.is_idle(arguments.busy)
    precisions = ("float32", "bfloat16") if cpu_has_bfloat16() else ("float32",)
    made = {system: [] for system in SYSTEMS}
    eaten = {(system, precision): [] for system in SYSTEMS for precision in precisions}
    for _ in range(arguments.rounds):
        for system in SYSTEMS:
            options = "--rows", rows_of(system), "--batches", arguments.batches
            one = protocol.in_fresh_process("input_pipeline.py", *options)
            made[system].append(one["images_per_s"])
            print(f"{system:8} pipeline {made[system][-1]:10.0f} images/s", flush=True)
            for precision in precisions:
                eaten[system, precision].append(training(system, precision))
                speed = eaten[system, precision][-1]
                print(f"{system:8} {precision} {speed:10.0f} images/s", flush=True)
    rows = []
    for system in SYSTEMS:
        alone = statistics.median(made[system])
        speeds = {p: statistics.median(eaten[system, p]) for p in precisions}
        fastest = max(speeds, key=speeds.get)
        rows.append(
            {
                "system": system,
                "images_per_step": rows_of(system),
                "pipeline_images_per_s": round(alone),
                "training_images_per_s": round(speeds[fastest]),
                "training_precision": fastest,
                "ratio": f"{alone / speeds[fastest]:.1f}",
                "rounds": arguments.rounds,
            }
        )
    name = f"input_pipeline_cifar10shape_flip_{arguments.rounds}rounds"
    protocol.write(f"{name}_{arguments.batches}batches", rows, idle)


if __name__ == "__main__":
    main()
