"""Malicious folders are refused, each with its reason, before anything of them runs."""

import json
import os
import pickle
import resource
import shutil

import h5py
import keras
import numpy as np
import pytest
from conftest import SMALL, same, served, small
from keras.src.saving.serialization_lib import SafeModeScope

import ganzoo
from ganzoo import checksums, registry


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound") / "mine"
    ganzoo.save(small("wgan_gp"), folder)
    return folder


@pytest.fixture
def folder(sound, tmp_path):
    """A copy of a sound folder; its sums are made anew by `refused`, as an attacker would."""
    return shutil.copytree(sound, tmp_path / "mine")


@pytest.fixture
def canary(tmp_path):
    """A path that must not come to be: what the attacks would write."""
    path = tmp_path / "canary"
    yield path
    assert not path.exists()


class Attack:
    """A pickle that writes the canary."""

    def __init__(self, canary):
        self.canary = str(canary)

    def __reduce__(self):
        return os.mkdir, (self.canary,)


def refused(folder, reason, sums=True):
    if sums:
        checksums.write(folder)
    with pytest.raises(ValueError, match=reason) as error:
        ganzoo.load(folder)
    assert len(str(error.value)) < 1000


def edit(folder, change):
    """Changes config.json by a function of its dict."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps(change(config) or config))


def test_a_sound_folder_loads(folder):
    assert same(served(ganzoo.load(folder)), served(small("wgan_gp")))


@pytest.mark.parametrize("system", ["sngan", "stargan"])
def test_networks_of_a_user_load_from_their_layers(system, tmp_path):
    gan = small(system)
    gan = type(gan)(**{n: getattr(gan, n) for n in gan.network_names})
    gan.compile()
    ganzoo.save(gan, tmp_path / "mine")
    assert same(served(ganzoo.load(tmp_path / "mine")), served(gan))


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "a/../../secret", "..\\secret"])
def test_paths_out_of_the_folder(folder, name):
    (folder.parent / "secret").write_text("")
    with open(folder / "SHA256SUMS", "a") as file:
        file.write(f"{'0' * 64}  {name}\n")
    refused(folder, "SHA256SUMS must list files of its folder. Received: ", sums=False)


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
def test_wrong_or_missing_checksums(folder, name):
    sums = (folder / "SHA256SUMS").read_text()
    content = bytearray((folder / name).read_bytes())
    content[-10] ^= 1
    (folder / name).write_bytes(content)
    refused(folder, f"{name} is altered: SHA-256 must be .*Received: ", sums=False)
    kept = [line for line in sums.splitlines() if not line.endswith(name)]
    (folder / "SHA256SUMS").write_text("\n".join(kept))
    refused(folder, f"must list {name}, and does not", sums=False)


def test_lambda_layers(folder, canary):
    layer = keras.layers.Lambda(lambda x, path=str(canary): __import__("os").mkdir(path) or x)
    images = keras.Input(SMALL["image_shape"])
    logits = keras.layers.Dense(1)(keras.layers.Flatten()(images))
    network = keras.saving.serialize_keras_object(keras.Model(images, logits))
    network["config"]["layers"].insert(1, keras.saving.serialize_keras_object(layer))
    edit(folder, lambda c: c["config"].update(networks={"discriminator": network}))
    reason = "config.json is refused: only classes.*Received: '(Lambda|__lambda__)' of"
    refused(folder, reason)
    with SafeModeScope(False):  # as a careless user may have set
        refused(folder, reason)


@pytest.mark.parametrize(
    ("module", "name", "registered"),
    [
        ("builtins", "function", "eval"),
        ("os", "system", None),
        ("keras.layers", "TFSMLayer", None),
        ("keras.layers", "StringLookup", None),
        ("keras.layers", "Lambda", None),
        ("keras.layers", "Nothing", None),
        ("keras.layers", "Dense", "evil>Dense"),
        ("keras.src.saving.saving_lib", "load_model", None),
        ("keras.utils", "get_file", None),
        ("keras", "layers.Lambda", None),
        ("keras", "layers.TFSMLayer", None),
        ("keras", "function", None),
        ("keras.models", "load_model", None),
        (None, "Dense", None),
    ],
)
def test_classes_that_could_run_or_read(folder, module, name, registered):
    spec = {"module": module, "class_name": name, "config": {}, "registered_name": registered}
    edit(folder, lambda c: c["config"].update(name=[spec]))
    refused(folder, f"config.json is refused: only classes of ganzoo, .*Received: '{name}' of")


@pytest.mark.parametrize("registered", ["ganzoo>Nothing", None, "ganzoo>WGAN"])
def test_unknown_classes(folder, registered):
    edit(folder, lambda c: c.update(class_name="Nothing", registered_name=registered))
    refused(folder, "ganzoo.models.wgan_gp has no class 'Nothing' that ganzoo registers")


@pytest.mark.parametrize("name", ["model.pkl", "model.pt", "loader.py", "saved_model.pb"])
def test_files_that_are_no_data(folder, name, canary):
    (folder / name).write_bytes(pickle.dumps(Attack(canary)))
    refused(folder, f"{name} is refused: a folder holds data, in files that end in .h5, .json")


@pytest.mark.parametrize(
    ("name", "reason"), [("config.json", "it is no JSON"), ("model.weights.h5", "no sound HDF5")]
)
def test_pickles_by_another_name(folder, name, reason, canary):
    (folder / name).write_bytes(pickle.dumps(Attack(canary)))
    refused(folder, f"{name} is refused: .*{reason}")


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [
        ({"width": 10**9}, "a size must be from 0 to 4096. Received: 1000000000"),
        ({"image_shape": [8, 8, 10**7]}, "a size must be from 0 to 4096"),
        ({"width": -1}, "a size must be from 0 to 4096. Received: -1"),
        ({"width": 4096, "latent_size": 4096}, r"networks hold [\d,]{11,} numbers. Received: "),
        ({"width": 5}, r"networks hold [\d,]+ numbers. Received: "),
    ],
)
def test_networks_larger_than_their_file_are_not_made(folder, sizes, reason):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    edit(folder, lambda c: c["config"]["sizes"].update(sizes))
    refused(folder, f"config.json is refused: .*{reason}")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2**18  # KiB: 256 MiB


@pytest.mark.parametrize(
    "kind", ["unwritten", "compressed", "external file", "link", "objects", "shared"]
)
def test_arrays_that_their_file_does_not_hold(folder, kind):
    with h5py.File(folder / "model.weights.h5", "a") as file:
        if kind == "unwritten":
            file.create_dataset("extra", (2**40,), "f4")
        elif kind == "compressed":
            file.create_dataset("extra", data=np.zeros(2**20, "f4"), compression="gzip")
        elif kind == "external file":
            file.create_dataset("extra", (4,), "f4", external=[("/etc/hostname", 0, 16)])
        elif kind == "link":
            file["extra"] = h5py.ExternalLink("/etc/other.h5", "/")
        elif kind == "shared":
            extra = file.create_dataset("extra", data=np.zeros(2**16, "f4"))
            for i in range(2**10):
                file[f"extra_{i}"] = extra
        else:
            file.create_dataset("extra", data=["text"], dtype=h5py.string_dtype())
    reason = {
        "link": "links to somewhere else",
        "objects": "must hold numbers",
        "shared": "share their bytes",
    }
    refused(folder, f"model.weights.h5 is refused: .*{reason.get(kind, 'declares .* bytes that')}")


def test_symbolic_links_and_devices(folder):
    for name, target in (("model.weights.h5", "/etc/hostname"), ("assets", "/etc")):
        kept = folder / name
        if kept.exists():
            kept = kept.rename(folder.parent / "kept")
        (folder / name).symlink_to(target)
        refused(folder, f"{name} is refused: it is a symbolic link, to {target}", sums=False)
        (folder / name).unlink()
        if kept.name == "kept":
            kept.rename(folder / name)
    os.mkfifo(folder / "pipe.json")
    refused(folder, "pipe.json is refused: it is no regular file", sums=False)


def test_configurations_too_large_or_too_deep(folder):
    config = (folder / "config.json").read_text()
    (folder / "config.json").write_text("[" * 100_000)
    refused(folder, "config.json is refused: it is no JSON")
    (folder / "config.json").write_text(config + " " * 2**24)
    refused(folder, "config.json is refused: it must be of 16,777,216 bytes at most")
    (folder / "config.json").write_text("[]")
    refused(folder, "config.json is refused: it describes no model")


def test_savedmodels_are_not_loaded(folder):
    for file in folder.iterdir():
        file.unlink()
    (folder / "saved_model.pb").write_bytes(b"")
    with pytest.raises(ValueError, match="must be a pretrained folder.*without.*config.json"):
        ganzoo.load(folder)


def test_every_registered_class_may_be_loaded(system):
    cls = registry.get(system)
    assert keras.saving.get_registered_object(f"ganzoo>{cls.__name__}") is cls
