"""Model cards for the Hugging Face Hub: the folder's card, with metadata that the Hub reads."""

import re
import sys

from ganzoo import pretrained, registry

LICENCE = "apache-2.0"
FIELDS = ("metric", "value", "dataset", "split")  # of a record, that the Hub has a place for

USE = """\
## Intended use and limits

For study, teaching and comparison of the algorithm, and as a start for fine-tuning. The images are
small and come from a training run of the stated length, not from the paper's own; they carry the
biases of the data set. It was not tested for images that repeat training data. Not for making
pictures pass as real ones."""


def card(ref, repo=None):
    """A model's card for the Hub.

    Args:
        ref: name or folder of a pretrained model.
        repo: "ORG/NAME" that it is for, if known.

    Returns:
        A `huggingface_hub.ModelCard`; `str` of it is the file README.md.

    Raises:
        ValueError: if there is no such model, or its scores are no list of records.
    """
    from huggingface_hub import ModelCard, ModelCardData

    folder = pretrained.find(ref)
    recipe = pretrained.read(folder, pretrained.RECIPE)
    training = pretrained.read(folder, pretrained.RECORD).get("training", {})
    cls = registry.get(recipe["system"])
    paper = citation(cls)
    dataset = recipe.get("dataset")
    scores = evaluations(folder, cls.task, dataset)
    hours = {"training_cpu_hours": round(training["cpu_seconds"] / 3600, 2)} if training else {}
    data = ModelCardData(
        library_name="ganzoo",
        license=LICENCE,
        pipeline_tag=cls.task,
        tags=["gan", recipe["system"], "keras", "tensorflow", f"arxiv:{paper['eprint']}"],
        datasets=[dataset] if dataset else None,
        metrics=sorted({score.metric_type for score in scores}) or None,
        model_name=repo.partition("/")[2] if repo else pretrained.name_of(ref),
        eval_results=scores or None,
        **hours,
    )
    if not scores:
        del data.model_name  # which belongs to the scores
    # Of a card from the Hub, what was the folder's own.
    own = ModelCard((folder / pretrained.CARD).read_text()).text.partition(USE)[0]
    parts = [
        own.strip(),
        USE,
        *([_from_hub(repo)] if repo else []),
        "## Licence\n\nCode and weights: Apache-2.0. The data set has terms of its own, which hold "
        "for its images in the pictures too: see ganzoo's NOTICE.",
        f"## Citation\n\n```bibtex\n{_bibtex(paper)}\n```",
    ]
    return ModelCard(f"---\n{data.to_yaml()}\n---\n\n" + "\n\n".join(parts) + "\n")


def evaluations(folder, task, dataset):
    """The scores of a folder's metrics.json as `EvalResult`s, each with its interval and protocol;
    a folder without one has none."""
    from huggingface_hub import EvalResult

    records = pretrained.read(folder, pretrained.METRICS) or []
    if not isinstance(records, list) or not all({"metric", "value"} <= set(r) for r in records):
        raise ValueError(
            f"{folder / pretrained.METRICS} must be a list of records with `metric` and `value`"
        )
    return [
        EvalResult(
            task_type=task,
            dataset_type=record.get("dataset") or dataset or "unspecified",
            dataset_name=record.get("dataset") or dataset or "unspecified",
            dataset_split=_one(record.get("split")),
            metric_type=record["metric"],
            metric_name=record["metric"],
            metric_value=record["value"],
            metric_args={k: v for k, v in record.items() if k not in FIELDS and v is not None},
        )
        for record in records
    ]


def _one(split):
    """A record's split as the Hub has it, one text: a translation's has one of each style."""
    return ", ".join(split) if isinstance(split, list) else split


def citation(cls):
    """The paper of a system, read from the first sentence of its module's docstring."""
    text = " ".join(sys.modules[cls.__module__].__doc__.split())
    match = re.match(r'.*?: (.+?) (\d{4}), "([^"]+)",.*?(\d{4}\.\d{4,5})', text)
    authors = re.sub(r",? and |, ", " and ", match[1])
    return {"title": match[3], "author": authors, "year": match[2], "eprint": match[4]}


def _bibtex(paper):
    key = re.sub(r"\W", "", paper["author"].split(" and ")[0]).lower() + paper["year"]
    fields = [f"  {name} = {{{value}}}," for name, value in paper.items()]
    return "\n".join([f"@misc{{{key},", *fields, "  archivePrefix = {arXiv},", "}"])


def _from_hub(repo):
    name = repo.partition("/")[2]
    return f"""\
## From the Hub

```python
gan = ganzoo.load("hf://{repo}")
```

`saved_model/{name}/1` serves the same in TensorFlow Serving, without Python; its signatures are in
`assets.extra/signatures.json`."""
