"""Shared fixtures: two virtual devices, small models of every system, a folder of pictures."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
if "PYTEST_XDIST_WORKER" in os.environ:  # several processes, each with threads for all cores
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as `ganzoo train` does, here and in children

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import data, imaging, pretrained, registry
from ganzoo.models.sampling import Sampling
from ganzoo.models.translation import DirectedTranslation

registry.import_systems()
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)

SMALL = {
    "image_shape": (8, 8, 3),
    "latent_size": 5,
    "width": 4,
    "kernel_size": 4,
    "blocks": 1,
    "n_critic": 2,
    "n_dis": 2,
    "pool_size": 3,
}


def shipped(costly=False):
    """Parameters for tests of all models that ship; if `costly`, of one model of each system in
    CI, and of the others where slow tests are run."""
    seen, parameters = set(), []
    for name in pretrained.list_models():
        system = pretrained.read(name, pretrained.RECIPE)["system"]
        slow = [pytest.mark.slow] if costly and system in seen else []
        parameters.append(pytest.param(name, marks=slow))
        seen.add(system)
    return parameters


def small(system, seed=1, **arguments):
    """A compiled model with small networks, from weights that are always the same."""
    keras.utils.set_random_seed(seed)
    cls = registry.get(system)
    known = cls.arguments()
    gan = cls.create(**({k: v for k, v in SMALL.items() if k in known} | arguments))
    gan.compile()
    return gan


def small_sgd(system, seed=1):
    """A small model to compare on one and two replicas: not by Adam, blind to a wrong scale.

    At 8 px, instance normalisation of 2x2 maps blows rounding errors up, on one replica as on two:
    five steps of CycleGAN make 1e-3 of 1e-7. At 16 px, twenty make 5e-4 in the pools at a rate of
    1e-5, and 4e-7 at 1e-6.
    """
    gan = small(system, seed, image_shape=(16, 16, 3))
    rate = 1e-6 if system == "cyclegan" else 1e-4
    gan.compile({p: keras.optimizers.SGD(rate) for p in gan.players})
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


def batches_for(gan, num=64, rows=4, **arguments):
    """Batches of pictures of the kind that a system wants, `rows` for each of its minibatches."""
    size = rows * gan.batches_per_step
    images = pictures(num, gan.image_shape)
    if gan.data == "images":
        return data.batches(images, size, **arguments)
    if gan.data == "unpaired":
        return data.unpaired(images, pictures(num - 7, gan.image_shape, 1), size, **arguments)
    labels = np.arange(num) % len(gan.domains.names)
    return data.batches(images, size, labels=labels, **arguments)


def served(gan, num=3):
    """What a user gets of a model, repeatably: samples, or translations every way."""
    if isinstance(gan, Sampling):
        return [gan.sample(num, seed=2)]
    if isinstance(gan, DirectedTranslation):
        return [gan.translate(pictures(num), direction) for direction in ("xy", "yx")]
    return [gan.translate(pictures(num), domain) for domain in gan.domains.names]


@pytest.fixture(params=sorted(registry.SYSTEMS))
def system(request):
    """Each registered name in turn."""
    return request.param


@pytest.fixture(params=sorted(n for n, c in registry.SYSTEMS.items() if issubclass(c, Sampling)))
def sampler(request):
    """The name of each system that makes images from latents."""
    return request.param


@pytest.fixture(
    params=sorted(n for n, c in registry.SYSTEMS.items() if not issubclass(c, Sampling))
)
def translator(request):
    """The name of each system that makes images from images."""
    return request.param


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A folder that all test processes share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "exports"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def exported(shared):
    """Name of a pretrained model to the folder of its export, made once."""
    import filelock

    from ganzoo import export, pretrained

    def folder(name):
        with filelock.FileLock(shared / "lock"):
            if not (shared / name).exists():
                export.export(pretrained.load(name), name, shared)
        return shared / name / "1"

    return folder


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
