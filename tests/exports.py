"""For the tests of exports: what Keras answers to a signature's inputs, and the C program."""

import pathlib
import shutil
import subprocess
import sysconfig

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import savedmodels
from ganzoo.models.requests import to_uint8

SOURCE = pathlib.Path(__file__).with_name("savedmodel.c")


def stir(gan):
    """Moves all weights at random, so that statistics, averages and raw weights all differ."""
    rng = np.random.default_rng(0)
    for network in [*gan.averages.values(), *gan.networks_for(False).values()]:
        for variable in network.variables:
            variable.assign_add(rng.uniform(0, 0.1, variable.shape).astype(np.float32))
    return gan


def signatures_of(gan):
    """A model's signatures, as `export.signatures_of`, but of its networks as they are."""
    return gan.signatures(gan.networks_for(True), gan.networks_for(False))


def by_keras(gan, key, inputs):
    """What a user of Python gets for a signature's inputs: dict of output to array."""
    inputs = {n: v.astype(str) if v.dtype == object else v for n, v in inputs.items()}
    if "latents" in inputs:
        images = gan.generate(inputs["latents"]).numpy()
        return {"images": images if key == "generate" else to_uint8(images).numpy()}
    if key == "sample":
        num, seed, truncation = (inputs[n].item() for n in ("num", "seed", "truncation"))
        return {"images": gan.sample(num, seed, truncation or None)}
    if key == "encode":
        codes = gan.encode(inputs["images"])
        return {"z1": codes[0], "z2": codes[1]} if isinstance(codes, list) else {"latents": codes}
    images = inputs.pop("images")
    # "translate_xy" is one for each way; so is a translator's default.
    name, _, way = {"serving_default": "translate"}.get(key, key).partition("_")
    method = gan.score if name == "discriminate" else getattr(gan, name)
    output = "images" if name in ("translate", "reconstruct") else "logits"
    if inputs:
        ((argument, chosen),) = inputs.items()
        return {output: _row_by_row(gan, method, images, argument, chosen)}
    return {output: method(images, way) if way else method(images)}


def _row_by_row(gan, method, images, argument, chosen):
    """`method` of the images, each row with its own choice."""
    names = {"direction": ("xy", "yx"), "level": (None, 1, 2)}.get(argument)
    names = names or (gan.domains.names if hasattr(gan, "domains") else ("x", "y"))
    rows = [None] * len(images)
    for choice in set(chosen.tolist()):
        name = choice if choice in names else names[int(choice)]
        # All images, and of them some rows: the noise of level 2 goes by place.
        for i, row in enumerate(method(images, **{argument: name})):
            if chosen[i] == choice:
                rows[i] = row
    return np.stack(rows)


def by_reloading(loaded, key, inputs):
    """The same of a SavedModel that `tf.saved_model.load` returned."""
    inputs = {n: tf.constant(v) for n, v in inputs.items()}
    return {n: v.numpy() for n, v in loaded.signatures[key](**inputs).items()}


def assert_equal(got, expected):
    """The same bytes for uint8, 1e-5 for floats."""
    assert set(got) == set(expected)
    for name, array in expected.items():
        assert (got[name].shape, got[name].dtype) == (array.shape, array.dtype)
        if array.dtype == np.uint8:
            assert np.array_equal(got[name], array), np.abs(got[name].astype(int) - array).max()
        else:
            np.testing.assert_allclose(got[name], array, rtol=1e-5, atol=1e-5)


def compile_program(folder):
    """Compiles savedmodel.c against the TensorFlow of this environment; the program's path."""
    tensorflow = pathlib.Path(tf.__file__).parent
    program = pathlib.Path(folder) / "savedmodel"
    compiler = sysconfig.get_config_var("CC").split()[0]
    compiler = shutil.which(compiler) or shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    fast = ["-fuse-ld=gold"] if shutil.which("ld.gold") else []  # ld needs ten seconds
    libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]
    command = [compiler, "-O1", "-Wall", "-Werror", *fast, "-o", program, SOURCE]
    command += [f"-I{tensorflow}/include", f"-L{tensorflow}", f"-Wl,-rpath,{tensorflow}"]
    subprocess.run([*command, *(f"-l:{library}" for library in libraries)], check=True)
    return program


def by_c(program, model, requests, folder):
    """Answers of the C program.

    Args:
        program: its path.
        model: folder of a SavedModel.
        requests: list of (signature's name, dict of input to array).
        folder: for files of tensors.

    Returns:
        List of dicts of output to array; seconds to load, and of each run.
    """
    signatures = savedmodels.signature_defs(model)
    lines, names = [], {}
    for i, (key, inputs) in enumerate(requests):
        for name, info in signatures[key].inputs.items():
            array, file = np.asarray(inputs[name]), folder / f"in-{i}-{name}"
            if array.dtype == object:
                file.write_text("".join(f"{text}\n" for text in array))
            else:
                file.write_bytes(array.tobytes())
            sizes = " ".join(map(str, (info.dtype, array.ndim, *array.shape)))
            lines.append(f"in {info.name.replace(':', ' ')} {sizes} {file}")
        for name, info in signatures[key].outputs.items():
            file = folder / f"out-{i}-{name}"
            names[str(file)] = i, name
            lines.append(f"out {info.name.replace(':', ' ')} {file}")
        lines.append("run")
    done = subprocess.run(
        [program, model], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers, seconds = [{} for _ in requests], []
    for line in done.stdout.splitlines():
        first, *rest = line.split()
        if first in ("loaded", "ran"):
            seconds.append(float(rest[0]))
        else:
            i, name = names[first]
            dtype, *shape = map(int, rest)
            array = np.fromfile(first, tf.dtypes.as_dtype(dtype).as_numpy_dtype)
            answers[i][name] = array.reshape(shape)
    return answers, seconds[0], seconds[1:]
