"""Files and folders, written whole or not at all."""

import contextlib
import os
import pathlib
import shutil
import uuid


def write(path, data):
    """Writes bytes to a temporary name beside `path`, then renames; replaces an existing file.

    Raises:
        OSError: if it cannot be written; then nothing is left behind.
    """
    path = pathlib.Path(path).expanduser()
    temporary = _beside(path, "tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise OSError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_folder(folder, overwrite=False):
    """A temporary folder beside `folder`, renamed to it at the end, removed on an error.

    Args:
        folder: the path to write; its parents are made.
        overwrite: whether an existing folder may be replaced.

    Raises:
        FileExistsError: if the path exists, is not an empty folder, and `overwrite` is False.
        OSError: if it cannot be written; then nothing is left behind.
    """
    folder = pathlib.Path(folder).expanduser().absolute()
    if folder.exists() and not overwrite and not (folder.is_dir() and not any(folder.iterdir())):
        raise FileExistsError(f"{folder} exists; choose another name, or remove it first")
    temporary = _beside(folder, "tmp")
    made = [parent for parent in folder.parents if not parent.exists()]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
        yield temporary
        for path in temporary.rglob("*"):
            if path.is_file():
                with open(path, "rb") as file:
                    os.fsync(file.fileno())
        if folder.exists():
            old = _beside(folder, "old")
            os.replace(folder, old)
            os.replace(temporary, folder)
            shutil.rmtree(old)
        else:
            os.replace(temporary, folder)
    except OSError as error:
        reason = " ".join((error.strerror or str(error)).split())  # HDF5's has several lines
        raise OSError(f"cannot write {folder}: {reason}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if not folder.exists():
            for parent in made:
                with contextlib.suppress(OSError):
                    parent.rmdir()


def _beside(path, ending):
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.{ending}")
