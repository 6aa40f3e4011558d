"""`ganzoo evaluate`: every kind of model's scores as records, kept, compared and refused."""

import copy
import dataclasses
import json
import shutil

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from conftest import small
from test_emoji_styles import data_dir, raw  # noqa: F401 (fixtures: four styles, tiny)
from test_features import StandIn

import ganzoo
from ganzoo import checksums, cli, paths, pretrained
from ganzoo.data import DataError
from ganzoo.data.emoji_styles import STYLES
from ganzoo.metrics import families, features, records, scores
from ganzoo.metrics.evaluation import Evaluation
from ganzoo.metrics.evaluation import records as measure
from ganzoo.metrics.features import Answers, Reference
from ganzoo.metrics.inception import Inception

TEST = "+".join(f"test_{style}" for style in STYLES)


def evaluated(gan, dataset="mnist", names=None, **arguments):
    arguments = {"num": 64, "resamples": 10} | arguments
    return list(measure(Evaluation(gan, dataset, **arguments), names))


@pytest.fixture(scope="module")
def gan():
    return small("dcgan", image_shape=(8, 8, 1))


@pytest.fixture(scope="module")
def measured(gan):
    return evaluated(gan, names=[n for n in families.SAMPLES if n != "frechet_distance"])


def test_every_record_has_its_protocol(measured):
    assert [r["metric"] for r in measured] == list(families.SAMPLES)[1:]
    network = features.load("mnist")
    for record in measured:
        assert record["features"] == "mnist" and record["features_sha256"] == network.sha256
        assert record["resize"] == "bilinear with antialiasing to 28x28"
        assert (record["dataset"], record["split"], record["num_real"]) == ("mnist", "test", 10_000)
        assert (record["num_generated"], record["seed"]) == (64, 0)
        assert record["moving_average"] is True
        assert record["versions"]["ganzoo"] == ganzoo.__version__
        low, high = record["interval"]
        assert low <= record["value"] and (high is None or record["value"] <= high)
        assert json.loads(json.dumps(record)) == record
        assert record["better"] in ("lower", "higher", "0.5")


def test_scores_are_repeatable_and_raw_weights_are_others(gan, measured):
    names = ["kernel_distance", "mode_score"]
    chosen = [r for r in measured if r["metric"] in names]
    assert evaluated(gan, names=names) == chosen
    gan.generator.trainable_variables[0].assign_add(
        np.ones(gan.generator.trainable_variables[0].shape)
    )
    raw_weights = evaluated(gan, names=names, moving_average=False)
    assert [r["value"] for r in raw_weights] != [r["value"] for r in chosen]
    assert not any(r["moving_average"] for r in raw_weights)


def test_fewer_images_than_features_are_warned_of(gan):
    with pytest.warns(UserWarning, match="biased upwards"):
        (record,) = evaluated(gan, names=["frechet_distance"])
    assert np.isfinite(record["value"])


@pytest.mark.parametrize("name", families.SAMPLES)
def test_intervals_tell_how_much_another_set_of_images_would_differ(name):
    rng = np.random.default_rng(0)
    reference = Reference.of(answers(rng, 1000, 0.0), "test")
    reference = dataclasses.replace(reference, duplicate_distance=0.35)
    found = [scores.score(name, reference, answers(rng, 400, 0.4), s) for s in range(12)]
    spread = np.std([score.value for score in found], ddof=1)
    half = np.mean([score.interval[1] - score.value for score in found])
    if name == "modes":  # all of them, each time
        assert spread == half == 0
    else:  # 1.96 deviations; those of MMDs take in the real images' too
        assert 0.5 < half / (1.96 * spread) < 3.5


def answers(rng, num, shift):
    rows = rng.normal(shift, 1, (num, 4)).astype("f")
    return Answers(rows, 2 * rows)


def test_real_data_of_ones_own_are_the_reference(gan, picture_folder):
    names = ["mode_score", "recall"]
    found = evaluated(gan, str(picture_folder), names, network=features.load("mnist"))
    assert [r["num_real"] for r in found] == [100, 100]
    assert {r["features"] for r in found} == {"mnist"}
    with pytest.raises(ValueError, match="`features` must be named for images of .*mnist.*None"):
        evaluated(gan, str(picture_folder), names)


def test_only_with_inception_are_scores_called_fid_kid_and_is(gan, picture_folder, tmp_path):
    tf.saved_model.save(StandIn(), str(tmp_path / "inception"))
    network = Inception(tmp_path / "inception")
    names = ["kernel_distance", "classifier_score", "recall"]
    found = evaluated(gan, str(picture_folder), names, network=network)
    assert [r["metric"] for r in found] == ["KID", "IS", "recall"]
    assert all(r["features_sha256"] == network.sha256 for r in found)
    assert all(r["resize"] == "bilinear (TensorFlow 1) to 299x299" for r in found)


def test_pixels_are_compared_with_real_ones(picture_folder):
    gan = small("dcgan", image_shape=(16, 16, 3))
    (record,) = evaluated(gan, str(picture_folder), ["sliced_wasserstein"])
    assert (record["task"], record["num_generated"], record["num_real"]) == ("16 px", 64, 64)
    assert record["value"] > record["settings"]["real_to_real"] > 0
    low, high = record["interval"]
    assert low < record["value"] < high


def test_codes_of_every_model_that_infers():
    with tfds.testing.mock_data(60, policy=tfds.testing.MockPolicy.USE_CODE):
        ali = evaluated(small("ali", image_shape=(8, 8, 1)), names=families.CODES)
        hali = evaluated(small("hali", image_shape=(8, 8, 1)), names=families.CODES)
    assert [r["metric"] for r in ali] == list(families.CODES)
    assert [r["task"] for r in hali] == ["level 1"] * 3 + ["level 2"] * 3
    for record in ali + hali:
        assert 0 <= record["value"] <= (4 if record["metric"] == "reconstruction_error" else 1)
        assert (record["num_real"], record["split"]) == (60, "test")


def test_translations_between_two_domains(data_dir):  # noqa: F811
    gan = small("cyclegan", image_shape=(16, 16, 3))
    splits = ("test_noto", "test_openmoji")
    names = ["l1", "ssim", "retrieval_accuracy"]
    found = evaluated(gan, "emoji_styles/32", names, examples_split=splits, data_dir=data_dir)
    assert {r["task"] for r in found} == {"noto to openmoji", "openmoji to noto"}
    assert [r["metric"] for r in found] == names * 2
    assert all(r["split"] == splits for r in found)
    with pytest.raises(ValueError, match="`examples_split` must name images with counterparts"):
        evaluated(gan, "emoji_styles/32", names, data_dir=data_dir)
    with pytest.raises(DataError, match="every thing in every domain.*differs in"):
        splits = ("test_noto", "train_openmoji")
        evaluated(gan, "emoji_styles/32", names, examples_split=splits, data_dir=data_dir)


@pytest.mark.skipif("emoji_styles" not in features.names(), reason="no network of emoji")
def test_translations_among_four_domains(data_dir):  # noqa: F811
    gan = small("stargan", image_shape=(16, 16, 3), domains=STYLES)
    names = ["l1", "domain_accuracy"]
    found = evaluated(gan, "emoji_styles/32", names, examples_split=TEST, data_dir=data_dir)
    assert len({r["task"] for r in found}) == 12
    accuracy = [r for r in found if r["metric"] == "domain_accuracy"]
    assert len(accuracy) == 12 and all(r["features"] == "emoji_styles" for r in accuracy)


REFUSED = {
    r"`metrics` must be one of .* Received: 'fid'": {"names": ["fid"]},
    r"`metrics` of a DCGAN must be of \['frechet_distance', .*Received: 'probe_accuracy'": {
        "names": ["probe_accuracy"]
    },
    r"`metrics` of a DCGAN must be of .*Received: 'l1'": {"names": ["precision", "l1"]},
    "`num` must be at least 64. Received: 63": {"num": 63},
    "`split` must be one of .*'test', 'train'.*Received: 'dev'": {"split": "dev"},
}


@pytest.mark.parametrize("message", REFUSED)
def test_bad_input_is_refused(gan, message):
    with pytest.raises(ValueError, match=message):
        evaluated(gan, **REFUSED[message])


def test_a_translator_has_no_scores_of_samples():
    gan = small("cyclegan", image_shape=(16, 16, 3))
    with pytest.raises(ValueError, match=r"`metrics` of a CycleGAN must be of \['l1', .*recall"):
        evaluated(gan, names=["recall"])


def test_records_measured_alike_are_compared(measured):
    one = measured[0]
    other = copy.deepcopy(one) | {"value": one["value"] + 1, "seed": 5, "weights_sha256": "b"}
    assert records.compare(one, other) == {"difference": pytest.approx(1), "apart": False}
    other["interval"] = [v + 100 for v in one["interval"]]
    assert records.compare(one, other)["apart"] is True
    other["num_generated"], other["moving_average"] = 50_000, False
    with pytest.raises(records.ProtocolError, match="num_generated 64 and 50000") as caught:
        records.compare(one, other)
    assert "moving_average True and False" in str(caught.value)
    assert records.compare(one, other, ignoring=("num_generated", "moving_average"))
    with pytest.raises(ValueError, match="`ignoring` must be one of .*Received: 'nums'"):
        records.compare(one, other, ignoring=("nums",))
    found = copy.deepcopy(measured[-1])
    found["settings"]["pairs"] = 10**6  # found, not chosen
    assert records.compare(measured[-1], found)["difference"] == 0


@pytest.fixture
def folder(tmp_path):
    """A pretrained folder of one's own."""
    return shutil.copytree(paths.WEIGHTS / "wgan_gp_mnist", tmp_path / "mine")


def test_evaluate_prints_a_table_and_keeps_the_records(folder, capsys):
    (folder / pretrained.METRICS).unlink(missing_ok=True)
    checksums.write(folder)
    names = ["mode_score", "recall"]
    pairs = folder.parent / "pairs.png"
    command = ["evaluate", str(folder), "--num", "100", "--metrics", *names]
    cli.main([*command, "--pairs", str(pairs)])
    printed = capsys.readouterr()
    assert "95% interval" in printed.out and "10,000 mnist test" in printed.out
    assert "generating 100 images" in printed.err
    assert pairs.read_bytes().startswith(b"\x89PNG")
    kept = pretrained.read(folder, pretrained.METRICS)
    assert [r["metric"] for r in kept] == names
    facts = pretrained.facts(folder)
    assert all(r["weights_sha256"] == facts["weights_sha256"] for r in kept)
    card = (folder / pretrained.CARD).read_text()
    assert "| recall |" in card and "None measured" not in card
    cli.main(["evaluate", str(folder), "--num", "90", "--metrics", "recall"])
    cli.main(["evaluate", str(folder), "--num", "100", "--metrics", "recall"])  # once more
    kept = pretrained.read(folder, pretrained.METRICS)
    assert [(r["metric"], r["num_generated"]) for r in kept] == [
        ("mode_score", 100),
        ("recall", 90),
        ("recall", 100),
    ]
    cli.main([*command, "--raw", "--no_record"])
    assert "raw weights" in capsys.readouterr().out
    assert pretrained.read(folder, pretrained.METRICS) == kept
    ganzoo.load(folder)  # its checksums hold


def test_evaluate_says_in_a_line_what_is_wrong(folder):
    with pytest.raises(SystemExit, match="error: `inception` must be the folder"):
        cli.main(["evaluate", str(folder), "--inception", "nowhere"])
    with pytest.raises(SystemExit, match=r"error: `images` must have shape \(num, 28, 28, 3\)"):
        cli.main(["evaluate", str(folder), "--num", "99", "--features", "cifar10"])
