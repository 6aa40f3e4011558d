"""Writes the zoo's table into the README from its records: `python training/tables.py`."""

import pathlib

from ganzoo import files, pretrained

README = pathlib.Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- zoo: written by training/tables.py -->", "<!-- /zoo -->"
SHOWN = {
    "frechet_distance": "Frechet distance",
    "kernel_distance": "kernel distance",
    "precision": "precision",
    "recall": "recall",
}
# What the table's scores have in common; the page says so above it.
PROTOCOL = {
    "split": "test",
    "num_generated": 10_000,
    "moving_average": True,
    "seed": 0,
}


def zoo():
    """The table in Markdown: a row for each pretrained model."""
    lines = [
        "| name | system | data | images | CPU hours | "
        + " | ".join(SHOWN.values())
        + " | paper |",
        "|---" * (6 + len(SHOWN)) + "|",
    ]
    for name in pretrained.list_models():
        recipe = pretrained.read(name, pretrained.RECIPE)
        record = pretrained.read(name, pretrained.RECORD)
        arxiv = recipe["paper"].rpartition("arXiv ")[2]
        cells = [
            f"`{name}`",
            recipe["system"],
            recipe["dataset"],
            "x".join(map(str, record["image_shape"])),
            f"{record['training']['cpu_seconds'] / 3600:.1f}",
            *_scores(name, recipe["dataset"]),
            f"[{arxiv}](https://arxiv.org/abs/{arxiv})",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _scores(name, dataset):
    protocol = PROTOCOL | {"dataset": dataset, "features": dataset.partition("/")[0]}
    protocol["weights_sha256"] = pretrained.facts(name)["weights_sha256"]
    found = {
        r["metric"]: r
        for r in pretrained.read(name, pretrained.METRICS) or []
        if all(r.get(k) == v for k, v in protocol.items())
    }
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
