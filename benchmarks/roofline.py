"""How much arithmetic our training step is, and how fast this machine could do it at best.

    python benchmarks/roofline.py --system wgan_gp

Reports `gflop`, the floating-point operations of one training step's graph as TensorFlow's profiler
counts them (a multiply-add is two; convolutions, matrix products and their gradients are more than
0.99 of them), and `peak_gflops`, the most of them a second over 20 runs each of a 3x3 convolution
(64 maps of 16x16, 256 to 256 channels) and of a matrix product (2048x2048), float32, on oneDNN.
Their quotient is the time below which no training step can come here; `training_steps.py` calls it
the floor.
"""

import argparse
import contextlib
import io
import time

import protocol
import tensorflow as tf
from contenders import SETTINGS, random_batch
from tensorflow.python.profiler import model_analyzer, option_builder

import ganzoo

RUNS = 20


def gflop(setting):
    """Of one training step, in 1e9 operations."""
    gan = ganzoo.create(setting.system, **setting.arguments)
    gan.build_optimizers()
    graph = tf.function(gan.train_step).get_concrete_function(random_batch(setting)).graph
    builder = option_builder.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    with contextlib.redirect_stdout(io.StringIO()):
        return model_analyzer.profile(graph, options=options).total_float_ops / 1e9


def peak_gflops():
    """1e9 operations a second of the faster of two large operations, at its best."""
    maps, kernel = tf.random.normal((64, 16, 16, 256)), tf.random.normal((3, 3, 256, 256))
    matrix = tf.random.normal((2048, 2048))
    convolution = tf.function(lambda: tf.reduce_sum(tf.nn.conv2d(maps + 0, kernel, 1, "SAME")))
    product = tf.function(lambda: tf.reduce_sum(tf.matmul(matrix + 0, matrix)))
    return max(
        2 * 64 * 16 * 16 * 9 * 256 * 256 / 1e9 / best_seconds(convolution),
        2 * 2048**3 / 1e9 / best_seconds(product),
    )


def best_seconds(function):
    function()
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        function().numpy()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--system", choices=SETTINGS, required=True)
    arguments = parser.parse_args()
    protocol.report(gflop=gflop(SETTINGS[arguments.system]), peak_gflops=peak_gflops())


if __name__ == "__main__":
    main()
