"""Model cards: the README.md of a pretrained folder."""

import sys
import textwrap

SCORES = "## Scores"
PROTOCOL = (
    "Measured by `ganzoo evaluate`, of these weights unless another checkpoint is named; intervals "
    "come from resampling the generated images. Scores on ganzoo's own feature networks compare "
    "with each other, and with no FID, KID or Inception score. The whole protocol of each is in "
    "`metrics.json`."
)


def render(name, gan, recipe, record, picture):
    """A model card in Markdown.

    Args:
        name: of the model.
        gan: the model.
        recipe, record: dicts, as in recipe.json and record.json.
        picture: name of the file of samples or translations, or None.
    """
    height, width, channels = record["image_shape"]
    training = record["training"]
    module = sys.modules[type(gan).__module__]
    networks = ", ".join(f"{name} {count:,}" for name, count in record["parameters"].items())
    shown = f" The picture shows {gan.caption}." if picture else ""
    parts = [
        f"# {name}",
        *([f"![{picture}]({picture})"] if picture else []),
        f"A {type(gan).__name__} that makes {height}x{width} images with {channels} "
        f"channel{'s' * (channels > 1)}.{shown}",
        _usage(name, gan),
        "## Algorithm",
        f"```text\n{module.__doc__.strip()}\n```",
        f"Parameters: {networks}. All networks are in this folder, moving averages "
        f"({', '.join(gan.averaged)}), which serve, beside the raw weights, which training moves.",
    ]
    if training:
        parts += ["## Training", _training(name, recipe, training)]
        if recipe.get("note"):
            parts.append(f"Differences from the paper's run: {recipe['note']}")
        if training.get("events"):
            lines = "\n".join(f"- {event(e)}" for e in training["events"])
            parts.append(f"The watchdog acted in this run:\n\n{lines}")
    else:
        parts += ["## Training", "No record: the folder was saved by a user's own code."]
    return with_scores("\n\n".join(parts) + f"\n\n{SCORES}\n", [])


def with_scores(card, records):
    """A card whose section on scores, the last one, shows these records."""
    from ganzoo.metrics.records import markdown

    before, _, _ = card.partition(SCORES)
    if not records:
        return f"{before}{SCORES}\n\nNone measured yet; `ganzoo evaluate` measures them.\n"
    return f"{before}{SCORES}\n\n{PROTOCOL}\n\n{markdown(records)}\n"


def event(event):
    """What the watchdog found in a run and what was done, as a line; see `ganzoo.fit`."""
    step = f"step {event['resumed_at']:,}"
    done = {
        "stop": f"stopped, with the weights of {step}",
        "roll_back": f"rolled back to {step}, and on with other random draws",
        "lower_rate": f"on from {step}, all learning rates times {event['rate_factor']:g}",
    }
    return f"Trouble at step {event['step']:,}: {event['trouble']}; {done[event['action']]}."


def _usage(name, gan):
    return textwrap.dedent(f"""\
        ```python
        import ganzoo

        gan = ganzoo.load("{name}")
        {gan.usage}
        ```""")


def _training(name, recipe, training):
    return (
        f"{training['step']:,} steps ({training['images_seen']:,} images seen) on "
        f"{training['training_images']:,} images of `{recipe['dataset']}` "
        f"(split {_splits(recipe['split'])}, batches of {recipe['batch_size']}), "
        f"{training['seconds'] / 3600:.2f} hours on {training['machine']}, "
        f"{training['cpu_seconds'] / 3600:.2f} CPU hours; TensorFlow "
        f"{training['versions']['tensorflow']}, Keras {training['versions']['keras']}. "
        f"The recipe is in `recipe.json`; again: `ganzoo train --recipe {name} --out FOLDER`."
    )


def _splits(split):
    return split if isinstance(split, str) else " and ".join(split)
