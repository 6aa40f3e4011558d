"""The commands that bring models to servers and other people: export, card, publish, remote."""

import secrets

from ganzoo import imaging, pretrained


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

    command = commands.add_parser("remote", help="images from a model behind TensorFlow Serving")
    command.add_argument("url", help="http://HOST:8501, or grpc://HOST:8500")
    command.add_argument("--timeout", type=float, default=60.0, help="seconds to wait (60)")
    actions = command.add_subparsers(required=True, metavar="ACTION")

    action = actions.add_parser("signatures", help="what the model offers")
    action.add_argument("name", help="name of the model on the server")
    action.set_defaults(run=_signatures)

    action = actions.add_parser("sample", help="images from a seed")
    action.add_argument("name", help="name of the model on the server")
    action.add_argument("--num", type=int, default=64, help="how many images (64)")
    action.add_argument("--seed", type=int, help="for repeatable images")
    action.add_argument("--truncation", type=float, default=0.0, help="0 for none (0)")
    action.add_argument("--out", default="samples.png", help=f"{imaging.OUT} (samples.png)")
    action.set_defaults(run=_remote_sample)

    for name in "translate", "reconstruct":
        action = actions.add_parser(name, help="images from images")
        action.add_argument("name", help="name of the model on the server")
        action.add_argument("images", help="an image file, or a folder of images")
        for way in ("direction", "domain") if name == "translate" else ("level",):
            action.add_argument(f"--{way}", help="where the model has one: name or number")
        action.add_argument("--out", default=f"{name}d.png", help=f"{imaging.OUT} ({name}d.png)")
        action.set_defaults(run=_remote_images, signature=name)


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


def _signatures(arguments):
    model = _remote(arguments)
    for name, signature in sorted(model.signatures.items()):
        sides = (signature.inputs, signature.outputs)
        told = [", ".join(f"{n} {_told(t)}" for n, t in side.items()) for side in sides]
        print(f"{name}: {told[0]} -> {told[1]}")


def _told(tensor):
    sizes = ["num" if size is None else str(size) for size in tensor.shape]
    return f"{'string' if tensor.dtype == object else tensor.dtype.name} ({', '.join(sizes)})"


def _remote_sample(arguments):
    write = imaging.writer(arguments.out)
    seed = secrets.randbits(62) if arguments.seed is None else arguments.seed
    images = _remote(arguments)(
        "sample", num=arguments.num, seed=seed, truncation=arguments.truncation
    )["images"]
    write(images)
    print(f"{len(images)} images of {arguments.name} written to {arguments.out}")


def _remote_images(arguments):
    write = imaging.writer(arguments.out)
    model = _remote(arguments)
    ways = {way: getattr(arguments, way, None) for way in ("direction", "domain", "level")}
    name = arguments.signature
    if f"{name}_{ways['direction']}" in model.signatures:  # domains of different shapes
        name = f"{name}_{ways.pop('direction')}"
    if name not in model.signatures:
        raise ValueError(
            f"`name` must be a model that can {arguments.signature}. Received: {arguments.name!r}"
        )
    from ganzoo import data

    shape = model.signatures[name].inputs["images"].shape[1:]
    images = data.load_images(arguments.images, shape)
    ways = {
        way: [int(value) if way == "level" and value.isdecimal() else value] * len(images)
        for way, value in ways.items()
        if value is not None
    }
    images = model(name, images=images, **ways)["images"]
    write(images)
    print(f"{len(images)} images made by {arguments.name} written to {arguments.out}")


def _remote(arguments):
    from ganzoo import remote

    return remote.Model(arguments.url, arguments.name, timeout=arguments.timeout)
