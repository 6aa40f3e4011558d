"""Sampling 10,000 images, and the time to the first 64 after a cold start.

    python benchmarks/sampling.py

Protocol: the pretrained `wgan_gp_cifar10`, its moving average, float32. Each measurement runs in a
process of its own, in turn, `--rounds` times; medians.

* `sample`: `gan.sample(10_000)`, from a seed to uint8 pixels in memory.
* `bare_loop`: the same generator in a `tf.function` that makes uint8 pixels, called in batches of
  256 with latents drawn by `tf.random.normal`, the parts joined at the end.
  Both have traced their graphs before the clock starts. Peak resident memory is the process's.
* `cold_start`: after `import tensorflow` in a fresh process, seconds of `import ganzoo`, `load` and
  `sample(64)`, tracing included. Beside the sum, each of the four.
"""

import argparse
import time

import protocol

MODEL = "wgan_gp_cifar10"
BATCH_SIZE = 256
PHASES = ("import_tensorflow_s", "import_ganzoo_s", "load_s", "first_sample_s")


def sample(num):
    import ganzoo

    gan = ganzoo.load(MODEL)
    gan.sample(BATCH_SIZE, seed=0)
    began = time.perf_counter()
    images = gan.sample(num, seed=0)
    protocol.report(seconds=time.perf_counter() - began, images=len(images))


def bare_loop(num):
    import numpy as np
    import tensorflow as tf

    import ganzoo

    gan = ganzoo.load(MODEL)
    generator, latent_size = gan.averages["generator"], gan.latent_size

    @tf.function(input_signature=[tf.TensorSpec((None, latent_size), tf.float32)])
    def pixels(latents):
        images = generator(latents, training=False)
        return tf.cast(tf.round((tf.clip_by_value(images, -1.0, 1.0) + 1) * 127.5), tf.uint8)

    pixels(tf.random.normal((BATCH_SIZE, latent_size)))
    began = time.perf_counter()
    parts = []
    for start in range(0, num, BATCH_SIZE):
        rows = min(BATCH_SIZE, num - start)
        parts.append(pixels(tf.random.normal((rows, latent_size))).numpy())
    images = np.concatenate(parts)
    protocol.report(seconds=time.perf_counter() - began, images=len(images))


def cold_start(num):
    clock = [time.perf_counter()]
    import tensorflow  # noqa: F401

    clock.append(time.perf_counter())
    import ganzoo

    clock.append(time.perf_counter())
    gan = ganzoo.load(MODEL)
    clock.append(time.perf_counter())
    images = gan.sample(num, seed=0)
    clock.append(time.perf_counter())
    phases = {phase: clock[i + 1] - clock[i] for i, phase in enumerate(PHASES)}
    protocol.report(seconds=clock[-1] - clock[1], images=len(images), **phases)


PARTS = {"sample": sample, "bare_loop": bare_loop, "cold_start": cold_start}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=protocol.ROUNDS)
    parser.add_argument("--num", type=int, default=10_000, help="images of a large request")
    parser.add_argument("--part", choices=PARTS, help="run this one here and report")
    parser.add_argument("--busy", action="store_true", help=protocol.BUSY)
    arguments = parser.parse_args()
    if arguments.part:
        PARTS[arguments.part](arguments.num)
        return
    idle = protocol.is_idle(arguments.busy)
    sizes = {"sample": arguments.num, "bare_loop": arguments.num, "cold_start": 64}
    reports = {part: [] for part in PARTS}
    for _ in range(arguments.rounds):
        for part, reported in reports.items():
            one = protocol.in_fresh_process("sampling.py", "--part", part, "--num", sizes[part])
            assert one["images"] == sizes[part]
            reported.append(one)
            print(f"{part:10} {one}", flush=True)
    ours = protocol.median([one["seconds"] for one in reports["sample"]])
    rows = []
    for part, reported in reports.items():
        seconds = protocol.median([one["seconds"] for one in reported])
        phases = {p: [one[p] for one in reported if p in one] for p in PHASES}
        rows.append(
            {
                "part": part,
                "images": sizes[part],
                "median_s": seconds,
                "ratio_to_sample": f"{seconds / ours:.2f}" if part != "cold_start" else "",
                **{p: protocol.median(found) if found else "" for p, found in phases.items()},
                "peak_mib": max(one["peak_mib"] for one in reported),
                "rounds": len(reported),
            }
        )
    protocol.write(f"sampling_{MODEL}_{arguments.num}_{arguments.rounds}rounds", rows, idle)


if __name__ == "__main__":
    main()
