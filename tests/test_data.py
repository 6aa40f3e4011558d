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


def test_unpaired_streams_are_shuffled_independently_and_can_be_entered_anywhere():
    x, y = NUMBERS[:40], NUMBERS[:40]
    whole = list(data.unpaired(x, y, 8, epochs=3))
    assert len(whole) == 15
    xs, ys = (np.concatenate([b[i].numpy().ravel() for b in whole[:5]]) for i in range(2))
    assert sorted(xs) == sorted(ys) and not np.array_equal(xs, ys)
    entered = list(data.unpaired(x, y, 8, start=7).take(3))
    for a, b in zip(whole[7:10], entered, strict=True):
        assert np.array_equal(a[0], b[0]) and np.array_equal(a[1], b[1])


def test_labels_go_with_their_images():
    images = pictures(20)
    by_image = {bytes(image): label for image, label in zip(images, range(20), strict=True)}
    for batch, labels in data.batches(images, 4, labels=np.arange(20), epochs=2, start=1):
        raw = np.round((batch.numpy() + 1) * 127.5).astype(np.uint8)
        assert [by_image[bytes(image)] for image in raw] == labels.numpy().tolist()
    with pytest.raises(ValueError, match="`labels` must be as many as the images, 20. Received: 3"):
        data.batches(images, 4, labels=np.arange(3))


def test_random_crops_are_parts_of_the_image_at_places_of_their_own():
    places = np.arange(100, dtype=np.float32).reshape(1, 10, 10, 1).repeat(64, 0)
    cropped = data.random_crop(8)(tf.constant(places), tf.constant([1, 2], tf.int64)).numpy()
    assert cropped.shape == (64, 8, 8, 1)
    corners = cropped[:, 0, 0, 0].astype(int)
    for image, corner in zip(cropped, corners, strict=True):
        top, left = divmod(corner, 10)
        assert np.array_equal(image, places[0, top : top + 8, left : left + 8])
    assert set(corners // 10) == set(corners % 10) == {0, 1, 2}


def test_a_folder_of_folders_is_labelled_by_the_names_asked_for(tmp_path):
    for name, num in (("cats", 3), ("dogs", 2), ("owls", 1)):
        (tmp_path / name).mkdir()
        for i in range(num):
            (tmp_path / name / f"{i}.png").write_bytes(
                imaging.png(pictures(1, seed=num * 9 + i)[0])
            )
    images, labels = data.load_labelled(tmp_path, (8, 8, 3), ("dogs", "cats"))
    assert images.shape == (5, 8, 8, 3) and labels.tolist() == [0, 0, 1, 1, 1]
    with pytest.raises(
        data.DataError, match=r"`domains`: .* has \['cats', 'dogs', 'owls'\].*'cows'"
    ):
        data.load_labelled(tmp_path, (8, 8, 3), ("cats", "cows"))


def test_classes_and_attributes_of_tfds_sets_are_labels(tmp_path):
    mock = tfds.testing.mock_data(30, policy=tfds.testing.MockPolicy.USE_CODE)
    with mock:
        images, labels = data.load_labelled("mnist", (8, 8, 1), ("3", "7"), data_dir=tmp_path)
        everything, _ = data.load_labelled(
            "mnist", (8, 8, 1), [str(i) for i in range(10)], data_dir=tmp_path
        )
        assert len(images) == len(labels) < len(everything) == 30
        assert labels.dtype == np.int32 and set(labels.tolist()) <= {0, 1}
        with pytest.raises(data.DataError, match="must have these classes"):
            data.load_labelled("mnist", (8, 8, 1), ("3", "eleven"), data_dir=tmp_path)
        names = ("Young", "Male")
        images, labels = data.load_labelled("celeb_a", (8, 8, 3), names, data_dir=tmp_path)
        assert images.shape == (30, 8, 8, 3) and labels.shape == (30, 2)
        assert labels.dtype == np.float32 and set(labels.ravel()) <= {0.0, 1.0}
        with pytest.raises(
            data.DataError, match="must be a data set with labels: .*'div2k'|labels"
        ):
            data.load_labelled("lsun/classroom", (8, 8, 3), ("a", "b"), data_dir=tmp_path)
