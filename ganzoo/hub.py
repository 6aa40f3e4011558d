"""Pretrained folders from the Hugging Face Hub: `hf://ORG/NAME` or `hf://ORG/NAME@REVISION`.

The Hub's own client does the work: its cache, its resumption and retries, its offline mode
(HF_HUB_OFFLINE=1), its places for tokens (HF_TOKEN, or `hf auth login`) and its endpoint
(HF_ENDPOINT).
"""

import contextlib
import pathlib
import re

from ganzoo import checksums
from ganzoo.safety import KERAS_FILES

PREFIX = "hf://"
FORM = re.compile(r"hf://([\w.-]+/[\w.-]+)(?:@([\w./-]+))?", re.ASCII)


def is_ref(ref):
    """Whether `ref` names a model on the Hub."""
    return isinstance(ref, str) and ref.startswith(PREFIX)


def parse(ref):
    """The repository's id and the revision, None if there is none.

    Raises:
        ValueError: for a reference of another form.
    """
    match = FORM.fullmatch(ref)
    if not match:
        raise ValueError(
            f"`ref` must be hf://ORG/NAME or hf://ORG/NAME@REVISION. Received: {ref!r}"
        )
    return match.groups()


def name_of(ref):
    """The model's name: that of the repository."""
    return parse(ref)[0].partition("/")[2]


def cache_of(folder):
    """The folder of the Hub's cache, in which links lead to files, if `folder` is a download in
    it; else None."""
    folder = pathlib.Path(folder).absolute()
    if folder.parent.name != "snapshots":
        return None
    from huggingface_hub import constants

    cache = pathlib.Path(constants.HF_HUB_CACHE)
    return cache if folder.is_relative_to(cache.absolute()) else None


def pull(ref):
    """Downloads a pretrained folder into the Hub's cache, or finds it there.

    Only the files of the folder itself: no SavedModel. What arrives is verified; what is not as
    its checksums say is removed from the cache.

    Args:
        ref: "hf://ORG/NAME" or "hf://ORG/NAME@REVISION", a branch, tag or commit.

    Returns:
        The folder, a `pathlib.Path`, named by its commit.

    Raises:
        ValueError: for a reference of another form, or files missing or altered.
        OSError: if it cannot be downloaded, with the reason in one line.
    """
    import huggingface_hub

    repo, revision = parse(ref)
    with one_line(f"cannot load {ref}"):
        folder = pathlib.Path(
            huggingface_hub.snapshot_download(repo, revision=revision, ignore_patterns=["*/*"])
        )
    try:
        checksums.verify(folder, KERAS_FILES)
    except ValueError:
        huggingface_hub.scan_cache_dir().delete_revisions(folder.name).execute()
        raise
    return folder


@contextlib.contextmanager
def one_line(what):
    """Whatever the Hub's client raises within it, as an OSError of one line that says `what`."""
    try:
        yield
    except Exception as error:  # its own, its HTTP library's, and RuntimeErrors around those
        raise OSError(f"{what}: {reason(error)}") from error


def reason(error):
    """An error of the Hub's client in one line."""
    from huggingface_hub import constants, errors

    causes = [error]
    while causes[-1].__cause__ is not None:
        causes.append(causes[-1].__cause__)
    for cause in causes:
        if isinstance(cause, errors.OfflineModeIsEnabled):
            return "it is not in the cache, and HF_HUB_OFFLINE forbids to fetch it"
        if isinstance(cause, errors.RevisionNotFoundError):
            return "there is no such revision"
    response = next((r for c in causes if (r := getattr(c, "response", None)) is not None), None)
    status = getattr(response, "status_code", None)
    known = {
        400: "the Hub refuses the request",
        401: "there is no such repository, or it needs another token (HF_TOKEN, `hf auth login`)",
        403: "the token does not allow it",
        404: "there is no such repository or file, or it needs a token (HF_TOKEN, `hf auth login`)",
        409: "the repository changed meanwhile, or is in use; try again",
        412: "the repository changed meanwhile; try again",
        429: "the Hub had too many requests; try again later",
    }
    if status in known:
        return f"{known[status]} (HTTP {status})"
    if status is not None and status >= 500:
        return f"the Hub has a fault; try again later (HTTP {status})"
    if any("Connect" in type(c).__name__ or "Timeout" in type(c).__name__ for c in causes):
        return f"{constants.ENDPOINT} cannot be reached, and it is not in the cache"
    return " ".join(str(causes[-1]).split()) or type(causes[-1]).__name__
