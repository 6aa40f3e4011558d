"""TF-GAN's sound modules, without its package `__init__`, which fails on TensorFlow 2.16 and later.

`import tensorflow_gan` (2.1.0) reaches for `tf.estimator`, which is gone. Its losses, features and
metrics need only the modules below, which import once empty parents stand in their place.
"""

import functools
import importlib
import importlib.machinery
import pathlib
import sys
import types


def module(name):
    """A module below `tensorflow_gan.python`, such as "losses.losses_impl".

    Raises:
        ImportError: if tensorflow-gan is not installed, or has no such module.
    """
    for package in ("tensorflow_gan", "tensorflow_gan.python", *_packages_of(name)):
        if package not in sys.modules:
            stub = types.ModuleType(package)
            stub.__path__ = [str(_folder().joinpath(*package.split(".")[1:]))]
            sys.modules[package] = stub
    return importlib.import_module(f"tensorflow_gan.python.{name}")


def _packages_of(name):
    parts = name.split(".")[:-1]
    return [".".join(("tensorflow_gan.python", *parts[: i + 1])) for i in range(len(parts))]


@functools.cache
def _folder():
    spec = importlib.machinery.PathFinder.find_spec("tensorflow_gan")
    if spec is None:
        raise ImportError("tensorflow-gan is not installed: pip install tensorflow-gan")
    return pathlib.Path(next(iter(spec.submodule_search_locations)))
