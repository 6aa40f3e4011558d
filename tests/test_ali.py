"""ALI matches the joint laws, on the paper's 25 Gaussians."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.draws import key
from ganzoo.layers import BatchNormalization
from ganzoo.metrics import nearest_modes
from ganzoo.models import ALI
from ganzoo.models.optimizers import ConstantThenLinear

SCALE = 2.828  # the grid's deviation is 2.83
CENTRES = np.array([(x, y) for x in range(-4, 5, 2) for y in range(-4, 5, 2)]) / SCALE
STEPS = 24_000


def mlp(inputs, outputs, hidden, normalized=True, **last):
    """`hidden` layers of 128 with ReLU; `inputs` is a list of lengths."""
    ins = [keras.Input((n,)) for n in inputs]
    x = keras.layers.Concatenate()(ins) if len(ins) > 1 else ins[0]
    for _ in range(hidden):
        x = keras.layers.Dense(128, use_bias=not normalized)(x)
        x = keras.layers.ReLU()(BatchNormalization()(x) if normalized else x)
    return keras.Model(ins if len(ins) > 1 else ins[0], keras.layers.Dense(outputs, **last)(x))


def points(step, num=256):
    """Samples of 25 Gaussians on {-4, -2, 0, 2, 4}^2 with deviation .05, scaled."""
    seed = key(0, step, "data")
    cells = tf.random.stateless_uniform([num, 2], seed, 0, 5, tf.int32)
    noise = tf.random.stateless_normal([num, 2], tf.random.fold_in(seed, 1))
    return (tf.cast(2 * cells - 4, tf.float32) + 0.05 * noise) / SCALE


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_encoder_s_marginal_is_the_prior_on_25_gaussians(seed):
    # Networks smaller than the paper's (which has 2 and 4 layers of 400, maxout in D, 200,000
    # updates), at its rate of 1e-4 for the generator's player.
    keras.utils.set_random_seed(seed)
    small = {"kernel_initializer": keras.initializers.RandomNormal(0.0, 0.02)}
    gan = ALI(
        generator=mlp([2], 2, 3),
        encoder=mlp([2], 4, 2, **small),
        discriminator=mlp([2, 2], 1, 2, normalized=False),
        seed=seed,
        average_decay=0.999,
    )
    rates = {"discriminator": 2e-4, "generator": 1e-4}
    gan.compile(
        {
            player: keras.optimizers.Adam(
                ConstantThenLinear(rate, STEPS // 2, STEPS), 0.5, 0.999, epsilon=1e-8
            )
            for player, rate in rates.items()
        },
        steps_per_execution=100,
    )
    dataset = tf.data.Dataset.range(10**9).map(points)
    gan.fit(dataset, steps_per_epoch=STEPS, verbose=0, shuffle=False)

    x = points(tf.constant(-1, tf.int64), 20_000)
    mean, log_scale = np.split(gan.averages["encoder"](x).numpy(), 2, -1)
    z = mean + np.exp(log_scale) * np.random.default_rng(0).normal(size=mean.shape)
    np.testing.assert_allclose(z.mean(0), 0, atol=0.15)
    np.testing.assert_allclose(z.var(0), 1, atol=0.15)
    # Most reconstructions fall into the point's own cell of the grid (1 of 25 by chance; .80 to
    # 1.00 in six runs).
    cells, _ = nearest_modes(gan.averages["generator"](mean).numpy(), CENTRES, 0.05 / SCALE)
    mine, _ = nearest_modes(x.numpy(), CENTRES, 0.05 / SCALE)
    assert (cells == mine).mean() > 0.5
