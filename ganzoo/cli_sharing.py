"""The commands that bring models to servers and other people: export."""

from ganzoo import pretrained


def add(commands):
    """Adds them to the parser's commands."""
    command = commands.add_parser(
        "export", help="a model for TensorFlow Serving, or other runtimes"
    )
    command.add_argument("name", help="name of a pretrained model, or its folder")
    command.add_argument("out", help="folder of all exports")
    command.add_argument("--version", type=int, help="one more than the last if not given")
    command.add_argument(
        "--format",
        default="saved_model",
        choices=("saved_model", "litert", "onnx"),
        help="saved_model: all signatures; litert, onnx: a file for each network (saved_model)",
    )
    command.set_defaults(run=_export)


def _export(arguments):
    folder = pretrained.find(arguments.name)
    gan = pretrained.load(arguments.name)
    from ganzoo import export

    if arguments.format == "saved_model":
        written = export.export(gan, folder.name, arguments.out, arguments.version)
    elif arguments.version is not None:
        raise ValueError(
            f"`version` must be left out with the format {arguments.format!r}, which has none. "
            f"Received: {arguments.version}"
        )
    else:
        written = export.networks(gan, folder.name, arguments.out, arguments.format)
    print(f"{folder.name} written to {written}")
