"""Feature networks: ours as shipped, Inception by a stand-in of its signature."""

import pathlib
import shutil

import numpy as np
import pytest
import tensorflow as tf
from conftest import pictures

from ganzoo import data, paths
from ganzoo.metrics import features
from ganzoo.metrics.features import Answers, FeatureNetwork, Reference
from ganzoo.metrics.inception import Inception

ACCURACY = {"mnist": 0.994, "fashion_mnist": 0.93, "cifar10": 0.91}


@pytest.fixture(params=features.names())
def network(request):
    return features.load(request.param)


def test_there_is_one_for_each_data_set_of_the_zoo():
    assert set(ACCURACY) <= set(features.names())


def test_a_network_is_small_and_good(network):
    size = sum((network.folder / f).stat().st_size for f in ("config.json", "model.weights.h5"))
    assert size <= 4 * 2**20
    assert network.record["test_accuracy"] >= ACCURACY.get(network.name, 0.9)


def test_the_page_on_scores_says_so(network):
    record, page = network.record, pathlib.Path(__file__).parent.parent / "docs" / "scores.md"
    row = next(r for r in page.read_text().splitlines() if r.startswith(f"| `{network.name}`"))
    size = len(network.reference("test").moments.mean)
    accuracies = [f"{record[f'{split}_accuracy']:.2%}" for split in ("test", "train")]
    wanted = [f"{record['parameters']:,}", str(size), *accuracies]
    assert [cell.strip() for cell in row.split("|")[2:-1]] == wanted


def test_a_network_answers_to_uint8_and_float_of_any_size(network):
    images = pictures(5, network.image_shape)
    answers = network(images)
    assert answers.features.shape[0] == answers.logits.shape[0] == 5
    assert answers.logits.shape[1] == len(network.record["classes"])
    again = network(images.astype("float64") / 127.5 - 1)
    np.testing.assert_allclose(again.logits, answers.logits, atol=1e-4)
    small = network(pictures(3, (20, 20, network.image_shape[2])))
    assert small.features.shape == (3, answers.features.shape[1])
    assert network.resize_of(network.image_shape) == "none"
    assert "bilinear" in network.resize_of((20, 20, 3))


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_reference_is_whole(network, split):
    reference = network.reference(split)
    assert reference.moments.num == network.record[f"{split}_images"]
    assert reference.features.shape == (
        min(reference.moments.num, features.KEPT),
        len(reference.moments.mean),
    )
    assert np.linalg.eigvalsh(reference.moments.covariance).min() > -1e-9
    np.testing.assert_allclose(reference.features.mean(0), reference.moments.mean, atol=0.1)
    np.testing.assert_allclose([reference.probabilities.sum(), reference.shares.sum()], 1)
    # A vendor draws some emoji alike, pixel by pixel.
    assert (reference.duplicate_distance > 0) == (network.name != "emoji_styles" or split == "test")


@pytest.mark.slow
def test_the_shipped_accuracy_and_reference_are_those_of_the_real_data(network):
    if network.name == "emoji_styles":
        pytest.skip("its classes are splits")
    names = network.record["classes"]
    images, labels = data.load_labelled(network.name, network.image_shape, names, "test")
    answers = network(images)
    accuracy = (answers.logits.argmax(1) == labels).mean()
    np.testing.assert_allclose(accuracy, network.record["test_accuracy"], atol=2e-4)
    mean = network.reference("test").moments.mean
    np.testing.assert_allclose(answers.features.mean(0), mean, rtol=1e-3, atol=1e-4)


@pytest.mark.slow
def test_distances_order_real_images_by_how_spoiled_they_are():
    root = pathlib.Path(__file__).parent.parent
    ordering = paths.module_at(root / "benchmarks" / "ordering.py", "ganzoo_ordering")
    test, jpeg, noise, one_class, uniform = ordering.measure(ordering.spoiled()).values()
    for name in "frechet_distance", "kernel_distance":
        order = [score[name].value for score in (test, jpeg, noise)]
        assert order == sorted(order)
        assert noise[name].value < min(one_class[name].value, uniform[name].value)


def test_a_reference_comes_back_from_its_file(tmp_path):
    rng = np.random.default_rng(0)
    answers = Answers(rng.normal(size=(300, 4)).astype("f"), rng.normal(size=(300, 3)).astype("f"))
    reference = Reference.of(answers, "test")
    reference.save(tmp_path / "r.npz")
    again = Reference.load(tmp_path / "r.npz", "test")
    np.testing.assert_array_equal(again.moments.covariance, reference.moments.covariance)
    np.testing.assert_allclose(again.features, reference.features, rtol=1e-3)
    np.testing.assert_array_equal(again.shares, reference.shares)
    assert again.moments.num == 300


def test_duplicates_are_the_closest_share_of_pairs(monkeypatch):
    monkeypatch.setattr(features, "DUPLICATES", 0.01)
    rows = np.random.default_rng(0).normal(size=(1200, 3)).astype("f")
    distance = Reference.of(Answers(rows, rows), "test").duplicate_distance
    pairs = np.linalg.norm(rows[:, None] - rows[None], axis=-1)[np.triu_indices(1200, 1)]
    np.testing.assert_allclose((pairs < distance).mean(), 0.01, rtol=0.01)


def test_bad_images_are_refused():
    mnist = features.load("mnist")
    with pytest.raises(ValueError, match=r"shape \(num, 28, 28, 1\).*Received: \(2, 28, 28, 3\)"):
        mnist(pictures(2, (28, 28, 3)))
    with pytest.raises(ValueError, match=r"must lie in \[-1, 1\]. Received: values from nan"):
        mnist(np.full((2, 28, 28, 1), np.nan))
    with pytest.raises(ValueError, match=r"Received: values from 0.0 to 255"):
        mnist(np.arange(2 * 784, dtype="float32").reshape(2, 28, 28, 1) % 256)
    with pytest.raises(ValueError, match=r"num >= 1. Received: \(0, 28, 28, 1\)"):
        mnist(np.zeros((0, 28, 28, 1), np.uint8))
    with pytest.raises(ValueError, match="shape"):
        mnist(np.zeros((28, 28), np.uint8))
    with pytest.raises(ValueError, match=r"`split` must be one of .*'test', 'train'.*'validation'"):
        mnist.reference("validation")
    with pytest.raises(ValueError, match="`features` must be one of .*mnist.*Received: 'vgg'"):
        features.load("vgg")


def test_an_altered_network_is_refused(tmp_path):
    folder = shutil.copytree(features.FEATURES / "mnist", tmp_path / "mnist")
    with open(folder / "model.weights.h5", "r+b") as file:
        file.seek(9000)
        file.write(b"x")
    with pytest.raises(ValueError, match="is altered"):
        FeatureNetwork(folder)


class StandIn(tf.Module):
    """TF-GAN's Inception's signature: images to "pool_3" and "logits"."""

    def __init__(self, outputs=("pool_3", "logits")):
        self.outputs = outputs

    @tf.function(input_signature=[tf.TensorSpec((None, 299, 299, 3), tf.float32)])
    def __call__(self, images):
        tiles = images[:, 5::37, 5::37]  # 8 x 8 x 3
        pooled = tf.reshape(tf.tile(tiles, (1, 1, 1, 10)), (-1, 1, 1, 1920))
        logits = tf.reshape(tf.tile(tiles, (1, 1, 1, 5)), (-1, 960))
        return {k: v for k, v in {"pool_3": pooled, "logits": logits}.items() if k in self.outputs}


@pytest.fixture(scope="module")
def inception(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("inception"))
    tf.saved_model.save(StandIn(), folder)
    return folder


def test_inception_is_loaded_from_its_folder_and_resized_as_tf_gan_does(inception):
    network = Inception(inception)
    images = pictures(3, (32, 32, 3))
    answers = network(images)
    assert answers.features.shape == (3, 1920) and answers.logits.shape == (3, 960)
    resized = tf.compat.v1.image.resize_bilinear(images.astype("f") / 127.5 - 1, (299, 299))
    expected = np.tile(resized.numpy()[:, 5::37, 5::37], (1, 1, 1, 10)).reshape(3, -1)
    np.testing.assert_allclose(answers.features, expected, atol=1e-6)
    assert network.metric_names["frechet_distance"] == "FID"
    assert len(network.sha256) == 64 and network.sha256 == Inception(inception).sha256
    grey = network(images[..., :1])
    np.testing.assert_array_equal(
        grey.features, network(np.repeat(images[..., :1], 3, -1)).features
    )


def test_what_is_no_inception_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`inception` must be the folder of a SavedModel.*nowhere"):
        Inception(str(tmp_path / "nowhere"))
    tf.saved_model.save(StandIn(outputs=("logits",)), str(tmp_path / "other"))
    with pytest.raises(ValueError, match="it gives 'pool_3' and 'logits'. Received: .*other"):
        Inception(tmp_path / "other")
    (tmp_path / "broken").mkdir()
    pathlib.Path(tmp_path / "broken/saved_model.pb").write_bytes(b"no graph")
    with pytest.raises(ValueError, match="`inception` must be the folder of a SavedModel.*broken"):
        Inception(tmp_path / "broken")
    with pytest.raises(ValueError, match="must be 'inception' if `inception` is given"):
        features.named("mnist", "somewhere")
