"""SavedModels.md: what the exports of the pretrained models offer, read from the exports.

python -m ganzoo.savedmodels    # exports every model and writes the page anew
"""

import json
import pathlib
import tempfile

import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from ganzoo import export, files, paths, pretrained

PAGE = paths.WEIGHTS.parent / "SavedModels.md"
HEAD = """\
# SavedModels

What `ganzoo export NAME OUT` writes: the signatures of each pretrained model, read from the exports
themselves by `python -m ganzoo.savedmodels`. Do not edit.

- `num` is any number of rows; every input and output of a signature has as many.
- `sample` alone takes scalars, so a server with `--enable_batching` refuses it, and the warm-up
  requests leave it out. A seed gives the same images as `gan.sample(num, seed)` in Python.
- Generators and encoders have their moving averages, discriminators their raw weights; batch
  normalisation is a scale and an offset, spectral normalisation is in the kernels.
- Images are (num, height, width, channels). A choice is a name or its place, both as text.
- There are no TensorFlow Lite or ONNX files of whole systems: those formats hold one function, not
  several. `ganzoo export NAME OUT --format onnx` (or `litert`) writes its networks, one a file.
"""


def signature_defs(folder):
    """The signatures that a SavedModel holds: dict of name to `SignatureDef`, without
    TensorFlow's own for initialisation."""
    model = saved_model_pb2.SavedModel()
    model.ParseFromString((pathlib.Path(folder) / "saved_model.pb").read_bytes())
    (graph,) = model.meta_graphs
    return {n: s for n, s in graph.signature_def.items() if not n.startswith("__")}


def section(name, folder):
    """The part of the page on one export, in Markdown."""
    ranges = json.loads((folder / export.RANGES).read_text())
    rows = ["| signature | | tensor | shape | dtype | range |", "|---|---|---|---|---|---|"]
    for key, signature in sorted(signature_defs(folder).items()):
        first = f"`{key}`"
        for side in "inputs", "outputs":
            tensors = getattr(signature, side)
            # In the order in which they were declared, which protobuf's maps lose.
            for n in sorted(tensors, key=list(ranges[key][side]).index):
                info, text = tensors[n], ranges[key][side][n]
                cells = first, side[:-1], f"`{n}`", shape_of(info), dtype_of(info), text
                rows.append(f"| {' | '.join(cells)} |")
                first = ""
    return f"## {name}\n\n" + "\n".join(rows) + "\n"


def shape_of(info):
    """A tensor's shape, for readers: (num, 32, 32, 3), or "scalar"."""
    sizes = ["num" if d.size < 0 else str(d.size) for d in info.tensor_shape.dim]
    if not sizes:
        return "scalar"
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def dtype_of(info):
    """The name of a tensor's dtype."""
    return tf.dtypes.as_dtype(info.dtype).name


def page(folders):
    """The whole page.

    Args:
        folders: dict of a model's name to the folder of its SavedModel.
    """
    return "\n".join([HEAD, *(section(name, folders[name]) for name in sorted(folders))])


def main():
    with tempfile.TemporaryDirectory() as out:
        folders = {
            name: export.export(pretrained.load(name), name, out)
            for name in pretrained.list_models()
        }
        files.write(PAGE, page(folders).encode())


if __name__ == "__main__":
    main()
