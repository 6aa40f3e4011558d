"""Every row of the divergence table against numeric suprema, closed forms and large arguments."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import scipy.stats
import tensorflow as tf
from conftest import pictures, small

import ganzoo
from ganzoo import data
from ganzoo.losses import divergences
from ganzoo.models.fgan import estimate_divergence

# D(N(0,1) || N(1,1)).
CLOSED_FORMS = {
    ("total_variation",): 0.382925,
    ("kl",): 0.5,
    ("reverse_kl",): 0.5,
    ("pearson",): math.e - 1,
    ("neyman",): math.e - 1,
    ("squared_hellinger",): 2 - 2 * math.exp(-1 / 8),
    ("jeffrey",): 1.0,
    ("jensen_shannon",): 0.222843,
    ("weighted_jensen_shannon", 0.3): 0.094910,
    ("gan",): 0.222843 - math.log(4),
    ("alpha", 0.5, 0.5): 0.470012,
    ("alpha", 0.5, 2.0): 0.859141,
    ("alpha", 0.5, -1.0): 0.859141,
    ("alpha", 0.5, 3.0): 3.180923,
}
ROWS = pytest.mark.parametrize("key", CLOSED_FORMS, ids=lambda key: "-".join(map(str, key)))
V = np.linspace(-6, 6, 25)


def f64(x):
    return tf.constant(x, tf.float64)


@ROWS
def test_the_conjugate_is_the_supremum(key):
    row = divergences.get(*key)
    lower, upper = row.domain
    for t in V[np.logical_and(lower < V, upper > V)] if key[0] != "total_variation" else V / 13:
        result = scipy.optimize.minimize_scalar(
            lambda s, t=t: float(row.f(f64(math.exp(s))) - math.exp(s) * t),
            bounds=(-40, 12),
            method="bounded",
            options={"xatol": 1e-9},
        )
        # The bounded search may miss u -> 0, where the supremum of Pearson's and others' lies.
        at_zero = -float(row.f(f64(math.exp(-40))))
        supremum = max(-result.fun, at_zero)
        np.testing.assert_allclose(float(row.conjugate(f64(t))), supremum, atol=1e-6, rtol=1e-6)


@ROWS
def test_the_optimum_attains_the_bound(key):
    row = divergences.get(*key)
    u = f64(np.exp(np.linspace(-3, 3, 20)))
    t = row.optimum(u)
    np.testing.assert_allclose(u * t - row.conjugate(t), row.f(u), atol=1e-6)
    np.testing.assert_allclose(row.optimum(f64(1.0)), row.threshold, atol=1e-12)


@ROWS
def test_the_stable_form_is_the_conjugate_of_the_activation(key):
    row = divergences.get(*key)
    lower, upper = row.domain
    t = row.activation(f64(V)).numpy()
    assert (np.diff(t) > 0).all() and (t > lower).all() and (t < upper).all()
    # Below t = -2 Pearson's quadratic is the bound's, not the supremum.
    keep = t >= -2 if key[0] == "pearson" else np.ones_like(t, bool)
    exact = row.conjugate(f64(t[keep]))
    np.testing.assert_allclose(row.conjugate_of_activation(f64(V[keep])), exact, rtol=1e-6)


@ROWS
def test_the_bound_equals_the_closed_form(key):
    row = divergences.get(*key)
    p, q = scipy.stats.norm(0, 1).pdf, scipy.stats.norm(1, 1).pdf

    def integrand(x):
        t = row.optimum(f64(math.exp(0.5 - x)))  # p/q = e^(1/2 - x)
        return p(x) * float(t) - q(x) * float(row.conjugate(t))

    value = scipy.integrate.quad(integrand, -12, 13, points=[0.5], limit=200)[0]
    np.testing.assert_allclose(value, CLOSED_FORMS[key], atol=1e-5)


@ROWS
def test_no_nan_up_to_ten_thousand_and_no_needless_overflow(key):
    row = divergences.get(*key)
    v = np.concatenate([-np.logspace(4, -3, 200), [0], np.logspace(-3, 4, 200)])
    for function in (row.activation, row.conjugate_of_activation):
        x = tf.constant(v, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        values, gradients = y.numpy(), tape.gradient(y, x).numpy()
        assert not np.isnan(values).any() and not np.isnan(gradients).any()
        with np.errstate(over="ignore"):
            exact = function(f64(np.float32(v))).numpy()
        representable = np.abs(exact) < 3e38
        assert np.isfinite(values[representable]).all()
        np.testing.assert_allclose(
            values[representable], exact[representable], rtol=2e-3, atol=1e-5
        )


@pytest.mark.parametrize("key", [("kl",), ("jensen_shannon",), ("reverse_kl",)])
def test_a_trained_bound_approaches_the_divergence_from_below(key):
    rng = np.random.default_rng(0)
    p, q = rng.normal(0, 1, (40_000, 1)), rng.normal(1, 1, (40_000, 1))
    exact = CLOSED_FORMS[key]
    estimates = [estimate_divergence(p, q, *key, steps=steps) for steps in (20, 1500)]
    assert estimates[0] < estimates[1]
    assert 0.9 * exact < estimates[1] < exact + 0.02  # 0.02: the held-out half's own error


def test_the_estimator_says_what_is_wrong():
    with pytest.raises(ValueError, match=r"`q` must be \(num >= 4, 2\). Received: \(9, 3\)"):
        estimate_divergence(np.zeros((9, 2)), np.zeros((9, 3)))


@pytest.mark.parametrize("objective", ["practical", "bound"])
@pytest.mark.parametrize("divergence", divergences.NAMES)
def test_every_divergence_trains(divergence, objective):
    gan = small("fgan", divergence=divergence, objective=objective)
    gan.fit(data.batches(pictures(16), 8), steps_per_epoch=2, verbose=0, shuffle=False)
    assert all(np.isfinite(v.numpy()).all() for v in gan.variables)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="`divergence` must be one of.*Did you mean 'reverse_kl'"):
        ganzoo.create("fgan", divergence="reverse_lk")
    with pytest.raises(ValueError, match="`objective` must be one of"):
        ganzoo.create("fgan", objective="minimax")
    for alpha in (0, 1, math.nan):
        with pytest.raises(ValueError, match="`alpha` must be .* other than 0 and 1"):
            ganzoo.create("fgan", divergence="alpha", alpha=alpha)
    with pytest.raises(ValueError, match="`pi` must be in"):
        ganzoo.create("fgan", divergence="weighted_jensen_shannon", pi=1.0)
