"""Shared fixtures: two virtual devices, small models of every system, a folder of pictures."""

import inspect
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import imaging, registry

registry.import_systems()
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)

SMALL = {"image_shape": (8, 8, 3), "latent_size": 5, "width": 4, "kernel_size": 4}


def small(system, **arguments):
    """A compiled model with small networks, from weights that are always the same."""
    keras.utils.set_random_seed(1)
    cls = registry.get(system)
    sizes = inspect.signature(cls.default_networks).parameters
    gan = cls.create(**{k: v for k, v in SMALL.items() if k in sizes}, **arguments)
    gan.compile()
    return gan


def pictures(num, image_shape=SMALL["image_shape"], seed=0):
    """Uint8 images: a bright square at a random place on a dark ground."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 60, (num, *image_shape)).astype(np.uint8)
    for image in images:
        top, left = rng.integers(0, image_shape[0] // 2, 2)
        side = image_shape[0] // 2
        image[top : top + side, left : left + side] = rng.integers(150, 256, image_shape[-1])
    return images


@pytest.fixture(params=sorted(registry.SYSTEMS))
def system(request):
    """Each registered name in turn."""
    return request.param


@pytest.fixture
def picture_folder(tmp_path):
    """A folder of 100 PNG files, 8x8 pixels."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for i, image in enumerate(pictures(100)):
        (folder / f"{i:03d}.png").write_bytes(imaging.png(image))
    return folder


def values(variables):
    return [v.numpy() for v in variables]


def same(left, right):
    """Whether two lists of arrays are equal, bit for bit."""
    return len(left) == len(right) and all(
        np.array_equal(a, b) for a, b in zip(left, right, strict=True)
    )
