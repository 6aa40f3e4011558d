"""The command line: ganzoo list | info | sample | translate | evaluate | export | card | publish |
remote | train."""

import argparse
import os
import sys
import time

from ganzoo import cli_sharing, files, imaging, paths, pretrained


def main(argv=None):
    """Runs a command; errors that a user can mend come as one line and exit status 1."""
    argv = sys.argv[1:] if argv is None else argv
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only
    if argv[:1] == ["train"]:
        return _train(argv[1:])
    arguments = _parser().parse_args(argv)
    try:
        arguments.run(arguments)
    except (ValueError, OSError) as error:
        sys.exit(f"error: {error}")


def _parser():
    parser = argparse.ArgumentParser(prog="ganzoo", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("list", help="pretrained models")
    command.set_defaults(run=_list)

    command = commands.add_parser("info", help="what a model is and how it was trained")
    command.add_argument("name", help="name of a pretrained model, or its folder")
    command.set_defaults(run=_info)

    command = commands.add_parser("sample", help="images from a model")
    command.add_argument("name", help="name of a pretrained model, or its folder")
    command.add_argument("--num", type=int, default=64, help="how many images (64)")
    command.add_argument("--seed", type=int, help="for repeatable images")
    command.add_argument("--truncation", type=float, help="above 0: less varied, more typical")
    command.add_argument("--out", default="samples.png", help=f"{imaging.OUT} (samples.png)")
    command.set_defaults(run=_sample)

    command = commands.add_parser("translate", help="images of another domain from images")
    command.add_argument("name", help="name of a pretrained model, or its folder")
    command.add_argument("images", help="an image file, or a folder of images")
    command.add_argument("--direction", help="of a model of two domains: xy or yx")
    command.add_argument(
        "--domain", action="append", help="of a model of many; repeat it for several attributes"
    )
    command.add_argument("--out", default="translated.png", help=f"{imaging.OUT} (translated.png)")
    command.set_defaults(run=_translate)

    command = commands.add_parser("evaluate", help="scores of a model, with their protocol")
    command.add_argument("name", help="name of a pretrained model, or its folder")
    command.add_argument("--num", type=int, default=10_000, help="images to generate (10000)")
    command.add_argument("--split", default="test", help="of the real data: test (default), train")
    command.add_argument("--dataset", help="real data to compare with; the recipe's without")
    command.add_argument(
        "--features", help="ganzoo's network of a data set, or inception; that of the data without"
    )
    command.add_argument("--inception", help="folder of TF-GAN's Inception; without, from TF-Hub")
    command.add_argument("--metrics", nargs="+", help="some scores only; all that suit without")
    command.add_argument("--seed", type=int, default=0, help="of latents and bootstrap (0)")
    command.add_argument("--raw", action="store_true", help="raw weights, not their average")
    command.add_argument("--examples_split", help="a translator's paired splits: X+Y, or all")
    command.add_argument("--data_dir", help="TFDS's folder; its default without")
    command.add_argument("--pairs", help="write the most similar pairs of samples to this .png")
    command.add_argument(
        "--no_record", action="store_true", help="print only; do not add to the model's folder"
    )
    command.set_defaults(run=_evaluate)

    cli_sharing.add(commands)
    commands.add_parser("train", help="train by a recipe; see `ganzoo train --help`")
    return parser


def _list(arguments):
    rows = [("NAME", "SYSTEM", "DATA", "SIZE", "CPU HOURS")]
    for name in pretrained.list_models():
        recipe = pretrained.read(name, pretrained.RECIPE)
        record = pretrained.read(name, pretrained.RECORD)
        size = "x".join(map(str, record["image_shape"]))
        hours = f"{record['training']['cpu_seconds'] / 3600:.1f}"
        rows.append((name, recipe["system"], recipe["dataset"], size, hours))
    _print_table(rows)


def _info(arguments):
    folder = pretrained.find(arguments.name)
    record = pretrained.read(folder, pretrained.RECORD)
    facts = {
        "folder": folder,
        "size": f"{sum(p.stat().st_size for p in folder.iterdir()) / 2**20:.1f} MiB",
        "images": "x".join(map(str, record["image_shape"])),
        "parameters": ", ".join(f"{n} {c:,}" for n, c in record["parameters"].items()),
    }
    for section in pretrained.read(folder, pretrained.RECIPE), record["training"]:
        facts |= {k: v for k, v in section.items() if v not in (None, "")}
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{name.ljust(width)}  {value}")


def _sample(arguments):
    write = imaging.writer(arguments.out)
    gan = _load_to("sample", arguments.name)
    images = gan.sample(arguments.num, seed=arguments.seed, truncation=arguments.truncation)
    write(images)
    print(f"{len(images)} images of {arguments.name} written to {arguments.out}")


def _translate(arguments):
    write = imaging.writer(arguments.out)
    gan = _load_to("translate", arguments.name)
    wanted = "direction" if hasattr(gan, "shapes") else "domain"
    other = {"direction": "domain", "domain": "direction"}[wanted]
    if getattr(arguments, wanted) is None or getattr(arguments, other) is not None:
        choices = ("xy", "yx") if wanted == "direction" else gan.domains.names
        raise ValueError(
            f"`{wanted}` must be given, one of {list(choices)}, and no `{other}`. Received: "
            f"{wanted} {getattr(arguments, wanted)!r}, {other} {getattr(arguments, other)!r}"
        )
    from ganzoo import data

    to = getattr(arguments, wanted)
    shape = gan.shapes[to[0]] if wanted == "direction" and to in ("xy", "yx") else gan.image_shape
    images = data.load_images(arguments.images, shape)
    translated = gan.translate(images, to)
    write(translated)
    print(f"{len(translated)} images translated by {arguments.name} written to {arguments.out}")


def _evaluate(arguments):
    folder = pretrained.find(arguments.name)
    recipe = pretrained.read(folder, pretrained.RECIPE)
    facts = pretrained.facts(folder)
    dataset = arguments.dataset or recipe.get("dataset")
    if dataset is None:
        raise ValueError("`dataset` must be named for a model without a recipe. Received: None")
    gan = pretrained.load(folder)

    from ganzoo.metrics import evaluation, records
    from ganzoo.metrics.features import named

    measured = evaluation.Evaluation(
        gan,
        dataset,
        split=arguments.split,
        num=arguments.num,
        network=named(arguments.features, arguments.inception),
        seed=arguments.seed,
        moving_average=not arguments.raw,
        examples_split=arguments.examples_split or recipe.get("examples_split"),
        data_dir=arguments.data_dir,
        facts=facts,
        say=_say(),
    )
    found = list(evaluation.records(measured, arguments.metrics))
    print(f"{arguments.name}, weights {facts['weights_sha256'][:8]}, seed {arguments.seed}")
    _print_table(records.table(found))
    if arguments.pairs:
        files.write(arguments.pairs, imaging.png(imaging.enlarge(measured.closest_pairs(), 2)))
        print(f"most similar pairs written to {arguments.pairs}")
    if arguments.name.startswith("hf://"):
        print("not recorded: the model's folder is the Hub's cache")
    elif not arguments.no_record:
        pretrained.add_records(folder, found)
        print(f"added to {folder / pretrained.METRICS}")


def _say():
    began = time.monotonic()
    return lambda message: print(
        f"{time.monotonic() - began:6.1f} s  {message}", file=sys.stderr, flush=True
    )


def _print_table(rows):
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())


def _load_to(action, name):
    """The model called `name`, which must have the method `action`."""
    gan = pretrained.load(name)
    if not hasattr(gan, action):
        raise ValueError(f"`name` must be a model that can {action}. Received: {name!r}")
    return gan


def _train(argv):
    from absl import app, flags

    module = paths.module_at(paths.TRAINING / "train.py", "ganzoo_train")
    if argv == ["--help"]:
        print(f"{module.__doc__}\n{flags.FLAGS.module_help(module)}")
    else:
        app.run(module.main, argv=["ganzoo train", *argv])


if __name__ == "__main__":
    main()
