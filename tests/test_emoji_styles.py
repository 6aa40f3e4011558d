"""The data set emoji_styles: one picture in four styles, paired, no emoji in both parts."""

import hashlib
import json
import pathlib
import sys

import numpy as np
import pytest
import tensorflow_datasets as tfds

from ganzoo import data, imaging
from ganzoo.data import emoji_styles
from ganzoo.data.emoji_styles import STYLES, EmojiStyles

RAW = pathlib.Path("~/.cache/ganzoo-raw").expanduser()
FACES = [f"{0x1F600 + i:x}" for i in range(28)]
FARMERS = [f"{person}-200d-1f33e" for person in ("1f468", "1f469", "1f9d1")]
ALL = ["0023-20e3", "2764", *FARMERS, "1f5fa", *FACES]
ORDER = sorted(ALL, key=lambda c: [int(x, 16) for x in c.split("-")])


def colour(code_point, style):
    """The one that the fake drawing of an emoji has in a style."""
    return list(hashlib.sha256(f"{code_point} {style}".encode()).digest()[:3])


def png(code_point, style):
    """A square of 32x32 pixels in a transparent black frame; that of 1f5fa is half transparent."""
    image = np.zeros((64, 64, 4), np.uint8)
    alpha = 128 if code_point == "1f5fa" else 255
    image[16:48, 16:48] = [*colour(code_point, style), alpha]
    return imaging.png(image)


def square(code_point, style, side, height=None):
    """An SVG element: the square of `png`, in a view of this side."""
    height = height or side
    fill = "#" + bytes(colour(code_point, style)).hex()
    return (
        f'<rect x="{side / 4}" y="{height / 4}" width="{side / 2}" height="{height / 2}" '
        f'fill="{fill}"/>'
    )


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """The four packages, tiny: two of their emoji are to be left out."""
    raw = tmp_path_factory.mktemp("raw")
    flag, no_fluent = "1f1e6-1f1e8", "1f9a2"
    listed = [*reversed(ALL), flag, no_fluent]
    written = {c: c.upper() for c in listed} | {"0023-20e3": "0023-FE0F-20E3"}
    google, twitter = raw / "emoji-google/package", raw / "emoji-twitter/package"
    folders = {google / "img/google/64": "noto", twitter / "img/twitter/64": "twemoji"}
    for folder, style in folders.items():
        folder.mkdir(parents=True)
        for c in listed:
            (folder / f"{written[c].lower()}.png").write_bytes(png(c, style))
    table = [
        {
            "unified": written[c],
            "name": f"NAME OF {c}",
            "category": "Flags" if c == flag else "Smileys & Emotion",
        }
        for c in listed
    ]
    (google / "emoji.json").write_text(json.dumps(table))
    folder = raw / "openmoji/package/color/svg"
    folder.mkdir(parents=True)
    for c in listed:
        body = square(c, "openmoji", 72)
        svg = f'<svg viewBox="0 0 72 72" xmlns="http://www.w3.org/2000/svg">{body}</svg>'
        (folder / f"{written[c]}.svg").write_text(svg)
    fluent = raw / "fluent-emoji-flat/package"
    fluent.mkdir(parents=True)
    drawn = [c for c in listed if c != no_fluent]
    icons = {f"icon-{c}": {"body": square(c, "fluent", 32)} for c in drawn}
    icons["icon-1f600"] = {"body": square("1f600", "fluent", 32, 33), "height": 33}
    (fluent / "icons.json").write_text(json.dumps({"icons": icons, "width": 32, "height": 32}))
    (fluent / "chars.json").write_text(json.dumps({c: f"icon-{c}" for c in drawn}))
    return raw


def prepare(raw, data_dir, size, **config):
    builder = EmojiStyles(config=str(size), data_dir=data_dir)
    config = tfds.download.DownloadConfig(manual_dir=raw, **config)
    builder.download_and_prepare(download_config=config)
    return builder


@pytest.fixture(scope="module")
def data_dir(raw, tmp_path_factory):
    """Where both sizes lie prepared, by the command line."""
    folder = tmp_path_factory.mktemp("tfds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["emoji_styles", "--raw", str(raw), "--data_dir", str(folder)])
        emoji_styles.main()
    return folder


def examples(builder, split):
    return list(tfds.as_numpy(builder.as_dataset(split=split, shuffle_files=False)))


def code_points(builder, split):
    return [example["code_point"].decode() for example in examples(builder, split)]


def test_every_style_has_the_same_emoji_in_the_order_of_their_code_points(data_dir):
    builder = EmojiStyles(data_dir=data_dir)
    assert builder.builder_config.name == "64"
    train, test = code_points(builder, "train_noto"), code_points(builder, "test_noto")
    assert train and test and sorted(train + test) == sorted(ORDER)
    assert [c for c in ORDER if c in test] == test and [c for c in ORDER if c in train] == train
    for style in STYLES:
        assert code_points(builder, f"train_{style}") == train
        assert code_points(builder, f"test_{style}") == test
    assert len({c in test for c in FARMERS}) == 1


def test_the_order_survives_several_shards(raw, tmp_path):
    builder = prepare(raw, tmp_path, 32, num_shards=2)
    assert builder.info.splits["train_openmoji"].num_shards == 2
    expected = [c for c in ORDER if not emoji_styles.is_test(c)]
    assert code_points(builder, "train_openmoji") == expected


@pytest.mark.parametrize("size", emoji_styles.SIZES)
def test_a_drawing_lies_on_white_in_its_place(data_dir, size):
    builder = tfds.builder(f"emoji_styles/{size}", data_dir=data_dir)
    split = "+".join(f"{part}_{style}" for part in ("train", "test") for style in STYLES)
    read = examples(builder, split)
    assert len(read) == 4 * len(ALL)
    for example in read:
        code_point, style = example["code_point"].decode(), STYLES[example["label"]]
        fill = np.array(colour(code_point, style))
        if code_point == "1f5fa" and style in ("noto", "twemoji"):
            fill = np.round(fill * (128 / 255) + 255 * (127 / 255))
        image, quarter = example["image"].astype(int), size // 4
        assert image.shape == (size, size, 3) and example["image"].dtype == np.uint8
        assert abs(image[quarter + 1 : -quarter - 1, quarter + 1 : -quarter - 1] - fill).max() <= 1
        frame = np.ones((size, size), bool)
        frame[quarter - 1 : 1 - quarter, quarter - 1 : 1 - quarter] = False
        assert (image[frame] == 255).all()
        assert example["name"].decode() == f"NAME OF {code_point}"
        assert example["category"] == b"Smileys & Emotion"


def test_the_average_of_the_pixels_makes_the_smaller_image(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    (tmp_path / "x.png").write_bytes(imaging.png(image))
    assert np.array_equal(emoji_styles.draw(tmp_path / "x.png", 64), image)
    mean = image[::2, ::2].astype(float) + image[1::2, ::2] + image[::2, 1::2] + image[1::2, 1::2]
    assert abs(emoji_styles.draw(tmp_path / "x.png", 32) - mean / 4).max() <= 0.501


@pytest.mark.parametrize("size", emoji_styles.SIZES)
def test_load_images_reads_a_style(data_dir, size):
    shape = (size, size, 3)
    images = data.load_images(f"emoji_styles/{size}", shape, "test_fluent", data_dir=data_dir)
    builder = EmojiStyles(config=str(size), data_dir=data_dir)
    assert np.array_equal(images, [e["image"] for e in examples(builder, "test_fluent")])


def test_variants_of_one_base_are_split_together():
    assert {emoji_styles.is_test(c) for c in FACES} == {True, False}
    for gendered, person in emoji_styles.PERSON.items():
        assert emoji_styles.is_test(gendered) == emoji_styles.is_test(f"{person}-1f3fd-200d-1f33e")
    joined = [f"{c}-1f3fb-200d-2640" for c in FACES]
    assert [emoji_styles.is_test(c) for c in joined] == [emoji_styles.is_test(c) for c in FACES]


def test_missing_packages_are_named_with_what_to_do(raw, tmp_path):
    with pytest.raises(
        data.DataError, match="by hand.\n.*downloads/manual does not exist"
    ) as error:
        data.load_images("emoji_styles/64", (64, 64, 3), "train_noto", data_dir=tmp_path)
    for package in ("emoji-datasource-google", "emoji-datasource-twitter"):
        assert f"npm pack {package}@16.0.0\n" in str(error.value)
        assert f"tar xzf {package}-16.0.0.tgz -C emoji-" in str(error.value)
    manual = tmp_path / "downloads/manual"
    manual.mkdir(parents=True)
    for folder in ("emoji-google", "emoji-twitter", "fluent-emoji-flat"):
        (manual / folder).symlink_to(raw / folder)
    with pytest.raises(data.DataError) as error:
        data.load_images("emoji_styles/64", (64, 64, 3), "train_noto", data_dir=tmp_path)
    assert f"No openmoji/package (openmoji@17.0.0) in '{manual}'.\nIn an empty" in str(error.value)
    assert str(error.value).count("npm pack openmoji@17.0.0\n") == 1


def test_missing_resvg_is_named_with_what_to_do(raw, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(ImportError, match="pip install resvg-py"):
        prepare(raw, tmp_path, 64)
    monkeypatch.setattr(sys, "argv", ["emoji_styles", "--raw", str(raw), "--data_dir", "x"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="pip install resvg-py"):
        emoji_styles.main()


def test_a_size_that_is_not_there_is_told():
    with pytest.raises(data.DataError, match=r"\['32', '64'\]\. Received: 'emoji_styles/48'"):
        data.load_images("emoji_styles/48", (48, 48, 3))


@pytest.mark.slow
@pytest.mark.skipif(not (RAW / "openmoji").exists(), reason=f"no emoji packages in {RAW}")
def test_the_real_packages_have_the_counts_that_the_docstring_states():
    drawings, emoji = emoji_styles.read(RAW)
    found = [e["code_point"] for e in emoji]
    test = {c for c in found if emoji_styles.is_test(c)}
    assert (len(found), len(set(found)), len(test)) == (1586, 1586, 194)
    bases = {c.split("-")[0] for c in found}
    assert len({emoji_styles.PERSON.get(c, c) for c in bases}) == 1369
    assert len({e["category"] for e in emoji if e["code_point"] in test}) == 8
    for style in STYLES:
        for code_point in sorted(test)[::10]:
            image = emoji_styles.draw(drawings[style][code_point], 64)
            assert image.shape == (64, 64, 3) and image.std() > 10
