"""Pretrained folders: those that ship, and what happens to damaged ones."""

import dataclasses
import json
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import batches_for, same, served, shipped, small

import ganzoo
from ganzoo import checksums, paths, pretrained, recipes
from ganzoo.models.sampling import Sampling
from ganzoo.models.translation import DirectedTranslation

SHIPPED = ganzoo.list_models()


@pytest.fixture(params=shipped())
def name(request):
    return request.param


@pytest.fixture
def folder(tmp_path):
    """A sound pretrained folder with small networks."""
    ganzoo.save(small("wgan_gp"), tmp_path / "mine")
    return tmp_path / "mine"


def test_the_promised_models_ship():
    promised = {"bigan_mnist", "dcgan_fashion_mnist", "wgan_gp_cifar10", "wgan_gp_mnist"}
    promised |= {"fgan_pearson_mnist", "sngan_fashion_mnist", "wgan_fashion_mnist"}
    promised |= {"ali_mnist", "fgan_gan_mnist", "fgan_reverse_kl_mnist", "hali_fashion_mnist"}
    promised |= {"fgan_js_mnist", "lsgan_cifar10", "stargan_emoji"}
    promised |= {"cyclegan_emoji", "dcgan_cifar10", "fgan_kl_mnist", "fgan_hellinger_mnist"}
    promised |= {"dcgan_mnist", "sngan_cifar10", "wgan_cifar10", "ali_cifar10"}
    assert promised <= set(SHIPPED)


def shown(name):
    """The shipped picture, at its images' own size."""
    content = (paths.WEIGHTS / name / pretrained.GRID).read_bytes()
    return tf.io.decode_png(content).numpy()[::2, ::2]


def examples(gan, name):
    """The images that the shipped picture shows translations of, cut out of it; None for others."""
    if isinstance(gan, Sampling):
        return None
    height, width, _ = gan.image_shape
    picture = np.pad(shown(name), [(0, 2), (0, 2), (0, 0)])  # the gaps below and to the right
    rows = [
        np.split(r, r.shape[1] // (width + 2), 1)
        for r in np.split(picture, len(picture) // (height + 2))
    ]
    cells = np.array(rows)[:, :, :height, :width]
    return (cells[0], cells[3]) if isinstance(gan, DirectedTranslation) else cells[:, 0]


def made(gan, name, seeds=(0,), num=64):
    """Images that a model makes: samples of each seed, or translations each way."""
    if isinstance(gan, Sampling):
        return np.array([gan.sample(num, seed=seed) for seed in seeds])
    if isinstance(gan, DirectedTranslation):
        ways = zip(examples(gan, name), ("xy", "yx"), strict=True)
        return np.array([gan.translate(images, way) for images, way in ways])
    images = examples(gan, name)
    return np.array([gan.translate(images, domain) for domain in gan.domains.names])


def test_a_shipped_model_makes_images_as_its_record_says(name):
    gan = ganzoo.load(name)
    record = pretrained.read(name, pretrained.RECORD)
    [*_, images] = made(gan, name)
    num = 64 if isinstance(gan, Sampling) else 8  # as many as the picture of a translator shows
    assert images.dtype == np.uint8 and images.shape == (num, *record["image_shape"])
    counts = {n: getattr(gan, n).count_params() for n in gan.network_names}
    assert counts == record["parameters"]
    assert int(gan.step.numpy()) == record["training"]["step"]
    assert record["training"]["images_seen"] >= 10_000  # on any processor
    # Neither collapsed nor saturated: images differ, and use most of the range.
    assert images.astype(float).std(0).mean() > 20
    assert images.min() < 30 and images.max() > 225


def test_a_shipped_grid_shows_what_its_weights_make(name):
    gan = ganzoo.load(name)
    again = gan.picture(examples(gan, name))
    # Within a few grey levels: the grid was made on another processor.
    assert np.abs(shown(name).astype(int) - again).max() <= 8


def test_a_shipped_model_is_one_with_keras_s(name):
    ours, keras_s = ganzoo.load(name), keras.saving.load_model(paths.WEIGHTS / name)
    images = made(ours, name, (3, 4), 8)
    assert np.array_equal(images, made(keras_s, name, (3, 4), 8))
    assert not np.array_equal(images[0], images[1])


@pytest.mark.parametrize("name", shipped(costly=True))
def test_a_shipped_model_is_compiled_by_its_recipe_and_trains_on(name):
    gan = ganzoo.load(name)
    recipe = pretrained.read(name, pretrained.RECIPE)
    _, current = recipes.load(name)
    # A key that is newer than the folder meant its default before it was one.
    defaults = {f.name: f.default for f in dataclasses.fields(current)}
    assert json.loads(json.dumps(dataclasses.asdict(current))) == defaults | recipe
    for player in gan.players:
        optimizer = gan.optimizers[player]
        assert float(optimizer.learning_rate) == pytest.approx(
            recipe[f"{player}_learning_rate"]
            if recipe.get(f"{player}_learning_rate")
            else recipe["learning_rate"]
        )
        if recipe["optimizer"] == "rmsprop":
            assert optimizer.rho == recipe["beta_2"]
        else:
            assert (optimizer.beta_1, optimizer.beta_2) == (recipe["beta_1"], recipe["beta_2"])
    before = int(gan.step.numpy())
    history = gan.fit(batches_for(gan), steps_per_epoch=1, verbose=0).history
    assert int(gan.step.numpy()) == before + 1
    assert all(np.isfinite(v).all() for v in history.values())


def test_a_shipped_model_makes_the_same_images_in_another_process():
    code = (
        "import ganzoo, hashlib;"
        "print(hashlib.sha256(ganzoo.load('wgan_gp_cifar10').sample(64, seed=7).tobytes())"
        ".hexdigest())"
    )
    runs = [subprocess.check_output([sys.executable, "-c", code], text=True) for _ in range(2)]
    assert runs[0] == runs[1]


def test_a_shipped_card_tells_how_it_was_made(name):
    card = (paths.WEIGHTS / name / "README.md").read_text()
    record = pretrained.read(name, pretrained.RECORD)
    assert f'ganzoo.load("{name}")' in card
    assert f"{record['training']['cpu_seconds'] / 3600:.2f} CPU hours" in card
    assert "Differences from the paper" in card and "## Scores" in card


def test_shipped_weights_stay_small():
    total = sum(p.stat().st_size for p in paths.WEIGHTS.rglob("*") if p.is_file())
    assert total <= 150 * 2**20


def test_unknown_names_list_the_closest():
    with pytest.raises(
        ValueError, match="Did you mean 'wgan_gp_cifar10'.*Received: 'wgan_gp_cifar'"
    ):
        ganzoo.load("wgan_gp_cifar")
    with pytest.raises(ValueError, match="no such folder. Received: './nowhere'"):
        ganzoo.load("./nowhere")
    with pytest.raises(ValueError, match="one of.*'dcgan'.*Received: 'dgcan'"):
        ganzoo.create("dgcan")
    with pytest.raises(ValueError, match="Did you mean 'width'.*Received: 'widht'"):
        ganzoo.create("dcgan", widht=3)
    with pytest.raises(ValueError, match="size of at least 8. Received"):
        ganzoo.create("dcgan", image_shape=(4, 4, 3))
    with pytest.raises(ValueError, match="must be.*1 or 3.*Received"):
        ganzoo.create("dcgan", image_shape=(32, 16, 3))


def test_a_folder_that_is_no_model_says_what_is_missing(tmp_path):
    with pytest.raises(ValueError, match="must be a pretrained folder.*without.*config.json"):
        ganzoo.load(tmp_path)


@pytest.mark.parametrize("damage", ["altered", "missing", "no sums"])
def test_damage_is_found_before_anything_is_loaded(folder, damage):
    weights = folder / "model.weights.h5"
    if damage == "altered":
        content = bytearray(weights.read_bytes())
        content[len(content) // 2] ^= 1
        expected = checksums._sha256(weights)
        weights.write_bytes(content)
        message = f"model.weights.h5 is altered: SHA-256 must be {expected}. Received: "
    elif damage == "missing":
        (folder / "samples.png").unlink()
        message = "samples.png is missing; SHA256SUMS lists it with SHA-256"
    else:
        (folder / "SHA256SUMS").unlink()
        message = "has no SHA256SUMS"
    with pytest.raises(ValueError, match=message):
        ganzoo.load(folder)


def test_sums_are_those_of_sha256sum(folder):
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    listed = {line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    assert listed == {p.name for p in folder.iterdir()} - {"SHA256SUMS"}


def test_saving_is_whole_or_not_at_all(folder, monkeypatch):
    with pytest.raises(FileExistsError, match="mine exists"):
        ganzoo.save(small("dcgan"), folder)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pathlib.Path, "write_text", full)
    with pytest.raises(OSError, match="cannot write .*mine: No space left on device"):
        ganzoo.save(small("dcgan"), folder, overwrite=True)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert [p.name for p in folder.parent.iterdir()] == ["mine"]
    monkeypatch.undo()
    ganzoo.save(small("dcgan"), folder, overwrite=True)
    assert ganzoo.load(folder).system == "dcgan"
    assert [p.name for p in folder.parent.iterdir()] == ["mine"]


def test_a_model_not_compiled_is_refused(tmp_path):
    gan = small("dcgan")
    twin = type(gan).from_config(gan.get_config())
    with pytest.raises(ValueError, match="`gan` must be compiled"):
        ganzoo.save(twin, tmp_path / "mine")


def test_halved_weights_are_half_the_bytes_and_make_the_same_images_within_a_grey_level(tmp_path):
    gan = ganzoo.load("wgan_gp_cifar10")
    # What ships was rounded before: weights as training leaves them use all bits of a float32.
    rng = np.random.default_rng(0)
    for variable in gan.averages["generator"].variables:
        variable.assign(variable * (1 + rng.uniform(-2e-4, 2e-4, variable.shape)))
    ganzoo.save(gan, tmp_path / "whole")
    ganzoo.save(gan, tmp_path / "half", half=True)
    sizes = [(tmp_path / n / "model.weights.h5").stat().st_size for n in ("whole", "half")]
    assert sizes[1] < 0.52 * sizes[0]
    halved = ganzoo.load(tmp_path / "half")
    assert {v.dtype for v in halved.trainable_variables} == {"float32"}
    differences = np.abs(halved.sample(64, seed=1).astype(int) - gan.sample(64, seed=1))
    assert 0 < differences.max() <= 1
    ganzoo.save(halved, tmp_path / "again", half=True)
    assert same(served(ganzoo.load(tmp_path / "again")), served(halved))
    gan.discriminator.trainable_variables[0].assign_add(
        1e5 * np.ones(gan.discriminator.trainable_variables[0].shape, "float32")
    )
    with pytest.raises(ValueError, match="`half` must be False for weights beyond 65,504: "):
        ganzoo.save(gan, tmp_path / "beyond", half=True)
    assert not (tmp_path / "beyond").exists()


def test_optimizer_slots_stay_out_of_the_folder(folder):
    gan = ganzoo.load(folder)
    gan.build_optimizers()
    ganzoo.save(gan, folder.parent / "again")
    sizes = [(p / "model.weights.h5").stat().st_size for p in (folder, folder.parent / "again")]
    assert sizes[0] == sizes[1]
