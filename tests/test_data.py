"""The pipeline: every image once an epoch, resumable anywhere, augmented after the cache."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from conftest import pictures

from ganzoo import data, imaging

NUMBERS = np.arange(103, dtype=np.uint8).reshape(-1, 1, 1, 1)


def stream(batch_size=10, **arguments):
    batches = data.batches(NUMBERS, batch_size, **arguments)
    return np.concatenate([np.round((b.numpy() + 1) * 127.5).ravel() for b in batches]).astype(int)


def test_every_image_comes_once_an_epoch_in_another_order():
    order = stream(epochs=2)
    assert len(order) == 200
    assert sorted(order[:103]) == list(range(103))
    assert not np.array_equal(order[:97], order[103:])
    assert not np.array_equal(stream(epochs=1, seed=1), stream(epochs=1))


@pytest.mark.parametrize("start", [1, 10, 13, 25])
def test_the_stream_can_be_entered_anywhere(start):
    whole = stream(epochs=4)
    batches = data.batches(NUMBERS, 10, start=start).take(5)
    entered = np.concatenate([np.round((b.numpy() + 1) * 127.5).ravel() for b in batches])
    assert np.array_equal(entered, whole[10 * start : 10 * start + 50])


def test_batches_are_float_in_range():
    batch = next(iter(data.batches(pictures(20), 20)))
    assert batch.dtype == tf.float32 and batch.shape == (20, 8, 8, 3)
    assert -1 <= np.min(batch) < -0.5 and 0.5 < np.max(batch) <= 1


def test_augmentation_comes_after_the_cache():
    one = pictures(1)
    batches = data.batches(one, 1, epochs=20, augment=[data.random_flip])
    images = [np.round((b.numpy()[0] + 1) * 127.5).astype(np.uint8) for b in batches]
    kinds = {bytes(image) for image in images}
    assert kinds == {bytes(one[0]), bytes(np.ascontiguousarray(one[0][:, ::-1]))}


def test_augmentation_is_a_function_of_the_step():
    whole = list(data.batches(pictures(16), 4, epochs=3, augment=[data.random_flip]))
    entered = list(data.batches(pictures(16), 4, start=7, augment=[data.random_flip]).take(3))
    assert all(np.array_equal(a, b) for a, b in zip(whole[7:10], entered, strict=True))


def test_more_than_a_batch_of_epochs_is_asked_for():
    with pytest.raises(ValueError, match="must fill a batch of 1000. Received: 2"):
        data.batches(NUMBERS, 1000, epochs=2)
    with pytest.raises(ValueError, match="`batch_size` must be at least 1"):
        data.batches(NUMBERS, 0)


def test_a_folder_is_read_in_order_resized_and_brought_to_the_asked_channels(tmp_path):
    colour, grey = pictures(1, (16, 24, 3))[0], pictures(1, (8, 8, 1))[0]
    (tmp_path / "b.png").write_bytes(imaging.png(colour))
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.PNG").write_bytes(imaging.png(grey))
    (tmp_path / "notes.txt").write_text("no image")
    images = data.load_images(tmp_path, (8, 8, 3))
    assert images.shape == (2, 8, 8, 3) and images.dtype == np.uint8
    assert np.array_equal(images[1], grey.repeat(3, -1))
    centre = colour[:, 4:20].astype(float)
    assert abs(images[0].mean() - centre.mean()) < 2  # cropped at the centre, then antialiased
    assert data.load_images(tmp_path, (8, 8, 1)).shape == (2, 8, 8, 1)


def test_an_unreadable_image_is_named_and_refused_or_skipped(picture_folder, caplog):
    (picture_folder / "050.png").write_bytes(b"no PNG")
    with pytest.raises(data.DataError, match=r"not a readable image: .*050\.png"):
        data.load_images(picture_folder, (8, 8, 3))
    images = data.load_images(picture_folder, (8, 8, 3), unreadable="skip")
    assert len(images) == 99 and "050.png" in caplog.text


def test_sources_that_are_not_there_say_what_to_do(tmp_path):
    with pytest.raises(data.DataError, match="no file with an ending of.*Received"):
        data.load_images(tmp_path, (8, 8, 3))
    with pytest.raises(data.DataError, match=r"such as \['cifar10'.*Received: 'cifar1'"):
        data.load_images("cifar1", (8, 8, 3))
    with pytest.raises(data.DataError, match="existing folder.*Received: '/no/such'"):
        data.load_images("/no/such", (8, 8, 3))
    with pytest.raises(ValueError, match="`unreadable` must be"):
        data.load_images(tmp_path, (8, 8, 3), unreadable="ignore")


def test_a_data_set_that_cannot_be_fetched_says_what_to_do(tmp_path, monkeypatch):
    def offline(*args, **kwargs):
        raise ConnectionError("no route to host")

    monkeypatch.setattr(tfds.core.DatasetBuilder, "download_and_prepare", offline)
    with pytest.raises(data.DataError, match="could not be fetched.*no route.*data_dir"):
        data.load_images("mnist", (28, 28, 1), data_dir=tmp_path)


def test_tfds_names_go_through_the_same_function(tmp_path):
    with tfds.testing.mock_data(12, policy=tfds.testing.MockPolicy.USE_CODE):
        images = data.load_images("mnist", (8, 8, 1), data_dir=tmp_path)
    assert images.shape == (12, 8, 8, 1) and images.dtype == np.uint8
