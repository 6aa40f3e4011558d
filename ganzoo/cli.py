"""The command line: ganzoo list | info | sample | translate | train."""

import argparse
import io
import os
import pathlib
import sys

from ganzoo import files, imaging, paths, pretrained

OUT = "grid.png, images.npz, or a folder for one PNG an image"


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
    command.add_argument("--out", default="samples.png", help=f"{OUT} (samples.png)")
    command.set_defaults(run=_sample)

    command = commands.add_parser("translate", help="images of another domain from images")
    command.add_argument("name", help="name of a pretrained model, or its folder")
    command.add_argument("images", help="an image file, or a folder of images")
    command.add_argument("--direction", help="of a model of two domains: xy or yx")
    command.add_argument(
        "--domain", action="append", help="of a model of many; repeat it for several attributes"
    )
    command.add_argument("--out", default="translated.png", help=f"{OUT} (translated.png)")
    command.set_defaults(run=_translate)

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
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())


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
    write = _writer(arguments.out)
    gan = pretrained.load(arguments.name)
    if not hasattr(gan, "sample"):
        raise ValueError(
            f"`name` must be a model that samples; this one translates (ganzoo translate). "
            f"Received: {arguments.name!r}"
        )
    images = gan.sample(arguments.num, seed=arguments.seed, truncation=arguments.truncation)
    write(images)
    print(f"{len(images)} images of {arguments.name} written to {arguments.out}")


def _translate(arguments):
    write = _writer(arguments.out)
    gan = pretrained.load(arguments.name)
    if not hasattr(gan, "translate"):
        raise ValueError(
            f"`name` must be a model that translates; this one samples (ganzoo sample). "
            f"Received: {arguments.name!r}"
        )
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


def _writer(name):
    """A function that writes images to the file or folder `name`; raises before any work."""
    out = pathlib.Path(name).expanduser()
    is_folder = name.endswith(("/", os.sep)) or out.is_dir() or not out.suffix
    if not is_folder and out.suffix not in (".png", ".npz"):
        raise ValueError(f"`out` must end in .png, .npz or /. Received: {name!r}")

    def write(images):
        if is_folder:
            with files.whole_folder(out) as temporary:
                for i, image in enumerate(images):
                    (temporary / f"{i:06d}.png").write_bytes(imaging.png(image))
        elif out.suffix == ".npz":
            import numpy as np

            buffer = io.BytesIO()
            np.savez_compressed(buffer, images=images)
            files.write(out, buffer.getvalue())
        else:
            files.write(out, imaging.png(imaging.enlarge(imaging.grid(images), 2)))

    return write


def _train(argv):
    from absl import app, flags

    module = paths.module_at(paths.TRAINING / "train.py", "ganzoo_train")
    if argv == ["--help"]:
        print(f"{module.__doc__}\n{flags.FLAGS.module_help(module)}")
    else:
        app.run(module.main, argv=["ganzoo train", *argv])


if __name__ == "__main__":
    main()
