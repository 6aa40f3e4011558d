"""SHA256SUMS files, in the format of `sha256sum`: written with a folder, verified before use."""

import hashlib
import pathlib

FILE = "SHA256SUMS"


def write(folder):
    """Records the checksum of every file in `folder`."""
    folder = pathlib.Path(folder)
    lines = [f"{_sha256(p)}  {p.relative_to(folder).as_posix()}\n" for p in _files(folder)]
    (folder / FILE).write_text("".join(lines))


def verify(folder, required=()):
    """Checks every file that SHA256SUMS lists.

    Args:
        folder: path of the folder.
        required: names of files that it must list.

    Raises:
        ValueError: naming the first file that is missing, altered, outside the folder or not
            listed, with both checksums.
    """
    folder = pathlib.Path(folder)
    if not (folder / FILE).is_file():
        raise ValueError(f"{folder} has no {FILE}: it is not whole, or not written by ganzoo")
    listed = read(folder)
    for name in required:
        if name not in listed:
            raise ValueError(f"{folder / FILE} must list {name}, and does not")
    for name, expected in listed.items():
        place = pathlib.PurePosixPath(name)
        if not name or place.is_absolute() or ".." in place.parts or "\\" in name:
            raise ValueError(f"{folder / FILE} must list files of its folder. Received: {name!r}")
        path = folder / name
        if not path.is_file():
            raise ValueError(f"{path} is missing; {FILE} lists it with SHA-256 {expected}")
        if (actual := _sha256(path)) != expected:
            raise ValueError(f"{path} is altered: SHA-256 must be {expected}. Received: {actual}")


def read(folder):
    """The recorded checksums: dict of file's name to SHA-256."""
    lines = (pathlib.Path(folder) / FILE).read_text().splitlines()
    return {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}


def _files(folder):
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.name != FILE)


def _sha256(path):
    with open(path, "rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest()
