"""Sampling: seeds, truncation, interpolation, scores, and one clear error for bad input."""

import numpy as np
import pytest
from conftest import pictures, small


@pytest.fixture(scope="module")
def gan():
    return small("wgan_gp")


def test_seeds_repeat_and_differ(gan):
    assert np.array_equal(gan.sample(5, seed=7), gan.sample(5, seed=7))
    assert not np.array_equal(gan.sample(5, seed=7), gan.sample(5, seed=8))
    assert not np.array_equal(gan.sample(5), gan.sample(5))
    assert np.array_equal(gan.sample(9, seed=7)[:5], gan.sample(5, seed=7))


def test_truncation_bounds_the_latents(gan):
    assert np.abs(gan.sample_latents(100, seed=1, truncation=0.7)).max() <= 0.7
    assert np.abs(gan.sample_latents(100, seed=1)).max() > 2
    assert gan.sample(3, truncation=0.7).shape == (3, 8, 8, 3)


def test_raw_weights_can_sample_too(gan):
    twin = small("wgan_gp")
    twin.generator.weights[0].assign(twin.generator.weights[0] * 2)
    assert np.array_equal(twin.sample(2, seed=1), gan.sample(2, seed=1))
    raw = twin.sample(2, seed=1, moving_average=False)
    assert not np.array_equal(raw, gan.sample(2, seed=1))


def test_interpolation_begins_and_ends_at_its_ends(gan):
    start, end = gan.sample_latents(3, seed=1), gan.sample_latents(3, seed=2)
    images = gan.interpolate(start, end, steps=5)
    assert images.shape == (3, 5, 8, 8, 3) and images.dtype == np.uint8
    assert np.abs(images[:, 0].astype(int) - gan.sample(3, seed=1)).max() <= 1
    assert np.abs(images[:, -1].astype(int) - gan.sample(3, seed=2)).max() <= 1


def test_scores_of_uint8_and_float_images_agree(gan):
    images = pictures(4)
    floats = images.astype(np.float32) / 127.5 - 1
    np.testing.assert_allclose(gan.score(images), gan.score(floats), rtol=1e-5)
    expected = gan.discriminator(floats).numpy().ravel()
    np.testing.assert_allclose(gan.score(images), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (pictures(4, (8, 8, 1)), r"shape \(batch, 8, 8, 3\). Received: \(.*, 8, 8, 1\)"),
        (pictures(4, (16, 16, 3)), r"shape \(batch, 8, 8, 3\). Received: \(.*, 16, 16, 3\)"),
        (pictures(4).astype(np.int32), "uint8 or float. Received: int32"),
    ],
)
def test_images_that_cannot_be_trained_on_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        small("dcgan").fit(images, batch_size=4, verbose=0)


def test_uint8_images_train_as_floats_do():
    images = pictures(4)
    gans = small("dcgan"), small("dcgan")
    gans[0].fit(images, batch_size=4, shuffle=False, verbose=0)
    gans[1].fit(images / np.float32(127.5) - 1, batch_size=4, shuffle=False, verbose=0)
    assert np.array_equal(gans[0].sample(4, seed=1), gans[1].sample(4, seed=1))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: g.sample(0), "`num` must be at least 1. Received: 0"),
        (lambda g: g.sample(-1), "`num` must be at least 1. Received: -1"),
        (lambda g: g.sample("x"), "`num` must be an integer. Received: 'x'"),
        (lambda g: g.sample(2.0), "`num` must be an integer. Received: 2.0"),
        (lambda g: g.sample(2, seed="a"), "`seed` must be an integer. Received: 'a'"),
        (lambda g: g.sample(2, truncation=0), "`truncation` must be .* above 0. Received: 0"),
        (lambda g: g.sample(2, truncation=-1.0), "`truncation` must be .* Received: -1.0"),
        (lambda g: g.sample(2, truncation=float("nan")), "`truncation` must be .* Received: nan"),
        (lambda g: g.generate(np.zeros((2, 4))), r"\(num, 5\). Received: \(2, 4\)"),
        (lambda g: g.interpolate(np.zeros((2, 5)), np.zeros((2, 5)), steps=1), "`steps` must"),
        (lambda g: g.interpolate(np.zeros((2, 5)), np.zeros((3, 5))), "as many.* 2 and 3"),
        (lambda g: g.score(pictures(2, (8, 8, 1))), r"8, 8, 3\).*Received: \(2, 8, 8, 1\)"),
        (lambda g: g.score(pictures(2)[0]), r"must have shape.*Received: \(8, 8, 3\)"),
        (lambda g: g.score(pictures(2).astype(np.int32)), "uint8 or float. Received: int32"),
        (lambda g: g.score(pictures(2).astype(np.float32)), r"in \[-1, 1\]. Received: values"),
        (lambda g: g.score(np.full((1, 8, 8, 3), np.nan)), r"in \[-1, 1\]. Received"),
    ],
)
def test_bad_input_gets_one_clear_error(gan, call, message):
    with pytest.raises(ValueError, match=message):
        call(gan)
