"""Files and folders, written whole or not at all."""

import contextlib
import os
import pathlib
import re
import shutil
import uuid

import filelock


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
        _sync(path.parent)
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
        _sync(folder.parent)
    except OSError as error:
        reason = " ".join((error.strerror or str(error)).split())  # HDF5's has several lines
        raise OSError(f"cannot write {folder}: {reason}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if not folder.exists():
            for parent in made:
                with contextlib.suppress(OSError):
                    parent.rmdir()


def remove_folder(folder):
    """Removes a folder, if it is there, so that no part of it is ever seen under its name."""
    if folder.exists():
        gone = _beside(folder, "tmp")
        os.replace(folder, gone)
        shutil.rmtree(gone)


def prepare_folder(folder):
    """Makes a folder that can be written to, free of what killed writers left behind.

    A folder that was about to be replaced, and is not yet, gets its name back.

    Raises:
        OSError: if it cannot be made or written to.
    """
    folder = pathlib.Path(folder).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            match = _TEMPORARY.fullmatch(path.name)
            if match and match[2] == "old" and not (folder / match[1]).exists():
                os.replace(path, folder / match[1])
            elif match:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        probe = _beside(folder / "probe", "tmp")
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OSError(f"cannot write to {folder}: {error.strerror or error}") from error


@contextlib.contextmanager
def only_writer(folder):
    """Holds a folder, which is made if need be, against other processes that ask for it.

    The lock is the operating system's: it ends with the process, however that ends.

    Raises:
        OSError: if another process holds the folder, or it cannot be made.
    """
    folder = pathlib.Path(folder).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / ".lock")
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise OSError(f"another process is at work in {folder}; wait for it, or end it") from None
    except OSError as error:
        raise OSError(f"cannot write to {folder}: {error.strerror or error}") from error
    try:
        yield
    finally:
        lock.release()


_TEMPORARY = re.compile(r"\.(.+)\.[0-9a-f]{8}\.(tmp|old)")


def _beside(path, ending):
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.{ending}")


def _sync(folder):
    """Makes a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
