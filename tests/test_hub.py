"""The real client of the Hugging Face Hub against a server on the loopback, faults included."""

import functools
import json
import os
import subprocess
import sys

import hubserver
import numpy as np
import pytest
from conftest import same, served, small

import ganzoo
from ganzoo import checksums

REPO = "org/mine"
# Runs each line of standard input as a command line; answers with its status and output.
CLIENT = """
import contextlib, io, json, sys
from ganzoo import cli
for line in sys.stdin:
    out, status = io.StringIO(), 0
    with contextlib.redirect_stdout(out):
        try:
            cli.main(json.loads(line))
        except SystemExit as stop:
            status = stop.code
    print(json.dumps([status, out.getvalue()]), flush=True)
"""


@pytest.fixture(scope="module")
def server():
    with hubserver.running() as running:
        yield running


@pytest.fixture(autouse=True)
def no_faults(server):
    server.faults.clear()
    server.log.clear()
    yield
    server.faults.clear()


def environment(server, home, **changes):
    return os.environ | {
        "HF_ENDPOINT": server.url,
        "HF_HOME": str(home),
        "HF_TOKEN": hubserver.TOKEN,
        "HF_HUB_DISABLE_XET": "1",  # another protocol, for which the server has no answers
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_VERBOSITY": "error",
        "NO_PROXY": "127.0.0.1",
        **changes,
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "mine"
    ganzoo.save(small("wgan_gp"), folder)
    scores = [{"metric": "kid", "value": 0.1, "interval": [0.09, 0.11], "split": "test"}]
    (folder / "metrics.json").write_text(json.dumps(scores))
    checksums.write(folder)
    return folder


@pytest.fixture(scope="module")
def client(server, tmp_path_factory):
    """Runs commands in a process of its own that stays: (status, output)."""
    errors = tmp_path_factory.mktemp("errors") / "stderr"
    with open(errors, "w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", CLIENT],
            env=environment(server, tmp_path_factory.mktemp("home")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )

        def run(*arguments):
            process.stdin.write(json.dumps(arguments) + "\n")
            process.stdin.flush()
            status, output = json.loads(process.stdout.readline())
            assert hubserver.TOKEN not in output + str(status) + errors.read_text()
            return status, output

        yield run
        process.stdin.close()
        assert process.wait(60) == 0


@pytest.fixture(scope="module")
def publish(client, folder):
    return functools.partial(client, "publish", str(folder))


@pytest.fixture(scope="module")
def published(server, publish):
    """The reference of a model on the server."""
    status, output = publish("--repo", REPO)
    assert status == 0, status
    return output.strip()


def info(server, home, ref, **changes):
    """`ganzoo info REF`, which downloads it, without TensorFlow: status, output, error."""
    done = subprocess.run(
        [sys.executable, "-m", "ganzoo.cli", "info", ref],
        env=environment(server, home, **changes),
        capture_output=True,
        text=True,
    )
    assert hubserver.TOKEN not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def downloaded(home):
    """What is in the cache and could be taken for a model's file: name to bytes."""
    snapshots = (home / "hub").glob("*/snapshots/*/*")
    return {path.name: path.read_bytes() for path in snapshots if path.exists()}


def test_what_is_published_arrives_byte_for_byte(server, published, folder, tmp_path):
    on_the_hub = server.files(REPO)
    own = {p.name: p.read_bytes() for p in folder.iterdir()}
    changed = {"README.md", "SHA256SUMS"}
    assert {n: on_the_hub[n] for n in own if n not in changed} == {
        n: data for n, data in own.items() if n not in changed
    }
    assert {p for p in on_the_hub if "/" in p} == {
        f"saved_model/{name}"
        for name in (
            "models.config",
            "batching.config",
            "mine/1/SHA256SUMS",
            "mine/1/fingerprint.pb",
            "mine/1/saved_model.pb",
            "mine/1/variables/variables.index",
            "mine/1/variables/variables.data-00000-of-00001",
            "mine/1/assets.extra/signatures.json",
            "mine/1/assets.extra/tf_serving_warmup_requests",
        )
    }
    assert len(server.repos[REPO]["commits"]) == 2, "the Hub's own, and one"
    assert published == f"hf://{REPO}@{server.repos[REPO]['main']}"

    status, output, error = info(server, tmp_path, published)
    assert status == 0, error
    kept = {n: data for n, data in on_the_hub.items() if "/" not in n and n != ".gitattributes"}
    arrived = downloaded(tmp_path)
    arrived.pop(".gitattributes", None)
    assert arrived == kept
    # The cache serves it offline.
    assert info(server, tmp_path, published, HF_HUB_OFFLINE="1")[:2] == (status, output)


def test_the_loaded_model_is_the_published_one(client, published, folder, tmp_path):
    out = tmp_path / "x.npz"
    assert client("sample", published, "--num=3", "--seed=2", f"--out={out}")[0] == 0
    assert same([np.load(out)["images"]], served(ganzoo.load(folder)))


@pytest.mark.parametrize(
    ("kind", "times", "pattern"),
    [
        ("drop", 2, r"GET .*model.weights.h5"),
        (429, 1, r"GET .*/resolve/"),
    ],
)
def test_passing_faults_are_overcome(server, published, tmp_path, kind, times, pattern):
    server.faults.append(hubserver.Fault(pattern, kind, times))
    status, _, error = info(server, tmp_path, published)
    assert status == 0, error
    assert server.faults[0].times == 0
    arrived = downloaded(tmp_path)
    assert arrived["model.weights.h5"] == server.files(REPO)["model.weights.h5"]


def test_a_dropped_download_goes_on_where_it_ended(server, published, tmp_path):
    large = os.urandom(24 * 2**20)  # the client keeps what it has 10 MiB at a time
    sha = server.commit(REPO, server.files(REPO) | {"large.md": large})
    server.faults.append(hubserver.Fault("GET .*large.md", "drop", 1))
    status, _, error = info(server, tmp_path, f"hf://{REPO}@{sha}")
    assert status == 0, error
    assert downloaded(tmp_path)["large.md"] == large
    asked = [headers.get("Range") for what, headers in server.log if what.endswith("large.md")]
    assert f"bytes={10 * 2**20}-" in asked


@pytest.mark.parametrize(
    ("kind", "pattern", "message"),
    [
        (401, "GET ", "there is no such repository, or it needs another token"),
        (404, "GET /api/models", "there is no such repository or file, or it needs a token"),
        (409, "GET /api/models", "the repository changed meanwhile, or is in use; try again"),
        (500, "GET .*/resolve/.*h5", "the Hub has a fault; try again later (HTTP 500)"),
        ("wrong byte", "GET .*/resolve/.*h5", "model.weights.h5 is altered: SHA-256 must be "),
        ("wrong byte", "GET .*/resolve/.*config", "config.json is altered: SHA-256 must be "),
    ],
)
def test_a_failed_download_is_one_clear_error(server, published, tmp_path, kind, pattern, message):
    server.faults.append(hubserver.Fault(pattern, kind))
    status, output, error = info(server, tmp_path, published)
    assert status == 1 and output == "" and "Traceback" not in error
    (line,) = [line for line in error.splitlines() if line.startswith("error: ")]
    assert message in line
    # Nothing is left that is not as it was published, and nothing that loads.
    assert all(server.files(REPO)[n] == data for n, data in downloaded(tmp_path).items())
    assert info(server, tmp_path, published, HF_HUB_OFFLINE="1")[0] == 1
    server.faults.clear()
    assert info(server, tmp_path, published)[0] == 0


@pytest.mark.parametrize(
    ("ref", "changes", "message"),
    [
        ("hf://org/nothing", {}, "there is no such repository or file"),
        (f"hf://{REPO}@v9", {}, "there is no such revision"),
        (f"hf://{REPO}", {"HF_HUB_OFFLINE": "1"}, "not in the cache, and HF_HUB_OFFLINE forbids"),
        (f"hf://{REPO}", {"HF_ENDPOINT": "http://127.0.0.1:9"}, "cannot be reached, and it is not"),
        ("hf://mine", {}, "`ref` must be hf://ORG/NAME or hf://ORG/NAME@REVISION. Received:"),
        ("hf://org/../x", {}, "`ref` must be hf://ORG/NAME"),
    ],
)
def test_what_is_not_there_is_said(server, published, tmp_path, ref, changes, message):
    status, _, error = info(server, tmp_path, ref, **changes)
    assert status == 1 and error.count("error: ") == 1 and message in error, error
    assert downloaded(tmp_path) == {}


@pytest.mark.parametrize(
    ("kind", "pattern", "repo", "message"),
    [
        (400, "POST /api/validate-yaml", "org/new", "by order"),
        (401, "POST /api/repos/create", "org/new", "or it needs another token"),
        (403, "PUT /lfs/", "org/new", "the token does not allow it (HTTP 403)"),
        (409, "POST .*/commit/", "org/new", "the repository changed meanwhile, or is in use"),
        (412, "POST .*/commit/", REPO, "the repository changed meanwhile; try again (HTTP 412)"),
        (429, "POST .*/commit/", "org/new", "the Hub had too many requests; try again later"),
        (500, "POST .*/commit/", REPO, "the Hub has a fault; try again later (HTTP 500)"),
        ("no answer", "POST .*/commit/", "org/new", "disconnected"),
    ],
)
def test_a_failed_publication_leaves_nothing(
    server, publish, published, kind, pattern, repo, message
):
    before = json.dumps(server.repos.get(repo), default=repr)
    server.faults.append(hubserver.Fault(pattern, kind))
    status, output = publish("--repo", repo)
    assert output == "" and status.startswith(f"error: cannot publish to {repo}: ")
    assert message in status and "\n" not in status
    assert json.dumps(server.repos.get(repo), default=repr) == before


def test_publishing_again_replaces_everything(server, publish, published):
    server.commit(REPO, server.files(REPO) | {"old.bin": b"x"})
    assert publish("--repo", REPO, "--private")[0] == 0
    assert "old.bin" not in server.files(REPO) and ".gitattributes" in server.files(REPO)
    assert not server.repos[REPO]["private"], "of a new repository only"
    assert publish("--repo", "org/secret", "--private")[0] == 0
    assert server.repos["org/secret"]["private"]
    assert publish("--repo", "nowhere")[0].startswith("error: `ref` must be hf://ORG/NAME")


def test_a_repository_s_saved_model_and_code_are_not_downloaded(server, published, tmp_path):
    evil = {"saved_model/evil.pb": b"x", "code/run.py": b"x"}
    sha = server.commit(REPO, server.files(REPO) | evil)
    assert info(server, tmp_path, f"hf://{REPO}@{sha}")[0] == 0
    assert not [what for what, _ in server.log if "evil" in what or "run.py" in what]
