"""Training on several replicas and machines is training on one."""

import json
import time

import killing
import numpy as np
import pytest
import tensorflow as tf
import workers
from conftest import batches_for, pictures, same, small_sgd, values
from test_training import SMALL, recipe

from ganzoo import callbacks, data, distribution, fit
from ganzoo.callbacks.checkpoint import checkpoints

CLUSTER = {"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 1}}


def test_the_machine_chooses_the_strategy(monkeypatch):
    monkeypatch.delenv("TPU_NAME", raising=False)
    monkeypatch.delenv("TF_CONFIG", raising=False)
    several = len(tf.config.list_physical_devices("GPU")) > 1
    assert distribution.default() == ("mirrored" if several else "one")
    monkeypatch.setenv("TPU_NAME", "local")
    assert distribution.default() == "tpu"
    monkeypatch.setenv("TF_CONFIG", json.dumps(CLUSTER))
    assert distribution.default() == "multi_worker"
    for wrong in "{", "[]":
        monkeypatch.setenv("TF_CONFIG", wrong)
        with pytest.raises(ValueError, match="`TF_CONFIG` must be JSON such as.*Received"):
            distribution.default()


def test_a_strategy_that_the_machine_lacks_is_one_error(monkeypatch, picture_folder, tmp_path):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    with pytest.raises(ValueError, match="`strategy` must be one of.*Received: 'miror'"):
        distribution.make("miror")
    with pytest.raises(ValueError, match="'multi_worker' needs the environment variable TF_CONFIG"):
        distribution.make("multi_worker")
    made = recipe(picture_folder, batch_size=5, steps=1)
    with pytest.raises(ValueError, match="`batch_size` must be a multiple.*2 times 1. Received: 5"):
        fit.run("mine", made, tmp_path / "run", strategy="mirrored")


def test_without_a_tpu_its_strategy_is_one_error():
    process = killing.start(workers.asks_for_a_tpu)  # in a process of its own: it resets TensorFlow
    process.join()
    assert process.exitcode == 0


@pytest.mark.parametrize("parts", [2, 3])
def test_the_parts_of_a_batch_are_the_whole(parts):
    images, labels = pictures(20, (9, 9, 3)), np.arange(20)
    arguments = {"labels": labels, "start": 2, "augment": [data.random_crop(8), data.random_flip]}

    def read(part):
        dataset = data.batches(images, 12, seed=3, part=part, **arguments).take(4)
        return [tuple(map(np.array, batch)) for batch in dataset]

    whole = read((0, 1))
    for step, pieces in enumerate(zip(*(read((i, parts)) for i in range(parts)), strict=True)):
        joined = tuple(np.concatenate(x) for x in zip(*pieces, strict=True))
        assert same(joined, whole[step])
    with pytest.raises(ValueError, match="`batch_size` must be a multiple of 5. Received: 12"):
        data.batches(images, 12, part=(0, 5))


def test_the_parts_of_unpaired_batches_are_the_whole():
    x, y = pictures(20), pictures(17, seed=1)
    whole, *parts = (
        list(data.unpaired(x, y, 4, part=part).take(3)) for part in ((0, 1), (0, 2), (1, 2))
    )
    for step, (first, second) in enumerate(zip(*parts, strict=True)):
        for domain in range(2):
            joined = np.concatenate([first[domain], second[domain]])
            assert np.array_equal(joined, whole[step][domain])


def sgd(system, strategy):
    with strategy.scope():
        return small_sgd(system)


def train(gan, steps, start=0, **arguments):
    size = 4 * gan.batches_per_step
    batches = distribution.distribute(
        gan.distribute_strategy, lambda part: batches_for(gan, start=start, part=part), size
    )
    gan.fit(batches, steps_per_epoch=steps, verbose=0, shuffle=False, **arguments)


def close(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5, rtol=1e-5)


def test_a_checkpoint_of_two_replicas_goes_on_under_one_and_back(tmp_path):
    strategies = [distribution.make(name) for name in ("one", "mirrored")]
    assert [s.num_replicas_in_sync for s in strategies] == [1, 2]
    whole = sgd("dcgan", strategies[0])
    train(whole, 6)
    for number, (before, after) in enumerate((strategies, strategies[::-1])):
        folder = tmp_path / str(number)
        train(sgd("dcgan", before), 3, callbacks=[callbacks.Checkpoint(folder, every=3)])
        gan = sgd("dcgan", after)
        callbacks.restore_latest(gan, folder)
        assert int(gan.step.numpy()) == 3
        train(gan, 3, start=3)
        close(values(gan.variables), values(whole.variables))


def test_a_run_changes_its_strategy(picture_folder, tmp_path):
    made = recipe(picture_folder, "dcgan_fashion_mnist", steps=4, augment="flip")
    fit.run("mine", made, tmp_path / "run", max_steps=2, strategy="mirrored")
    assert "2 replicas" in (tmp_path / "run" / "model" / "README.md").read_text()
    gan = fit.run("mine", made, tmp_path / "run", resume=True, strategy="one")
    assert int(gan.step.numpy()) == 4


def two_workers_end_where_one_does(system, folder):
    codes = workers.end(workers.start(workers.trained, system, 20, folder))
    assert codes == [0, 0]
    gan = sgd(system, distribution.make("one"))
    train(gan, 20)
    first, second = (list(np.load(folder / f"{i}.npz").values()) for i in range(2))
    assert same(first, second)
    close(first, values(gan.variables))


def test_two_workers_end_where_one_process_does(tmp_path):
    # Random latents, batch normalisation, spectral normalisation, a moving average.
    two_workers_end_where_one_does("sngan", tmp_path)


@pytest.mark.slow
def test_two_workers_of_any_system_end_where_one_process_does(system, tmp_path):
    two_workers_end_where_one_does(system, tmp_path)


def test_workers_stop_together_and_one_that_dies_comes_back(picture_folder, tmp_path):
    changes = SMALL | {"dataset": str(picture_folder), "decay_start": 1, "precision": "float32"}
    changes |= {"steps": 60, "checkpoint_every": 2, "log_every": 1}
    arguments = ("dcgan_fashion_mnist", changes)

    def started(out, step):
        """Two workers that have made a checkpoint of that step, or a later one."""
        both = workers.start(workers.run, arguments, out)
        while all(worker.is_alive() for worker in both) and killing.newest_step(out) < step:
            time.sleep(0.01)
        return both

    assert workers.end(started(tmp_path / "whole", 60)) == [0, 0]
    out = tmp_path / "parts"
    both = started(out, 2)
    both[1].terminate()  # SIGTERM: preempted
    assert workers.end(both) == [0, 0]
    preempted = killing.newest_step(out)
    texts = [(tmp_path / f"parts.{i}.txt").read_text() for i in range(2)]
    assert f"ended at step {preempted} (another worker stopped)" in texts[0]
    assert f"ended at step {preempted} (SIGTERM)" in texts[1]

    both = started(out, preempted + 2)
    both[1].kill()
    assert workers.end(both) == [1, -9]
    assert "OSError: another worker is gone" in (tmp_path / "parts.0.txt").read_text()
    assert 2 <= killing.newest_step(out) < 60

    assert workers.end(started(out, 60)) == [0, 0]
    (_, expected), (_, actual) = killing.outcome(tmp_path / "whole"), killing.outcome(out)
    assert same(list(expected.values()), list(actual.values()))
    assert len(checkpoints(out / "checkpoints")) == 2
