"""Model cards: the README.md of a pretrained folder."""

import sys
import textwrap


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
    else:
        parts += ["## Training", "No record: the folder was saved by a user's own code."]
    parts += [
        "## Scores",
        "None measured yet: this version of ganzoo has no metrics.",
    ]
    return "\n\n".join(parts) + "\n"


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
