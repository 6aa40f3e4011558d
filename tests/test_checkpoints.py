"""Runs lose nothing: killed at any moment, on a full disk, in a folder that cannot be written."""

import contextlib
import ctypes
import os
import resource
import shutil
import subprocess

import killing
import pytest
from conftest import pictures
from test_training import recipe

from ganzoo import callbacks, checksums, files, fit, imaging
from ganzoo.callbacks.checkpoint import checkpoints

KILLS = int(os.environ.get("GANZOO_KILLS", "17"))  # of each system, in the long test


@pytest.fixture
def two_folders(tmp_path):
    """Two folders of pictures, in a folder."""
    for seed, name in enumerate(("sun", "rain")):
        (tmp_path / "both" / name).mkdir(parents=True)
        for i, image in enumerate(pictures(10, seed=seed)):
            (tmp_path / "both" / name / f"{i}.png").write_bytes(imaging.png(image))
    return tmp_path / "both"


@pytest.mark.parametrize(("system", "kills"), [("dcgan", 16), ("wgan_gp", 4)])
def test_a_run_killed_many_times_ends_as_one_left_alone(system, kills, two_folders, tmp_path):
    assert killing.sweep(system, two_folders, tmp_path, kills) >= kills // 4


@pytest.mark.slow
@pytest.mark.parametrize("system", sorted(killing.RECIPES))
def test_any_run_killed_very_often_ends_as_one_left_alone(system, two_folders, tmp_path):
    inside = killing.sweep(system, two_folders, tmp_path, KILLS, seed=1)
    print(f"{system}: killed {KILLS} times, {inside} of them inside a checkpoint's write")
    assert inside >= KILLS // 4


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A run of four steps with checkpoints of the second and the fourth, and its pictures."""
    folder = tmp_path_factory.mktemp("base")
    (folder / "pictures").mkdir()
    for i, image in enumerate(pictures(20)):
        (folder / "pictures" / f"{i:02d}.png").write_bytes(imaging.png(image))
    made = dcgan(folder)
    fit.run("mine", made, folder / "run")
    return folder


def dcgan(folder, **changes):
    arguments = {"steps": 4, "checkpoint_every": 2} | changes
    return recipe(folder / "pictures", "dcgan_fashion_mnist", **arguments)


@pytest.fixture
def run(base, tmp_path):
    """A copy of that run to break."""
    shutil.copytree(base / "run", tmp_path / "run")
    return tmp_path / "run"


def fails(run, made, error, message):
    """Asserts that a run fails so when it is resumed, and that its checkpoints are still good."""
    before = checkpoints(run / "checkpoints")
    with pytest.raises(error, match=message) as raised:
        fit.run("mine", made, run, resume=True)
    assert checkpoints(run / "checkpoints") == before
    for path in before:
        checksums.verify(path)
    assert not list((run / "checkpoints").glob(".*"))
    return str(raised.value)


def test_the_newest_checkpoints_and_every_so_many_steps_are_kept(base, tmp_path):
    made = dcgan(base, steps=7, checkpoint_every=1, keep_checkpoints=2, keep_checkpoint_every=3)
    fit.run("mine", made, tmp_path / "run")
    kept = [path.name for path in checkpoints(tmp_path / "run" / "checkpoints")]
    assert kept == [f"step_00000000{i}" for i in (3, 6, 7)]


@pytest.mark.parametrize("damage", ["truncated", "altered", "without a file"])
def test_a_damaged_newest_checkpoint_falls_back_and_says_so(damage, base, run, caplog):
    older, newest = checkpoints(run / "checkpoints")
    weights = newest / "model.keras"
    contents = bytearray(weights.read_bytes())
    contents[len(contents) // 2] ^= 1
    if damage == "truncated":
        weights.write_bytes(weights.read_bytes()[:-1])
    elif damage == "altered":
        weights.write_bytes(contents)
    else:
        weights.unlink()
    gan = fit.build(dcgan(base))
    assert callbacks.restore_latest(gan, run / "checkpoints")["seconds"] > 0
    assert int(gan.step.numpy()) == 2
    assert "passed over a damaged checkpoint" in caplog.text and str(weights) in caplog.text
    assert (run / "checkpoints" / f"damaged_{newest.name}").is_dir()
    (older / "state.json").unlink()
    with pytest.raises(ValueError, match="no checkpoint in .* is sound"):
        callbacks.restore_latest(gan, run / "checkpoints")


def test_a_recipe_that_is_not_the_checkpoints_is_one_error(base, run):
    made = dcgan(base, width=8, seed=3, steps=9)
    message = "width: 4 there, 8 here"
    assert "seed: 0 there, 3 here" in fails(run, made, ValueError, message)
    (run / "recipe.json").unlink()  # the checkpoint knows, too
    assert "steps" not in fails(run, made, ValueError, f"seed: 0 there, 3 here; {message}")
    with pytest.raises(ValueError, match="`out` holds a run already"):
        fit.run("mine", dcgan(base), run)


def test_two_processes_do_not_train_in_one_folder(base, run):
    with files.only_writer(run):
        fails(run, dcgan(base, steps=6), OSError, f"another process is at work in {run}")
    with files.only_writer(run):  # which the refused one did not keep
        pass


def test_a_data_set_that_changed_size_is_one_error(base, run, tmp_path):
    shutil.copytree(base / "pictures", tmp_path / "pictures")
    os.remove(tmp_path / "pictures" / "00.png")
    for file in run.glob("**/*.json"):  # as if the folder itself had changed
        file.write_text(
            file.read_text().replace(str(base / "pictures"), str(tmp_path / "pictures"))
        )
    for path in checkpoints(run / "checkpoints"):
        checksums.write(path)
    message = r"`dataset` must have as many images as .* \[20\]. Received: .* with \[19\]"
    fails(run, dcgan(tmp_path, steps=6), ValueError, message)


@contextlib.contextmanager
def without_override():
    """Within it, even root is bound by a folder's mode: this thread lacks CAP_DAC_OVERRIDE."""
    library = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    before, now = (ctypes.c_uint32 * 6)(), (ctypes.c_uint32 * 6)()
    assert library.capget(header, before) == library.capget(header, now) == 0
    now[0] &= ~(1 << 1)
    assert library.capset(header, now) == 0
    try:
        yield
    finally:
        library.capset(header, before)


@pytest.mark.parametrize("part", ["", "checkpoints"])
def test_a_folder_that_cannot_be_written_is_one_error_before_training(part, base, run):
    (run / part).chmod(0o555)
    with without_override():
        fails(
            run, dcgan(base, steps=6), OSError, f"cannot write to {run / part}.*Permission denied"
        )
    (run / part).chmod(0o755)


@contextlib.contextmanager
def full_disk(folder, left):
    """A disk at `folder` with so many bytes left; where none may be mounted, no file is longer."""
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    shutil.move(folder, folder.with_name("before"))
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size + 300_000}", "ganzoo-test", folder]
    mounted = subprocess.run(command, capture_output=True).returncode == 0
    shutil.copytree(folder.with_name("before"), folder, dirs_exist_ok=True)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        if mounted:
            free = os.statvfs(folder)
            (folder / "other").write_bytes(b"x" * (free.f_bavail * free.f_bsize - left))
        else:
            resource.setrlimit(resource.RLIMIT_FSIZE, (left, limits[1]))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        if mounted:
            subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize(
    ("left", "what"),
    [(50_000, "checkpoints/step_000000006: "), (5_000, "logs: .*(No space|too large)")],
)
def test_a_full_disk_is_one_error_and_keeps_the_checkpoint_before(left, what, base, run):
    with full_disk(run, left):
        made = dcgan(base, steps=6, log_every=1, grid_every=1)
        fails(run, made, OSError, f"cannot write {run}/{what}")
        gan = fit.build(dcgan(base))
        assert callbacks.restore_latest(gan, run / "checkpoints")
        assert int(gan.step.numpy()) == 4


def test_what_killed_writers_left_behind_is_cleared_away(base, run):
    for name in ".model.0123abcd.tmp", "checkpoints/.step_000000004.0123abcd.old":
        (run / name).mkdir()
        (run / name / "model.keras").write_text("half")
    (run / ".mine").touch()
    fit.run("mine", dcgan(base), run, resume=True)
    assert {p.name for p in run.rglob(".*")} == {".mine", ".lock"}


def test_a_folder_that_was_about_to_be_replaced_gets_its_name_back(tmp_path):
    (tmp_path / ".best.0123abcd.old").mkdir()
    (tmp_path / ".best.0123abcd.old" / "weights").write_text("the only ones")
    files.prepare_folder(tmp_path)
    assert (tmp_path / "best" / "weights").read_text() == "the only ones"
    assert [p.name for p in tmp_path.iterdir()] == ["best"]
