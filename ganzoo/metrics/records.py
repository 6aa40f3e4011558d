"""Scores as records with their protocol: kept, compared, shown."""

import json

from ganzoo.registry import unknown

# What two records must share for their values to be compared.
PROTOCOL = (
    "metric",
    "task",
    "features",
    "features_sha256",
    "resize",
    "dataset",
    "split",
    "num_real",
    "num_generated",
    "moving_average",
    "settings",
)
# What else identifies a measurement: made again, it replaces the one before.
_OTHERS = ("weights_sha256", "seed", "checkpoint")
# Settings that are findings rather than choices.
_FINDINGS = {"deviation_of_splits", "pairs", "untranslated", "real_to_real", "class"}


class ProtocolError(ValueError):
    """Two scores that were not measured alike."""


def joined(old, new):
    """Records, oldest first; one of `new` takes the place of the same measurement in `old`."""
    new = json.loads(json.dumps(list(new)))
    return [r for r in old if all(_key(r) != _key(n) for n in new)] + new


def compare(first, second, ignoring=()):
    """The difference of two records' values, if they were measured alike.

    Args:
        first, second: records.
        ignoring: names of PROTOCOL in which they may differ.

    Returns:
        Dict: "difference", second less first; "apart", whether their intervals do not overlap.

    Raises:
        ProtocolError: if their protocols differ, naming each difference.
        ValueError: for an unknown name in `ignoring`.
    """
    for name in ignoring:
        if name not in PROTOCOL:
            raise ValueError(unknown("ignoring", name, PROTOCOL))
    differing = [
        f"{name} {first.get(name)!r} and {second.get(name)!r}"
        for name in PROTOCOL
        if name not in ignoring and _protocol(first, name) != _protocol(second, name)
    ]
    if differing:
        raise ProtocolError(
            "the two scores were not measured alike, so their difference says nothing; name in "
            f"`ignoring` what may differ. Received: {'; '.join(differing)}"
        )
    (low, high), (other_low, other_high) = (
        (low, float("inf") if high is None else high)
        for low, high in (first["interval"], second["interval"])
    )
    return {
        "difference": second["value"] - first["value"],
        "apart": bool(high < other_low or other_high < low),
    }


def _protocol(record, name):
    value = record.get(name)
    if name == "settings":
        return {k: v for k, v in (value or {}).items() if k not in _FINDINGS}
    return value


def _key(record):
    return [record.get(k) for k in _OTHERS] + [_protocol(record, name) for name in PROTOCOL]


def table(records):
    """Rows of strings, the first one of titles: what each score is, and how it was measured."""
    rows = [
        (
            "score",
            "value",
            "95% interval",
            "better",
            "checkpoint",
            "features",
            "real",
            "generated",
            "settings",
        )
    ]
    for record in records:
        low, high = record["interval"]
        name = record["metric"] + (f", {record['task']}" if record.get("task") else "")
        value = f"{record['value']:.4g}"
        rows.append(
            (
                name if record["moving_average"] else f"{name}, raw weights",
                value if high is not None else f">= {value}",
                f"{low:.4g} to {high:.4g}" if high is not None else "",
                record["better"],
                _checkpoint(record),
                _features(record),
                _count(record.get("num_real"), record["dataset"], record.get("split")),
                _count(record.get("num_generated")),
                ", ".join(f"{k} {_short(v)}" for k, v in record["settings"].items()),
            )
        )
    return rows


def markdown(records):
    """The table in Markdown."""
    title, *rows = table(records)
    lines = [title, ["---"] * len(title), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _checkpoint(record):
    step = record.get("step")
    return record.get("checkpoint", "") + ("" if step is None else f", step {step:,}")


def _features(record):
    if not record.get("features"):
        return "pixels"
    resize = "" if record.get("resize", "none") == "none" else f", {record['resize']}"
    return f"{record['features']} ({record['features_sha256'][:8]}{resize})"


def _count(num, *words):
    said = [f"{num:,}"] if num else []
    return " ".join(said + [w if isinstance(w, str) else "+".join(w) for w in words if w])


def _short(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)
