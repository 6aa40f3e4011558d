"""Where the repository's folders are: inside the installed package, or beside it in a checkout."""

import importlib.util
import pathlib
import sys

_PACKAGE = pathlib.Path(__file__).resolve().parent


def _folder(name):
    installed, checkout = _PACKAGE / name, _PACKAGE.parent / name
    return installed if installed.is_dir() else checkout


WEIGHTS = _folder("weights")
TRAINING = _folder("training")
RECIPES = TRAINING / "recipes"


def module_at(path, name):
    """The Python file at `path`, run as the module `name`: those folders are no packages."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
