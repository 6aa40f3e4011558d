"""The commands that bring models to servers and other people: export, card, publish."""

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

    command = commands.add_parser("card", help="a model's card for the Hugging Face Hub")
    command.add_argument("name", help="name of a pretrained model, or its folder")
    command.set_defaults(run=_card)

    command = commands.add_parser("publish", help="a model to the Hugging Face Hub")
    command.add_argument("name", help="name of a pretrained model, or its folder")
    command.add_argument("--repo", required=True, help="ORG/NAME; created if need be")
    command.add_argument("--private", action="store_true", help="for a new repository")
    command.set_defaults(run=_publish)


def _export(arguments):
    gan = pretrained.load(arguments.name)
    name = pretrained.name_of(arguments.name)
    from ganzoo import export

    if arguments.format == "saved_model":
        written = export.export(gan, name, arguments.out, arguments.version)
    elif arguments.version is not None:
        raise ValueError(
            f"`version` must be left out with the format {arguments.format!r}, which has none. "
            f"Received: {arguments.version}"
        )
    else:
        written = export.networks(gan, name, arguments.out, arguments.format)
    print(f"{name} written to {written}")


def _card(arguments):
    from ganzoo import hubcard

    print(hubcard.card(arguments.name), end="")


def _publish(arguments):
    from ganzoo import publish

    print(publish.publish(arguments.name, arguments.repo, arguments.private))
