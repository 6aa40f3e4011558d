"""WGAN clips after every critic update, and LSGAN's targets mean what the paper says."""

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from conftest import pictures, small

import ganzoo
from ganzoo import data
from ganzoo.losses import adversarial


def test_every_critic_weight_is_clipped_after_every_update(monkeypatch):
    gan = small("wgan", clip=0.02, n_critic=5)
    gan.compile(run_eagerly=True)
    largest = []
    after = gan.after_update

    def recorded(name):
        after(name)
        weights = np.concatenate([v.numpy().ravel() for v in gan.variables_of(name)])
        largest.append((name, np.abs(weights).max()))

    monkeypatch.setattr(gan, "after_update", recorded)
    gan.fit(data.batches(pictures(20), 20), steps_per_epoch=2, verbose=0, shuffle=False)
    bounds = [value for name, value in largest if name == "discriminator"]
    assert len(bounds) == 10 and all(value == np.float32(0.02) for value in bounds)
    assert all(value > 0.02 for name, value in largest if name == "generator")


def test_the_estimate_is_the_loss_negated_without_penalties():
    for system in ("wgan", "wgan_gp"):
        gan = small(system)
        batches = data.batches(pictures(20), 20)
        logs = gan.fit(batches, steps_per_epoch=2, verbose=0, shuffle=False).history
        estimate = logs["discriminator/wasserstein_estimate"]
        np.testing.assert_allclose(estimate, -np.array(logs["discriminator/wasserstein"]))


def test_arguments_out_of_range_are_refused():
    with pytest.raises(ValueError, match="`clip` must be above 0. Received: 0"):
        ganzoo.create("wgan", clip=0)
    with pytest.raises(ValueError, match="`n_critic` must be at least 1. Received: 0"):
        ganzoo.create("wgan", n_critic=0)


def test_lsgan_is_pearson_s_divergence_at_minus_one_one_zero():
    # Against the best discriminator for a = -1, b = 1, twice the generator's side, c = 0, with
    # the real images' half added, is chi^2(p + q || 2 q). Mao et al. 2017, section 3.2.
    p, q = scipy.stats.norm(0, 1).pdf, scipy.stats.norm(0.7, 1.2).pdf

    def both(x):
        best = (1 * p(x) - 1 * q(x)) / (p(x) + q(x))
        return (p(x) + q(x)) * best**2

    def pearson(x):
        return (2 * q(x) - (p(x) + q(x))) ** 2 / (p(x) + q(x))

    left, right = (scipy.integrate.quad(f, -12, 12)[0] for f in (both, pearson))
    np.testing.assert_allclose([left, right], 0.2019935, atol=1e-6)
    # The same by our loss, on a fine grid: E_p (D - c)^2 + E_q (D - c)^2.
    x = np.linspace(-12, 12, 200_001)
    best = (p(x) - q(x)) / (p(x) + q(x))
    losses = [adversarial.least_squares_generator_loss(np.float32([d]), 0.0) for d in best[::4000]]
    np.testing.assert_allclose(losses, best[::4000] ** 2 / 2, rtol=1e-5, atol=1e-7)


def test_both_of_lsgan_s_target_triples_train():
    for a, b, c in ((0, 1, 1), (-1, 1, 0)):
        gan = small("lsgan", a=a, b=b, c=c)
        logs = gan.fit(data.batches(pictures(8), 8), steps_per_epoch=2, verbose=0, shuffle=False)
        assert all(np.isfinite(v).all() for v in logs.history.values())
        assert gan.get_config()["a"] == a
