"""The table of systems: a name for each class, filled by `@register(name)`.

Imports nothing of ours before it is asked for a class, so that every module may import it.
"""

import difflib
import importlib

SYSTEMS = {}


def register(name):
    """Class decorator: makes a system known to `ganzoo.create` and to the conformance tests.

    Raises:
        ValueError: if `name` is taken by another class.
    """

    def add(cls):
        if name in SYSTEMS:
            raise ValueError(
                f"`name` must be new: {name!r} is registered for {SYSTEMS[name].__name__}. "
                f"Received: {cls.__name__}"
            )
        SYSTEMS[name] = cls
        cls.system = name
        return cls

    return add


def import_systems():
    """Imports every system, and with them TensorFlow: Keras resolves registered classes only."""
    importlib.import_module("ganzoo.models")


def get(name):
    """The class registered as `name`; unknown names raise with the closest known ones."""
    import_systems()
    if name not in SYSTEMS:
        raise ValueError(unknown("name", name, SYSTEMS))
    return SYSTEMS[name]


def unknown(argument, received, allowed):
    """The one wording for a name that is not in a table: closest names first, then all."""
    allowed = sorted(allowed)
    close = difflib.get_close_matches(str(received), [a for a in allowed if isinstance(a, str)])
    hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
    return f"`{argument}` must be one of {allowed}.{hint} Received: {received!r}"
