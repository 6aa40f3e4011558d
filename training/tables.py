"""Writes the zoo's tables into the README from its records: `python training/tables.py`."""

import pathlib

import numpy as np

from ganzoo import files, pretrained

README = pathlib.Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- zoo: written by training/tables.py -->", "<!-- /zoo -->"
SHOWN = {
    "frechet_distance": "Frechet distance",
    "kernel_distance": "kernel distance",
    "precision": "precision",
    "recall": "recall",
}
TRANSLATED = {
    "domain_accuracy": "domain accuracy",
    "retrieval_accuracy": "retrieval accuracy",
    "ssim": "SSIM",
    "l1": "L1",
}
# What the table's scores have in common; the page says so above it.
PROTOCOL = {
    "split": "test",
    "num_generated": 10_000,
    "moving_average": True,
    "seed": 0,
}


def zoo():
    """The tables in Markdown, of generators and of translators: a row for each pretrained model."""
    names = pretrained.list_models()
    translators = [n for n in names if pretrained.read(n, pretrained.RECIPE).get("examples_split")]
    generators = [n for n in names if n not in translators]
    return "\n\n".join(
        [_table(generators, SHOWN, _scores), _table(translators, TRANSLATED, _translation_scores)]
    )


def _table(names, shown, scores):
    lines = [
        "| name | system | data | images | CPU hours | "
        + " | ".join(shown.values())
        + " | paper |",
        "|---" * (6 + len(shown)) + "|",
    ]
    for name in names:
        recipe = pretrained.read(name, pretrained.RECIPE)
        record = pretrained.read(name, pretrained.RECORD)
        arxiv = recipe["paper"].rpartition("arXiv ")[2]
        cells = [
            f"`{name}`",
            recipe["system"],
            recipe["dataset"],
            "x".join(map(str, record["image_shape"])),
            f"{record['training']['cpu_seconds'] / 3600:.1f}",
            *scores(name, recipe["dataset"]),
            f"[{arxiv}](https://arxiv.org/abs/{arxiv})",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _translation_scores(name, dataset):
    """Means over the directions, and in brackets those of the images as they were."""
    protocol = {"dataset": dataset, "moving_average": True}
    protocol["weights_sha256"] = pretrained.facts(name)["weights_sha256"]
    for metric in TRANSLATED:
        found = [r for r in _records(name, protocol) if r["metric"] == metric]
        if not found:
            yield "not measured"
            continue
        mean = np.mean([[r["value"], r["settings"]["untranslated"]] for r in found], axis=0)
        yield f"{mean[0]:.3g} ({mean[1]:.3g})"


def _records(name, protocol):
    there = pretrained.read(name, pretrained.METRICS) or []
    return [r for r in there if all(r.get(k) == v for k, v in protocol.items())]


def _scores(name, dataset):
    protocol = PROTOCOL | {"dataset": dataset, "features": dataset.partition("/")[0]}
    protocol["weights_sha256"] = pretrained.facts(name)["weights_sha256"]
    found = {r["metric"]: r for r in _records(name, protocol)}
    for metric in SHOWN:
        if metric not in found:
            yield "not measured"
            continue
        low, high = found[metric]["interval"]
        yield f"{found[metric]['value']:.3g} ± {(high - low) / 2:.2g}"


def page():
    """The README with the table as it should be."""
    text = README.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{zoo()}\n{END}{after}"


if __name__ == "__main__":
    files.write(README, page().encode())
