"""Frechet distance of 10,000 against 10,000 vectors of 2,048 features: ours, TF-GAN's, scipy's.

    python benchmarks/frechet.py

Protocol: one process, activations float32 from correlated normal laws (seed 0), each contender
from activations to the distance, the three in turn, `--repeats` times; medians and ratios to ours.
"""

import argparse
import csv
import os
import pathlib
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import scipy.linalg
import tensorflow as tf

from ganzoo import tfgan
from ganzoo.metrics import frechet_distance


def activations(num, size):
    """Two sets with eigenvalues that fall as those of Inception's features do."""
    rng = np.random.default_rng(0)
    scales = 1 / np.arange(1, size + 1) ** 0.5
    basis = np.linalg.qr(rng.normal(size=(size, size)))[0]
    return [
        ((rng.normal(size=(num, size)) * scales * factor) @ basis + shift).astype(np.float32)
        for factor, shift in ((1.0, 0.0), (1.1, 0.01))
    ]


def by_scipy(x, y):
    """As pytorch-fid and its ancestors do it."""
    (m1, c1), (m2, c2) = ((v.mean(0), np.cov(v, rowvar=False)) for v in (x, y))
    root = scipy.linalg.sqrtm(c1 @ c2)
    return float(((m1 - m2) ** 2).sum() + np.trace(c1 + c2 - 2 * np.real(root)))


def by_tfgan(x, y):
    function = tfgan.module("eval.classifier_metrics").frechet_classifier_distance_from_activations
    return float(function(tf.constant(x), tf.constant(y)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--num", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=2048)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    x, y = activations(arguments.num, arguments.size)
    contenders = {"ganzoo": frechet_distance, "scipy": by_scipy, "tf_gan": by_tfgan}
    seconds = {name: [] for name in contenders}
    for _ in range(arguments.repeats):
        for name, function in contenders.items():
            began = time.perf_counter()
            value = function(x, y)
            seconds[name].append(time.perf_counter() - began)
            print(f"{name:8} {seconds[name][-1]:8.2f} s  {value:.6f}", flush=True)
    ours = statistics.median(seconds["ganzoo"])
    name = f"frechet_{arguments.num}x{arguments.size}_{os.cpu_count()}cores.csv"
    out = pathlib.Path(__file__).parent / "results" / name
    out.parent.mkdir(exist_ok=True)
    with open(out, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["contender", "median_s", "ratio_to_ganzoo", "repeats"])
        for name, times in seconds.items():
            median = statistics.median(times)
            rows.writerow([name, f"{median:.2f}", f"{median / ours:.2f}", len(times)])
    print(out.read_text())


if __name__ == "__main__":
    main()
