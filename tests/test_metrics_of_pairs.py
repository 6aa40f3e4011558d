"""Scores of codes, reconstructions and translations against plain computations."""

import numpy as np
import pytest
from conftest import pictures

from ganzoo.metrics import inference, translation

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 3, 200)
CENTRES = np.array([[0, 0, 5.0], [4, 0, 5], [0, 4, 5]])
CODES = CENTRES[LABELS] + RNG.normal(size=(200, 3))
TEST = CENTRES[RNG.integers(0, 3, 50)] + RNG.normal(size=(50, 3))


def test_squared_error_is_on_the_scale_of_the_networks():
    images = pictures(4)
    np.testing.assert_array_equal(inference.squared_error(images, images), 0)
    black, white = np.zeros((2, 4, 4, 1), np.uint8), np.full((2, 4, 4, 1), 255, np.uint8)
    np.testing.assert_allclose(inference.squared_error(black, white), 4)
    white[:, :2] = 0
    np.testing.assert_allclose(inference.squared_error(black, white), 2)


def test_the_nearest_code_answers():
    expected = [LABELS[np.linalg.norm(CODES - c, axis=1).argmin()] for c in TEST]
    answers = inference.nearest_neighbour_answers(CODES, LABELS, TEST)
    np.testing.assert_array_equal(answers, expected)


def test_the_linear_classifier_is_the_least_squares_one():
    mean, deviation = CODES.mean(0), CODES.std(0)
    x = np.c_[(CODES - mean) / deviation, np.ones(200)]
    x_test = np.c_[(TEST - mean) / deviation, np.ones(50)]
    weights = np.linalg.lstsq(x, 2 * np.eye(3)[LABELS] - 1, rcond=None)[0]
    answers = inference.linear_answers(CODES, LABELS, TEST, 3, ridge=0.0)
    np.testing.assert_array_equal(answers, (x_test @ weights).argmax(1))
    own = inference.linear_answers(CODES, LABELS, CODES, 3)
    assert (own == LABELS).mean() > 0.85
    assert (inference.linear_answers(CODES, LABELS, CODES[::-1], 3) == own[::-1]).all()


def test_translations_are_compared_with_their_own():
    true = pictures(6, (16, 16, 3))
    np.testing.assert_array_equal(translation.l1(true, true), 0)
    np.testing.assert_allclose(translation.ssim(true, true), 1, atol=1e-5)
    assert translation.retrieved(true, true).all()
    shuffled = true[[1, 0, 2, 3, 4, 5]]
    assert translation.retrieved(shuffled, true).tolist() == [False, False] + [True] * 4
    black = np.zeros_like(true)
    np.testing.assert_allclose(translation.l1(black, true), true.mean((1, 2, 3)) / 255)
    np.testing.assert_allclose(translation.l1(black[:1], black[:1] + 255), 1)
    # Flat images: (2 a b + c1) / (a^2 + b^2 + c1), with c1 = (.01 * 255)^2.
    a, b = np.full((1, 16, 16, 1), 100, np.uint8), np.full((1, 16, 16, 1), 150, np.uint8)
    c1 = 2.55**2
    expected = (2 * 100 * 150 + c1) / (100**2 + 150**2 + c1)
    np.testing.assert_allclose(translation.ssim(a, b), expected, rtol=1e-4)


def test_bad_pairs_are_refused():
    with pytest.raises(ValueError, match="must have one shape. Received"):
        translation.l1(pictures(3), pictures(4))
    with pytest.raises(ValueError, match="`true` must be uint8"):
        translation.retrieved(pictures(3), pictures(3) / 255)
    with pytest.raises(ValueError, match="`translated` must be 11 px or larger"):
        translation.ssim(pictures(3), pictures(3))
    with pytest.raises(ValueError, match="`labels` must be in 0..1. Received: 0..2"):
        inference.linear_answers(CODES, LABELS, TEST, 2)
