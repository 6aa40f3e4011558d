"""Makes docs/gallery.md and its pictures: `python training/gallery.py` (needs matplotlib, data).

Every picture is of fixed seeds and of the first test images: nothing is chosen by hand.
"""

import pathlib

import numpy as np
from absl import app, flags, logging

from ganzoo import data, files, imaging, pretrained
from ganzoo.metrics import features
from ganzoo.metrics.kernel import squared_distances
from ganzoo.models import priors
from ganzoo.models.inference import Inference
from ganzoo.models.sampling import Sampling
from ganzoo.models.translation import DirectedTranslation

FLAGS = flags.FLAGS
flags.DEFINE_string("data_dir", None, "TFDS's folder of prepared data sets; its default if unset.")

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
FOLDER = "gallery"
COLUMNS = 10
# Bounds of latents, from the most typical images to the most varied; None for the prior itself.
TRUNCATIONS = {priors.Normal: (0.5, 1.0, 1.5, None), priors.Uniform: (0.25, 0.5, 0.75, None)}
CURVES = {
    "losses": lambda name: (
        "/" in name and not name.startswith("score/") and not name.endswith("gradient_norm")
    ),
    "scores while training": lambda name: name in ("score/kernel_distance", "score/recall"),
}


def main(argv):
    del argv
    logging.set_verbosity(logging.WARNING)
    folder = DOCS / FOLDER
    with files.whole_folder(folder, overwrite=True) as temporary:
        parts = [section(name, temporary) for name in pretrained.list_models()]
    head = (
        "# Gallery\n\nMade by `python training/gallery.py` from the weights that ship; uncurated: "
        "fixed seeds, and the first images of the test splits."
    )
    files.write(DOCS / "gallery.md", ("\n\n".join([head, *parts]) + "\n").encode())


def section(name, folder):
    """A model's part of the page; writes its pictures."""
    gan, recipe = pretrained.load(name), pretrained.read(name, pretrained.RECIPE)
    lines = [f"## {name}", f"![{name}](../weights/{name}/samples.png)", f"Above: {gan.caption}."]
    pictures = []
    if isinstance(gan, Sampling):
        pictures += of_samples(gan, recipe)
    if isinstance(gan, Inference):
        pictures += of_codes(gan, recipe)
    if hasattr(gan, "translate"):
        pictures += of_translations(gan, recipe)
    for key, picture, caption in pictures:
        path = folder / f"{name}_{key}.png"
        path.write_bytes(imaging.png(picture))
        lines += [f"![{key}]({FOLDER}/{path.name})", caption]
    log = pretrained.read(name, pretrained.LOG)
    if log:
        curves(log, folder / f"{name}_curves.png")
        lines += [f"![curves]({FOLDER}/{name}_curves.png)", "The run, as logged: `log.json`."]
    return "\n\n".join(lines)


def of_samples(gan, recipe):
    """(key, picture, caption) of interpolations, truncation and nearest training images."""
    start, end = (gan.sample_latents(6, seed=seed) for seed in (1, 2))
    path = gan.interpolate(start, end, steps=COLUMNS)
    yield "interpolations", table(path), "Between two samples, row by row."

    bounds = TRUNCATIONS[type(gan.prior)]
    rows = [gan.sample(COLUMNS, seed=3, truncation=bound) for bound in bounds]
    said = ", ".join("none" if bound is None else f"{bound:g}" for bound in bounds)
    yield "truncation", table(rows), f"Truncation of the latents, from above: {said}."

    images = data.load_images(recipe["dataset"], gan.image_shape, "train", FLAGS.data_dir)
    network = features.load(recipe["dataset"].partition("/")[0])
    samples = gan.sample(COLUMNS, seed=0)
    real = np.float64(network(images).features)
    nearest = np.argsort(squared_distances(np.float64(network(samples).features), real), 1)[:, :4]
    rows = [samples, *images[nearest.T]]
    yield (
        "nearest",
        table(rows),
        "Samples, and below each the four training images that are nearest by our features: are "
        "they copies?",
    )


def of_codes(gan, recipe):
    """(key, picture, caption) of reconstructions."""
    images = data.load_images(recipe["dataset"], gan.image_shape, "test", FLAGS.data_dir)
    images = images[: 2 * COLUMNS]
    levels = [{"level": level} for level in (1, 2)] if hasattr(gan, "code_shapes") else [{}]
    again = [gan.reconstruct(images, **level) for level in levels]
    rows = [part[half] for half in np.split(np.arange(2 * COLUMNS), 2) for part in (images, *again)]
    by = "from z1, and from z2 alone" if len(levels) > 1 else "from their codes"
    yield "reconstructions", table(rows), f"Test images, below them reconstructions {by}."


def of_translations(gan, recipe):
    """(key, picture, caption) of translations beside the true drawings."""
    splits = recipe["examples_split"]
    joined = splits if isinstance(splits, str) else "+".join(splits)
    drawn = data.load_paired(recipe["dataset"], gan.image_shape, joined, FLAGS.data_dir)
    drawn = {domain: images[:COLUMNS] for domain, images in drawn.items()}
    if isinstance(gan, DirectedTranslation):
        x, y = drawn
        ways = [(x, y, "xy"), (y, x, "yx")]
    else:
        ways = [(a, b, b) for a in drawn for b in drawn if a != b]
    for start, end, way in ways:
        rows = [drawn[start], gan.translate(drawn[start], way), drawn[end]]
        caption = f"{start}, translated to {end}, and {end}'s own drawings."
        yield f"{start}_to_{end}", table(rows), caption


def table(rows):
    """Rows of images as one picture, twice as large."""
    return imaging.enlarge(imaging.grid(np.concatenate(list(rows)), columns=len(rows[0])), 2)


def curves(log, path):
    """Draws a run's log, losses and scores."""
    from matplotlib import figure

    panels = {title: list(filter(suits, log)) for title, suits in CURVES.items()}
    panels = {title: names for title, names in panels.items() if names}
    drawing = figure.Figure(figsize=(5 * len(panels), 3), layout="constrained")
    axes = drawing.subplots(1, len(panels), squeeze=False)[0]
    for panel, (title, names) in zip(axes, panels.items(), strict=True):
        for name in names:
            panel.plot(*zip(*log[name], strict=True), label=name.removeprefix("score/"))
        panel.set(title=title, xlabel="step")
        panel.legend(fontsize="x-small")
    drawing.savefig(path, dpi=80)


if __name__ == "__main__":
    app.run(main)
