"""Randomness is a function of seed, step, place and row; priors have the stated laws."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from ganzoo.draws import Draws, key
from ganzoo.models import priors


def draw(seed=1, step=2, place=("critic", 0), skip=0):
    draws = Draws(seed, step)
    with draws.at(*place):
        for _ in range(skip):
            draws.uniform([4])
        return draws.uniform([4]).numpy()


def test_a_draw_depends_on_all_of_its_key_and_nothing_else():
    assert np.array_equal(draw(), draw())
    assert np.array_equal(draw(step=tf.constant(2, tf.int64)), draw())
    others = [draw(seed=2), draw(step=3), draw(place=("critic", 1)), draw(place=("g", 0))]
    others.append(draw(skip=1))
    everything = np.concatenate([draw(), *others])
    assert len(np.unique(everything)) == len(everything)


def test_fewer_latents_are_the_first_of_more():
    prior = priors.Normal()
    seed = key(1, "sample")
    assert np.array_equal(prior.draw([64, 5], seed)[:10], prior.draw([10, 5], seed))


@pytest.mark.parametrize(
    ("prior", "truncation", "law"),
    [
        (priors.Normal(), None, scipy.stats.norm()),
        (priors.Normal(), 0.7, scipy.stats.truncnorm(-0.7, 0.7)),
        (priors.Uniform(), None, scipy.stats.uniform(-1, 2)),
        (priors.Uniform(), 0.5, scipy.stats.uniform(-0.5, 1)),
    ],
)
def test_priors_have_the_stated_laws(prior, truncation, law):
    values = prior.draw([200, 50], key(0), truncation).numpy().ravel()
    assert scipy.stats.kstest(values, law.cdf).pvalue > 1e-3


def test_normal_path_keeps_the_norm_and_meets_both_ends():
    prior = priors.Normal()
    start = tf.constant([[3.0, 0, 0]])
    end = tf.constant([[0, 3.0, 0]])
    np.testing.assert_allclose(prior.path(start, end, 0.0), start, atol=1e-6)
    np.testing.assert_allclose(prior.path(start, end, 1.0), end, atol=1e-6)
    np.testing.assert_allclose(prior.path(start, end, 0.5), [[4.5**0.5, 4.5**0.5, 0]], atol=1e-5)
    np.testing.assert_allclose(prior.path(start, start, 0.5), start, atol=1e-6)
