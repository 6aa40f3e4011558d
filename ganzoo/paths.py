"""Where the repository's folders are: inside the installed package, or beside it in a checkout."""

import pathlib

_PACKAGE = pathlib.Path(__file__).resolve().parent


def _folder(name):
    installed, checkout = _PACKAGE / name, _PACKAGE.parent / name
    return installed if installed.is_dir() else checkout


WEIGHTS = _folder("weights")
TRAINING = _folder("training")
RECIPES = TRAINING / "recipes"
