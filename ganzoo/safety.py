"""What a pretrained folder may hold: checked before anything of it is used.

A folder is data. Loading it runs no code of its own (only classes of ganzoo and some of Keras are
made, and none that could run or read something else), reads no file outside of it, and allocates
no more than its files hold. SavedModels are programs: ganzoo writes them, and never loads one.
"""

import concurrent.futures
import importlib
import json
import math
import pathlib
import stat

from ganzoo import checksums

KERAS_FILES = ("config.json", "metadata.json", "model.weights.h5")
SUFFIXES = (".h5", ".json", ".md", ".png")  # of the files beside SHA256SUMS
CONFIG_BYTES = 2**24
LARGEST_SIZE = 4096  # of a network: pixels, channels, latents, blocks

# Families of layers that compute, and neither run code of a configuration nor read files.
LAYERS = tuple(
    f"keras.src.layers.{family}."
    for family in (
        "activations",
        "convolutional",
        "core",
        "merging",
        "normalization",
        "pooling",
        "regularization",
        "reshaping",
    )
)
OTHERS = (  # modules whose classes are allowed besides
    "keras",  # the policies of dtypes
    "keras.initializers",
    "keras.optimizers",
    "keras.optimizers.schedules",
    "keras.regularizers",
    "keras.src.models.functional",
    "keras.src.models.sequential",
    "keras.models",
)
VALUES = ("__keras_tensor__", "__tuple__")  # plain values, in Keras's notation


class Refused(ValueError):
    """A folder that might do more than hold a model, and why."""

    def __init__(self, path, reason):
        super().__init__(f"{path} is refused: {reason}")


def check(folder, cache=None):
    """Refuses a pretrained folder that is not plain data, whole and unaltered.

    Args:
        folder: path of a folder with Keras's files.
        cache: folder that symbolic links may lead to: the Hub's own cache, if `folder` is in it.

    Raises:
        Refused: with the reason.
        ValueError: for a missing or altered file, its checksum named.
    """
    folder = pathlib.Path(folder)
    check_files(folder, cache)
    checksums.verify(folder, KERAS_FILES)
    config = _read(folder / "config.json")
    try:
        check_classes(config, folder / "config.json")
    except RecursionError as error:
        raise Refused(folder / "config.json", "it is nested too deeply") from error
    stored = stored_numbers(folder / "model.weights.h5")
    check_sizes(config, stored, folder / "config.json")


def check_files(folder, cache=None):
    """No symbolic links (but within `cache`), nothing but regular files of known kinds."""
    for path in sorted(folder.rglob("*")):
        inside = cache is not None and path.resolve().is_relative_to(pathlib.Path(cache).resolve())
        if path.is_symlink() and not inside:
            raise Refused(path, f"it is a symbolic link, to {path.readlink()}")
        if path.parent != folder or path.name.startswith("."):
            continue  # not used, as the exports in a folder from the Hub
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            continue
        if not stat.S_ISREG(mode):
            raise Refused(path, "it is no regular file")
        if path.name != checksums.FILE and path.suffix not in SUFFIXES:
            raise Refused(
                path, f"a folder holds data, in files that end in {', '.join(SUFFIXES)} only"
            )


def check_classes(config, path):
    """Every object of a configuration is of ganzoo, or of a harmless part of Keras."""
    import keras

    if isinstance(config, list):
        for value in config:
            check_classes(value, path)
    if not isinstance(config, dict):
        return
    for value in config.values():
        check_classes(value, path)
    if "class_name" not in config or config["class_name"] in VALUES:
        return
    name, module = config["class_name"], config.get("module")
    registered = config.get("registered_name")
    if str(module).split(".")[0] == "ganzoo":
        if registered != f"ganzoo>{name}" or keras.saving.get_registered_object(registered) is None:
            raise Refused(path, f"{module} has no class {name!r} that ganzoo registers")
        return
    allowed = False
    if module in (*OTHERS, "keras.layers") and registered in (None, name):
        cls = getattr(importlib.import_module(module), str(name), None)  # finds no "layers.Lambda"
        allowed = isinstance(cls, type) and name != "Lambda"
        if module == "keras.layers":
            allowed = allowed and cls.__module__.startswith(LAYERS)
    if not allowed:
        raise Refused(
            path,
            "only classes of ganzoo, and those of Keras that can neither run code nor read files, "
            f"are loaded. Received: {name!r} of {module!r}",
        )


def stored_numbers(path):
    """How many numbers the arrays in an HDF5 file hold.

    Raises:
        Refused: if it is none, has links, or declares arrays that it does not hold in full, so
            that to read them would allocate more than the file.
    """
    import h5py

    sizes, nbytes = [], []

    def visit(group):
        for name in group:
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise Refused(path, f"{name!r} links to somewhere else")
            item = group[name]
            if isinstance(item, h5py.Group):
                visit(item)
            elif item.is_virtual or item.external or item.id.get_storage_size() < item.nbytes:
                raise Refused(
                    path, f"{item.name!r} declares {item.nbytes:,} bytes that are not in the file"
                )
            elif item.dtype.kind not in "biuf":
                raise Refused(path, f"{item.name!r} must hold numbers. Received: {item.dtype}")
            else:
                sizes.append(item.size)
                nbytes.append(item.nbytes)

    try:
        with h5py.File(path, "r") as file:
            visit(file)
    except (OSError, RuntimeError, KeyError) as error:
        raise Refused(path, "it is no sound HDF5 file") from error
    if sum(nbytes) > path.stat().st_size:
        raise Refused(path, f"its arrays share their bytes, {sum(nbytes):,} in all")
    return sum(sizes)


def check_sizes(config, stored, path):
    """A configuration's networks hold no more numbers than are stored.

    They are made once without values, so that nothing is allocated; in a thread of its own, for
    Keras's records of what it made are each thread's.
    """
    for size in _numbers(config.get("config", {}).get("sizes", {})):
        if not 0 <= size <= LARGEST_SIZE:
            raise Refused(path, f"a size must be from 0 to {LARGEST_SIZE}. Received: {size}")
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        try:
            declared = thread.submit(_declared_numbers, config).result()
        except (TypeError, KeyError, AttributeError) as error:
            raise Refused(path, f"it describes no model: {error}") from error
    if declared > stored:
        raise Refused(
            path, f"its networks hold {declared:,} numbers. Received: {stored:,}, with the weights"
        )


def _declared_numbers(config):
    import keras
    import tensorflow as tf

    config = {k: v for k, v in config.items() if k != "compile_config"}
    with keras.StatelessScope(initialize_variables=False), tf.Graph().as_default():
        model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    return sum(math.prod(v.shape) for v in model.variables)


def _numbers(value):
    """All numbers in a value of JSON."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for part in value for number in _numbers(part)]
    return [value] if isinstance(value, (int, float)) else []


def _read(path):
    """A configuration, read if it is not too large."""
    if path.stat().st_size > CONFIG_BYTES:
        raise Refused(path, f"it must be of {CONFIG_BYTES:,} bytes at most")
    try:
        config = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused(path, "it is no JSON") from error
    if not isinstance(config, dict):
        raise Refused(path, "it describes no model")
    return config
