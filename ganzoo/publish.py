"""Publishes a pretrained folder on the Hugging Face Hub, its SavedModel and card, in one commit."""

import contextlib
import pathlib
import shutil
import tempfile

from ganzoo import checksums, export, hub, hubcard, pretrained

SAVED_MODEL = "saved_model"
KEPT = ".gitattributes"  # the Hub's own


def publish(ref, repo, private=False):
    """Makes a repository's content that of a pretrained folder, in one commit.

    All or nothing: if the commit fails, an old repository is as it was, and a new one is removed.
    The card's metadata goes through the Hub's validator first. Tokens come from the Hub's own
    places (HF_TOKEN, `hf auth login`).

    Args:
        ref: name or folder of a pretrained model.
        repo: "ORG/NAME"; it is created if need be.
        private: whether a new repository is private.

    Returns:
        "hf://ORG/NAME@COMMIT", which `ganzoo.load` takes.

    Raises:
        ValueError: for no such model, or a bad `repo`.
        OSError: if it cannot be published, or the Hub refuses the metadata, with the reason in one
            line.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

    repo, revision = hub.parse(f"{hub.PREFIX}{repo}")
    if revision:
        raise ValueError(f"`repo` must be ORG/NAME, without a revision. Received: {revision!r}")
    gan, card, api = pretrained.load(ref), hubcard.card(ref, repo), HfApi()
    with tempfile.TemporaryDirectory() as temporary, hub.one_line(f"cannot publish to {repo}"):
        folder = pathlib.Path(temporary) / "folder"
        stage(gan, card, pretrained.find(ref), folder, hub.name_of(f"{hub.PREFIX}{repo}"))
        card.validate()
        with _created(api, repo, private):
            head = api.model_info(repo)
            files = sorted(p for p in folder.rglob("*") if p.is_file())
            new = {p.relative_to(folder).as_posix(): p for p in files}
            old = {file.rfilename for file in head.siblings or []} - {KEPT}
            commit = api.create_commit(
                repo,
                [
                    *(CommitOperationAdd(name, str(path)) for name, path in new.items()),
                    *(CommitOperationDelete(name) for name in sorted(old - set(new))),
                ],
                commit_message=f"ganzoo publish: {type(gan).__name__}",
                parent_commit=head.sha,
            )
    return f"{hub.PREFIX}{repo}@{commit.oid}"


def stage(gan, card, source, folder, name):
    """Writes what the repository is to hold into `folder`: the files of the pretrained folder
    `source`, with the Hub's card and checksums anew, and the SavedModel with its own."""
    folder.mkdir()
    for path in source.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copyfile(path, folder / path.name)
    (folder / pretrained.CARD).write_text(str(card))
    checksums.write(folder)
    export.export(gan, name, folder / SAVED_MODEL, 1)


@contextlib.contextmanager
def _created(api, repo, private):
    """Within it the repository is there; one that was created for it is removed on an error."""
    existed = api.repo_exists(repo)
    if not existed:
        api.create_repo(repo, private=private or None)
    try:
        yield
    except BaseException:
        if not existed:
            with contextlib.suppress(Exception):  # the first error is the one to tell
                api.delete_repo(repo, missing_ok=True)
        raise
