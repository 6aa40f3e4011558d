"""Four vendors' drawings of the same emoji, as a TensorFlow Datasets builder, `emoji_styles`.

Unpaired domains for image-to-image translation (CycleGAN, StarGAN) whose test images are paired,
so that a translation can be measured against the true drawing. Made from four npm packages that
the user fetches (EmojiStyles.MANUAL_DOWNLOAD_INSTRUCTIONS). With them below FOLDER,

    python -m ganzoo.data.emoji_styles --raw FOLDER [--data_dir DIR] [--size 64]

prepares the data set under DIR (TFDS's own default without it) in both sizes, or in the one given,
in a minute or two each. Then

    ganzoo.data.load_images("emoji_styles/64", (64, 64, 3), "train_noto")

reads one style.
"""

import argparse
import hashlib
import json
import pathlib

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

STYLES = ("fluent", "noto", "openmoji", "twemoji")
SIZES = (64, 32)  # TFDS takes the first for its default

# Folder below the manual one: (npm package, what is read of it).
PACKAGES = {
    "emoji-google": ("emoji-datasource-google@16.0.0", ("emoji.json", "img/google/64")),
    "emoji-twitter": ("emoji-datasource-twitter@16.0.0", ("img/twitter/64",)),
    "openmoji": ("openmoji@17.0.0", ("color/svg",)),
    "fluent-emoji-flat": (
        "@iconify-json/fluent-emoji-flat@1.2.6",
        ("chars.json", "icons.json"),
    ),
}
# Flags are four copies of one picture; components (skin tones, hair) are no emoji of their own.
LEFT_OUT = ("Flags", "Component")
# Man and woman are drawn as the person is: a face in training would give away the one in test.
PERSON = {
    **dict.fromkeys(["1f468", "1f469"], "1f9d1"),  # man, woman: adult
    **dict.fromkeys(["1f466", "1f467"], "1f9d2"),  # boy, girl: child
    **dict.fromkeys(["1f474", "1f475"], "1f9d3"),  # old man, old woman: older adult
    **dict.fromkeys(["1f934", "1f478"], "1fac5"),  # prince, princess: person with crown
}
# SVGs are drawn at this size and averaged down: drawn small, neighbouring shapes show seams.
DRAWN = 256

INSTRUCTIONS = "\n".join(
    [
        "In an empty folder, the manual directory (FOLDER below), with npm and tar:",
        *(f"    npm pack {package}" for package, _ in PACKAGES.values()),
        f"    mkdir {' '.join(PACKAGES)}",
        *(
            f"    tar xzf {package.strip('@').replace('/', '-').replace('@', '-')}.tgz -C {folder}"
            for folder, (package, _) in PACKAGES.items()
        ),
        "which gives FOLDER/emoji-google/package and so on. Two of them hold SVG files, so:",
        "    pip install resvg-py",
        "    python -m ganzoo.data.emoji_styles --raw FOLDER",
        "(with --data_dir DIR, if the prepared data are to lie elsewhere than TFDS's default)",
    ]
)

DESCRIPTION = """\
Emoji as drawn by four vendors: Fluent (flat), Noto, OpenMoji and Twemoji, on white. Each style has
a training and a test split. No emoji is in both, nor are two variants of one (man, woman and person
are one base, with all that begins with them: professions, families). The test splits are paired:
they hold the same emoji in the same order, as do the training splits, sorted by code point.

Attribution. Fluent: Microsoft Corporation, MIT. Noto: Google LLC, Apache-2.0. OpenMoji: designed by
OpenMoji, the open-source emoji and icon project, CC BY-SA 4.0. Twemoji: Twitter, Inc and other
contributors, CC-BY 4.0. All drawings are changed: composited on white, scaled to the size."""

LICENSE = """\
Each image has its drawing's licence. fluent: MIT,
https://github.com/microsoft/fluentui-emoji/blob/main/LICENSE. noto: Apache-2.0,
https://github.com/googlefonts/noto-emoji/blob/main/LICENSE. openmoji: CC BY-SA 4.0,
https://creativecommons.org/licenses/by-sa/4.0/. twemoji: CC-BY 4.0,
https://creativecommons.org/licenses/by/4.0/."""

CITATION = """\
@misc{fluent_emoji, title={Fluent Emoji}, author={{Microsoft Corporation}},
  url={https://github.com/microsoft/fluentui-emoji}}
@misc{noto_emoji, title={Noto Emoji}, author={{Google LLC}},
  url={https://github.com/googlefonts/noto-emoji}}
@misc{openmoji, title={OpenMoji}, author={Gro{\\ss}, Benedikt and Utz, Daniel and
  {The OpenMoji Contributors}}, url={https://openmoji.org}}
@misc{twemoji, title={Twemoji}, author={{Twitter, Inc and other contributors}},
  url={https://github.com/twitter/twemoji}}"""


class EmojiStyles(tfds.core.GeneratorBasedBuilder):
    """Emoji in four styles, 64x64 ("emoji_styles/64", the default) or 32x32 ("emoji_styles/32").

    1,586 emoji are drawn in all four styles, leaving out the categories Flags and Component. They
    have 1,369 bases (see `is_test`), of which about one in eight is for testing. So each of
    train_fluent, train_noto, train_openmoji and train_twemoji has 1,392 images, and each of
    test_fluent and so on 194. "train_fluent+train_noto" reads two styles, told apart by `label`.

    An example has `image`, uint8 (size, size, 3); `label`, int64, the index into STYLES;
    `code_point`, such as b"1f468-200d-1f33e" (lower case, no variation selector fe0f); `name` and
    `category`, as in the package emoji-datasource.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Emoji 16.0."}
    BUILDER_CONFIGS = [
        tfds.core.BuilderConfig(name=str(size), description=f"{size}x{size} pixels")
        for size in SIZES
    ]
    MANUAL_DOWNLOAD_INSTRUCTIONS = INSTRUCTIONS

    def _info(self):
        size = int(self.builder_config.name)
        return tfds.core.DatasetInfo(
            builder=self,
            description=DESCRIPTION,
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(size, size, 3)),
                    "label": tfds.features.ClassLabel(names=STYLES),
                    "code_point": tfds.features.Text(),
                    "name": tfds.features.Text(),
                    "category": tfds.features.Text(),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="https://www.npmjs.com/package/emoji-datasource",
            citation=CITATION,
            license=LICENSE,
            disable_shuffling=True,  # the order is what pairs the splits
        )

    def _split_generators(self, dl_manager):
        drawings, emoji = read(dl_manager.manual_dir)
        _resvg()
        parts = {
            "train": [e for e in emoji if not is_test(e["code_point"])],
            "test": [e for e in emoji if is_test(e["code_point"])],
        }
        return {
            f"{part}_{style}": self._generate_examples(drawings[style], style, chosen)
            for part, chosen in parts.items()
            for style in STYLES
        }

    def _generate_examples(self, drawings, style, emoji):
        size = int(self.builder_config.name)
        for index, entry in enumerate(emoji):
            image = draw(drawings[entry["code_point"]], size)
            yield index, {"image": image, "label": style, **entry}


def read(raw):
    """What the unpacked packages hold.

    Args:
        raw: path of the folder with the four packages.

    Returns:
        (drawings, emoji): drawings[style][code_point] is the path of a PNG or SVG file, or SVG
        text; emoji is a list of {"code_point", "name", "category"} of those that all four styles
        draw, sorted by code point.

    Raises:
        FileNotFoundError: if a package is not there; the message has the instructions.
    """
    raw = pathlib.Path(raw)
    missing = {
        folder: package
        for folder, (package, parts) in PACKAGES.items()
        if not all((raw / folder / "package" / part).exists() for part in parts)
    }
    if missing:
        names = ", ".join(f"{folder}/package ({package})" for folder, package in missing.items())
        raise FileNotFoundError(f"No {names} in {str(raw)!r}.\n{INSTRUCTIONS}")
    google, twitter, openmoji, fluent = (raw / folder / "package" for folder in PACKAGES)
    drawings = {
        "fluent": _fluent(fluent),
        "noto": _files(google / "img/google/64"),
        "openmoji": _files(openmoji / "color/svg"),
        "twemoji": _files(twitter / "img/twitter/64"),
    }
    emoji = [
        {"code_point": _key(e["unified"]), "name": e["name"], "category": e["category"]}
        for e in json.loads((google / "emoji.json").read_text("utf-8"))
        if e["category"] not in LEFT_OUT
    ]
    emoji = [e for e in emoji if all(e["code_point"] in drawings[style] for style in STYLES)]
    return drawings, sorted(emoji, key=lambda e: [int(x, 16) for x in e["code_point"].split("-")])


def is_test(code_point):
    """Whether an emoji is for testing: a hash of its base decides, so that variants stay together.

    The base is the first code point, with man and woman (boy and girl, ...) taken as the person.

    Args:
        code_point: such as "1f468-200d-1f33e".
    """
    first = code_point.split("-")[0]
    return hashlib.sha256(PERSON.get(first, first).encode()).digest()[-1] % 8 == 0


def draw(drawing, size):
    """A drawing on white, averaged down to `size`.

    Args:
        drawing: path of a PNG file (square, of a multiple of `size`) or SVG file, or SVG text.
        size: int, a divisor of 256.

    Returns:
        Uint8 array (size, size, 3).
    """
    if isinstance(drawing, str):
        png = _rasterise(drawing)
    elif drawing.suffix == ".svg":
        png = _rasterise(drawing.read_text("utf-8"))
    else:
        png = drawing.read_bytes()
    rgba = tf.io.decode_png(png, channels=4).numpy().astype(np.float32)
    alpha = rgba[..., 3:] / 255
    image = rgba[..., :3] * alpha + 255 * (1 - alpha)
    factor = len(image) // size
    image = image.reshape(size, factor, size, factor, 3).mean((1, 3))
    return np.round(image).astype(np.uint8)


def _key(code_point):
    """A code point in lower case, without the variation selector that only some packages write."""
    return "-".join(x for x in code_point.lower().split("-") if x != "fe0f")


def _files(folder):
    return {_key(file.stem): file for file in folder.iterdir() if file.suffix in (".png", ".svg")}


def _fluent(package):
    """SVG text of each Fluent emoji: the package has the bodies only."""
    names = json.loads((package / "chars.json").read_text("utf-8"))
    icons = json.loads((package / "icons.json").read_text("utf-8"))
    side = icons["height"]
    # Two icons are one unit higher than wide; width and height make resvg fit them into a square.
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}"'
    return {
        _key(code_point): f'{head} viewBox="0 0 {icon.get("width", icons["width"])} '
        f'{icon.get("height", side)}">{icon["body"]}</svg>'
        for code_point, name in names.items()
        if (icon := icons["icons"].get(name))
    }


def _rasterise(svg):
    return bytes(
        _resvg().svg_to_bytes(svg_string=svg, width=DRAWN, height=DRAWN, skip_system_fonts=True)
    )


def _resvg():
    try:
        import resvg_py
    except ImportError:
        raise ImportError(
            "emoji_styles draws SVG files with resvg-py, which is not installed: "
            "pip install resvg-py"
        ) from None
    return resvg_py


def main():
    parser = argparse.ArgumentParser(prog="python -m ganzoo.data.emoji_styles")
    parser.add_argument("--raw", required=True, help="folder of the four unpacked packages")
    parser.add_argument("--data_dir", help="where to prepare it; TFDS's default without")
    parser.add_argument("--size", type=int, choices=sorted(SIZES), help="one size; both without")
    args = parser.parse_args()
    config = tfds.download.DownloadConfig(manual_dir=args.raw)
    for size in [args.size] if args.size else SIZES:
        builder = EmojiStyles(config=str(size), data_dir=args.data_dir)
        try:
            builder.download_and_prepare(download_config=config)
        except (AssertionError, FileNotFoundError, ImportError) as error:
            raise SystemExit(str(error)) from None  # each of them says what to do
        print(builder.data_dir)


if __name__ == "__main__":
    main()
