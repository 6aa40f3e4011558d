"""Spectral normalisation is the paper's, and SN-GAN uses it so."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import pictures, small

import ganzoo
from ganzoo import data
from ganzoo.layers import SpectralNormalization
from ganzoo.networks import sngan as networks

LAYERS = [
    (lambda: keras.layers.Dense(5), (2, 7)),
    (lambda: keras.layers.Conv2D(5, 3, 2), (2, 8, 8, 3)),
    (lambda: keras.layers.Conv2DTranspose(5, 4, 2), (2, 8, 8, 3)),
]


def wrapped(make, shape):
    layer = SpectralNormalization(make())
    network = keras.Sequential([keras.Input(shape[1:]), layer])
    return layer, network


def matrix_of(layer):
    """The kernel as (d_out, everything else): Conv2DTranspose keeps d_out second to last."""
    axis = -2 if isinstance(layer.layer, keras.layers.Conv2DTranspose) else -1
    kernel = np.moveaxis(layer.layer.kernel.numpy(), axis, 0)
    return kernel.reshape(len(kernel), -1)


def spectral_layers(gan):
    return [x for x in gan.discriminator.layers if isinstance(x, SpectralNormalization)]


@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_sigma_converges_to_the_largest_singular_value(make, shape):
    layer, _ = wrapped(make, shape)
    for _ in range(500):
        layer.iterate()
    exact = np.linalg.svd(matrix_of(layer), compute_uv=False)[0]
    np.testing.assert_allclose(layer.sigma(), exact, rtol=1e-4)


@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_the_gradient_flows_through_sigma(make, shape):
    # The output does not depend on the kernel's scale, so the gradient is at right angles to it.
    layer, network = wrapped(make, shape)
    for _ in range(100):
        layer.iterate()
    inputs = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(network(inputs) ** 2)
    gradient = tape.gradient(loss, layer.layer.kernel.value)
    kernel = layer.layer.kernel.numpy()
    along = np.sum(gradient * kernel) / np.linalg.norm(gradient) / np.linalg.norm(kernel)
    assert abs(along) < 1e-4 and np.abs(gradient).max() > 0
    before = network(inputs).numpy()
    layer.layer.kernel.assign(3 * kernel)
    np.testing.assert_allclose(network(inputs), before, rtol=1e-4, atol=1e-5)


def test_the_raw_kernel_is_the_only_trainable_one_and_calls_leave_everything():
    layer, network = wrapped(*LAYERS[1])
    assert [v.name for v in layer.trainable_variables] == ["kernel", "bias"]
    before = [v.numpy() for v in layer.variables]
    for training in (True, False, True):
        network(np.ones((2, 8, 8, 3), np.float32), training=training)
    assert all(np.array_equal(a, v) for a, v in zip(before, layer.variables, strict=True))


def test_sigma_is_float32_under_mixed_precision():
    layer = SpectralNormalization(
        keras.layers.Dense(5, dtype="mixed_bfloat16"), dtype="mixed_bfloat16"
    )
    outputs = layer(np.ones((2, 7), np.float32))
    assert outputs.dtype == tf.bfloat16
    assert layer.sigma().dtype == tf.float32 and layer.u.dtype == "float32"


def test_u_moves_once_for_each_update_of_its_owner_only(monkeypatch):
    gan = small("sngan", n_dis=1)
    gan.compile(run_eagerly=True)
    calls = []
    iterate = SpectralNormalization.iterate
    monkeypatch.setattr(
        SpectralNormalization, "iterate", lambda self: (calls.append(self), iterate(self))
    )
    gan.fit(data.batches(pictures(8), 8), steps_per_epoch=1, verbose=0, shuffle=False)
    # The discriminator was called three times: real, fake, and in the generator's turn.
    assert len(calls) == len(spectral_layers(gan)) == len(set(calls))


@pytest.mark.parametrize("family", networks.FAMILIES)
def test_normalised_kernels_have_norm_one_once_trained(family):
    gan = small("sngan", family=family)
    gan.fit(data.batches(pictures(64), 20), steps_per_epoch=40, verbose=0, shuffle=False)
    for layer in spectral_layers(gan):
        largest = np.linalg.svd(matrix_of(layer), compute_uv=False)[0] / layer.sigma()
        assert 0.95 <= largest <= 1.05, layer.path


def test_the_resnets_are_the_paper_s():
    generator = networks.resnet_generator((32, 32, 3), 128)
    trainable = sum(int(np.prod(v.shape)) for v in generator.trainable_variables)
    assert trainable == 4_276_739  # table 4a, summed by hand
    discriminator = networks.resnet_discriminator((32, 32, 3))
    trainable = sum(int(np.prod(v.shape)) for v in discriminator.trainable_variables)
    first, second, plain = 3_584 + 147_584 + 512, 2 * 147_584 + 16_512, 2 * 147_584
    assert trainable == first + second + 2 * plain + 129


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("family", networks.FAMILIES)
def test_networks_make_every_size(size, family):
    gan = ganzoo.create("sngan", image_shape=(size, size, 1), width=4, family=family)
    assert gan.sample(2).shape == (2, size, size, 1)
    assert gan.score(gan.sample(2)).shape == (2,)


def test_an_unknown_family_is_refused():
    with pytest.raises(ValueError, match="`family` must be one of .*'resnet'.*Received: 'vgg'"):
        ganzoo.create("sngan", family="vgg")
