"""TF-GAN's sound modules, without its package `__init__`, which fails on TensorFlow 2.16 and later.

`import tensorflow_gan` (2.1.0) reaches for `tf.estimator`, which is gone. Its losses, features and
metrics need only the modules below, which import once empty parents stand in their place.
"""

import importlib
import importlib.util
import pathlib
import sys
import types

PARENTS = ("tensorflow_gan", "tensorflow_gan.python")


def module(name):
    """A module below `tensorflow_gan.python`, such as "losses.losses_impl".

    Raises:
        ImportError: if tensorflow-gan is not installed, or has no such module.
    """
    spec = importlib.util.find_spec("tensorflow_gan")
    if spec is None:
        raise ImportError("tensorflow-gan is not installed: pip install tensorflow-gan")
    folder = pathlib.Path(next(iter(spec.submodule_search_locations)))
    for parent in (*PARENTS, *_packages_of(name)):
        if parent not in sys.modules:
            stub = types.ModuleType(parent)
            stub.__path__ = [str(folder.joinpath(*parent.split(".")[1:]))]
            sys.modules[parent] = stub
    return importlib.import_module(f"tensorflow_gan.python.{name}")


def _packages_of(name):
    parts = name.split(".")[:-1]
    return [".".join(("tensorflow_gan.python", *parts[: i + 1])) for i in range(len(parts))]
