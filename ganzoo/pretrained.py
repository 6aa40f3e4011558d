"""Pretrained folders: written whole, verified, loaded by name or path.

A pretrained model is a folder in Keras's directory format (`config.json`, `metadata.json`,
`model.weights.h5`, with all networks) plus README.md (the model card), recipe.json, record.json
(facts about the model and its training), samples.png and SHA256SUMS.
"""

import dataclasses
import json
import os
import pathlib
import zipfile

from ganzoo import checksums, files, imaging, paths, registry

CARD = "README.md"
RECIPE = "recipe.json"
RECORD = "record.json"
GRID = "samples.png"
KERAS_FILES = ("config.json", "metadata.json", "model.weights.h5")


def list_models():
    """Names of the pretrained models that come with ganzoo, sorted."""
    if not paths.WEIGHTS.is_dir():
        return []
    return sorted(p.name for p in paths.WEIGHTS.iterdir() if (p / KERAS_FILES[0]).is_file())


def find(ref):
    """The folder of a pretrained model, not yet verified.

    Args:
        ref: a name from `list_models()`, or the path of a pretrained folder.

    Raises:
        ValueError: for an unknown name, or a folder that is no model.
    """
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


def load(ref):
    """Loads a pretrained model, verified and compiled with its recipe's optimizers.

    Args:
        ref: a name from `list_models()`, or the path of a pretrained folder.

    Returns:
        A `GAN`, ready to sample and to `fit`.

    Raises:
        ValueError: for an unknown name (the closest ones named), a folder that is no model, or a
            missing or altered file (its checksum named).
    """
    folder = find(ref)
    checksums.verify(folder)
    import keras

    registry.import_systems()
    return keras.saving.load_model(folder)


def save(gan, folder, *, name=None, recipe=None, training=None, examples=None, overwrite=False):
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
        overwrite: whether an existing folder may be replaced.

    Raises:
        ValueError: if the model is not compiled.
        FileExistsError: if the folder exists and `overwrite` is False.
        OSError: if it cannot be written.
    """
    if not gan.optimizers:
        raise ValueError("`gan` must be compiled. Received: one that is not")

    import keras

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
    with files.whole_folder(folder, overwrite) as temporary:
        # Through an archive: written by Python, a full disk is an OSError and nothing worse.
        archive = temporary / "model.keras"
        keras.saving.save_model(fresh, archive)
        with zipfile.ZipFile(archive) as files_of_keras:
            files_of_keras.extractall(temporary, KERAS_FILES)
        archive.unlink()
        (temporary / RECIPE).write_text(json.dumps(recipe, indent=1) + "\n")
        (temporary / RECORD).write_text(json.dumps(record, indent=1) + "\n")
        picture = fresh.picture(examples)
        if picture is not None:
            (temporary / GRID).write_bytes(imaging.png(imaging.enlarge(picture, 2)))
        (temporary / CARD).write_text(
            cards.render(name, gan, recipe, record, GRID if picture is not None else None)
        )
        checksums.write(temporary)


def read(ref, file):
    """A JSON file of a pretrained folder, as a dict."""
    path = find(ref) / file
    return json.loads(path.read_text()) if path.is_file() else {}
