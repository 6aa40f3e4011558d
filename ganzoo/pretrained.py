"""Pretrained folders: written whole, verified, loaded by name or path.

A pretrained model is a folder in Keras's directory format (`config.json`, `metadata.json`,
`model.weights.h5`, with all networks) plus README.md (the model card), recipe.json, record.json
(facts about the model and its training), metrics.json (its scores, if any), samples.png and
SHA256SUMS; those that come with ganzoo have log.json, too: the run's curves, name to [step, value].
"""

import dataclasses
import json
import os
import pathlib
import shutil
import zipfile

import numpy as np

from ganzoo import checksums, files, hub, imaging, paths, registry, safety
from ganzoo.safety import KERAS_FILES

CARD = "README.md"
RECIPE = "recipe.json"
RECORD = "record.json"
METRICS = "metrics.json"
LOG = "log.json"
GRID = "samples.png"


def list_models():
    """Names of the pretrained models that come with ganzoo, sorted."""
    if not paths.WEIGHTS.is_dir():
        return []
    return sorted(p.name for p in paths.WEIGHTS.iterdir() if (p / KERAS_FILES[0]).is_file())


def find(ref):
    """The folder of a pretrained model, not yet verified.

    Args:
        ref: a name from `list_models()`, the path of a pretrained folder, or a model on the
            Hugging Face Hub, "hf://ORG/NAME" or "hf://ORG/NAME@REVISION".

    Raises:
        ValueError: for an unknown name, or a folder that is no model.
        OSError: if it cannot be downloaded.
    """
    if hub.is_ref(ref):
        return hub.pull(ref)
    path = pathlib.Path(ref).expanduser()
    if isinstance(ref, str) and ref in list_models():
        return paths.WEIGHTS / ref
    if not path.exists():
        if os.sep in str(ref):
            raise ValueError(f"`ref`: there is no such folder. Received: {str(ref)!r}")
        raise ValueError(registry.unknown("ref", str(ref), list_models()))
    missing = [name for name in KERAS_FILES if not (path / name).is_file()]
    if missing:
        raise ValueError(
            f"`ref` must be a pretrained folder, holding {list(KERAS_FILES)}. "
            f"Received: {str(ref)!r}, without {missing}"
        )
    return path


def name_of(ref):
    """The name of the model that `find` finds: its folder's, or its repository's."""
    return hub.name_of(ref) if hub.is_ref(ref) else find(ref).absolute().name


def load(ref):
    """Loads a pretrained model, verified and compiled with its recipe's optimizers.

    Args:
        ref: a name from `list_models()`, the path of a pretrained folder, or a model on the
            Hugging Face Hub, "hf://ORG/NAME" or "hf://ORG/NAME@REVISION".

    Returns:
        A `GAN`, ready to sample and to `fit`.

    Raises:
        ValueError: for an unknown name (the closest ones named), a folder that is no model, a
            missing or altered file (its checksum named), or a folder that might do more than hold
            a model (`ganzoo.safety`).
        OSError: if it cannot be downloaded.
    """
    folder = find(ref)
    import keras

    registry.import_systems()
    safety.check(folder, hub.cache_of(folder))
    return keras.saving.load_model(folder, safe_mode=True)


def save(
    gan,
    folder,
    *,
    name=None,
    recipe=None,
    training=None,
    examples=None,
    half=False,
    overwrite=False,
):
    """Writes a pretrained folder, whole or not at all.

    The optimizers are saved as they were compiled, without their slots: who goes on training
    starts with fresh ones. (Checkpoints keep them.)

    Args:
        gan: a compiled model.
        folder: the path to write.
        name: of the model; the folder's name if None.
        recipe: the `Recipe` it was trained by, if any.
        training: dict of facts about its training, if any.
        examples: for a translator, images for its picture (see `gan.picture`); without them its
            folder has none.
        half: whether to round the weights to float16 and store them so, in half the bytes; the
            model that is loaded again computes in float32.
        overwrite: whether an existing folder may be replaced.

    Raises:
        ValueError: if the model is not compiled, or a weight has no float16 near it.
        FileExistsError: if the folder exists and `overwrite` is False.
        OSError: if it cannot be written.
    """
    if not gan.optimizers:
        raise ValueError("`gan` must be compiled. Received: one that is not")

    from ganzoo import cards

    folder = pathlib.Path(folder).expanduser()
    name = name or folder.name
    recipe = dataclasses.asdict(recipe) if recipe else {"system": gan.system}
    record = {
        "image_shape": gan.image_shape,
        "parameters": {n: getattr(gan, n).count_params() for n in gan.network_names},
        "training": training or {},
    }
    fresh = gan.without_slots()
    if half:
        _round(fresh)
    with files.whole_folder(folder, overwrite) as temporary:
        save_keras(fresh, temporary)
        if half:
            _halve(temporary / KERAS_FILES[-1])
        (temporary / RECIPE).write_text(json.dumps(recipe, indent=1) + "\n")
        (temporary / RECORD).write_text(json.dumps(record, indent=1) + "\n")
        picture = fresh.picture(examples)
        if picture is not None:
            (temporary / GRID).write_bytes(imaging.png(imaging.enlarge(picture, 2)))
        (temporary / CARD).write_text(
            cards.render(name, gan, recipe, record, GRID if picture is not None else None)
        )
        checksums.write(temporary)


def facts(ref):
    """What a score's record says of a pretrained folder: dict."""
    folder = find(ref)
    training = read(folder, RECORD).get("training", {})
    return {
        "model": folder.name,
        "weights_sha256": checksums.read(folder)[KERAS_FILES[-1]],
        "checkpoint": training.get("checkpoint", "final"),
        "step": training.get("step"),
    }


def add_records(ref, records):
    """Adds scores to a pretrained folder: to its metrics.json and its card.

    The folder is replaced by a whole new one, so that it is never half written. A record of the
    same measurement as one there takes its place.

    Args:
        ref: as in `load`.
        records: of `ganzoo.metrics.evaluation.records`.

    Raises:
        OSError: if it cannot be written; then the folder is as it was.
    """
    from ganzoo import cards
    from ganzoo.metrics.records import joined

    folder = find(ref)
    every = joined(read(folder, METRICS) or [], records)
    with files.whole_folder(folder, overwrite=True) as temporary:
        shutil.copytree(folder, temporary, dirs_exist_ok=True)
        (temporary / METRICS).write_text(json.dumps(every, indent=1) + "\n")
        card = temporary / CARD
        card.write_text(cards.with_scores(card.read_text(), every))
        checksums.write(temporary)


def save_keras(model, folder):
    """Writes a Keras model into a folder, in Keras's directory format."""
    import keras

    # Through an archive: written by Python, a full disk is an OSError and nothing worse.
    archive = folder / "model.keras"
    keras.saving.save_model(model, archive)
    with zipfile.ZipFile(archive) as files_of_keras:
        files_of_keras.extractall(folder, KERAS_FILES)
    archive.unlink()


def _round(model):
    """Rounds a model's float32 weights to float16's values."""
    for variable in model.variables:
        if variable.dtype == "float32":
            rounded = np.asarray(variable.value).astype(np.float16)
            if not np.isfinite(rounded).all():
                raise ValueError(f"`half` must be False for weights beyond 65,504: {variable.path}")
            variable.assign(rounded.astype(np.float32))


def _halve(path):
    """Stores the float32 arrays of an HDF5 file, which are float16's values, as float16."""
    import h5py

    whole = path.rename(path.with_suffix(".whole"))
    with h5py.File(whole) as old, h5py.File(path, "w") as new:

        def copy(name, item):
            if isinstance(item, h5py.Group):
                kept = new.require_group(name)
            else:
                small = item.dtype == np.float32
                kept = new.create_dataset(name, data=item[()].astype("f2") if small else item[()])
            kept.attrs.update(item.attrs)

        old.visititems(copy)
        new.attrs.update(old.attrs)
    whole.unlink()


def read(ref, file):
    """What a JSON file of a pretrained folder holds; an empty dict if there is none."""
    path = find(ref) / file
    return json.loads(path.read_text()) if path.is_file() else {}
