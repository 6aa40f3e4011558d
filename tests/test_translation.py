"""CycleGAN and StarGAN on toys, the image pool, domains, and what a user calls."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import batches_for, pictures, small

import ganzoo
from ganzoo import data
from ganzoo.layers import ImagePool, ReflectionPadding2D
from ganzoo.models import CycleGAN, StarGAN
from ganzoo.models.domains import Domains


def mlp(inputs, outputs, width=64):
    """Two hidden layers; `inputs` and `outputs` are lists of lengths."""
    ins = [keras.Input((n,)) for n in inputs]
    x = keras.layers.Concatenate()(ins) if len(ins) > 1 else ins[0]
    for _ in range(2):
        x = keras.layers.Dense(width, activation="relu")(x)
    outs = [keras.layers.Dense(n)(x) for n in outputs]
    return keras.Model(ins if len(ins) > 1 else ins[0], outs if len(outs) > 1 else outs[0])


# -- CycleGAN ---------------------------------------------------------------------------------


def test_cycle_error_falls_below_a_tenth_on_two_shifted_blobs():
    keras.utils.set_random_seed(0)
    gan = CycleGAN(*(mlp([2], [n]) for n in (2, 2, 1, 1)), cycle_weight=1.0, identity_weight=0.0)
    gan.compile({p: keras.optimizers.Adam(5e-4, 0.5) for p in gan.players}, steps_per_execution=50)
    centres = {"x": (-0.5, -0.5), "y": (0.5, 0.3)}

    def points(step, domain):
        noise = tf.random.stateless_normal([128, 2], tf.stack([step, len(domain) + ord(domain)]))
        return centres[domain] + 0.1 * noise

    dataset = tf.data.Dataset.range(10**9).map(lambda s: (points(s, "x"), points(s, "y")))
    x = points(tf.constant(-1, tf.int64), "x")

    def cycle_error():
        return np.abs(gan.generator_yx(gan.generator_xy(x)) - x).mean()

    start = cycle_error()
    gan.fit(dataset, steps_per_epoch=1500, verbose=0, shuffle=False)
    assert cycle_error() < start / 10
    translated = gan.generator_xy(x).numpy()
    np.testing.assert_allclose(translated.mean(0), centres["y"], atol=0.05)
    np.testing.assert_allclose(translated.std(0), 0.1, atol=0.05)


class PlainPool:
    """The pool in plain Python: what CycleGAN's code does, row by row."""

    def __init__(self, capacity):
        self.capacity, self.held = capacity, []

    def __call__(self, rows, swaps, places):
        returned = []
        for row, swap, place in zip(rows, swaps, places, strict=True):
            if len(self.held) < self.capacity:
                self.held.append(row)
                returned.append(row)
            elif swap:
                returned.append(self.held[place])
                self.held[place] = row
            else:
                returned.append(row)
        return returned


@pytest.mark.parametrize("devices", [["CPU:0"], ["CPU:0", "CPU:1"]])
def test_the_pool_is_exact_against_a_plain_one(devices):
    strategy = tf.distribute.MirroredStrategy(
        devices, cross_device_ops=tf.distribute.ReductionToOneDevice()
    )
    capacity, rows, steps = 5, 6, 12
    with strategy.scope():
        pool = ImagePool(capacity, (1, 1, 1))
    plain = PlainPool(capacity)
    images = np.arange(rows * steps, dtype=np.float32).reshape(steps, rows, 1, 1, 1)
    share = rows // len(devices)

    @tf.function
    def step(batch, seed):
        parts = tf.split(batch, len(devices))
        part = strategy.experimental_distribute_values_from_function(
            lambda context: parts[context.replica_id_in_sync_group]
        )
        return strategy.experimental_local_results(
            strategy.run(lambda rows: pool(rows, seed), args=(part,))
        )

    from_the_past = 0
    for i, batch in enumerate(images):
        seed = tf.constant([i, 7], tf.int64)
        swaps = tf.random.stateless_uniform([rows], tf.random.fold_in(seed, 0), alg="philox") < 0.5
        places = tf.random.stateless_uniform(
            [rows], tf.random.fold_in(seed, 1), 0, capacity, tf.int32, alg="philox"
        )
        returned = step(tf.constant(batch), seed)
        assert [len(part) for part in returned] == [share] * len(devices)
        expected = plain(batch.ravel(), swaps.numpy(), places.numpy())
        assert np.concatenate(returned).ravel().tolist() == expected
        assert np.ravel(pool.images).tolist() == plain.held + [0] * (capacity - len(plain.held))
        from_the_past += sum(value < batch.min() for value in expected)
    assert rows * steps / 4 < from_the_past < rows * steps * 3 / 4


def test_discriminators_see_the_images_that_the_translators_made_before_they_moved(monkeypatch):
    gan = small("cyclegan", pool_size=4)
    gan.compile(run_eagerly=True)
    x = pictures(4).astype(np.float32) / 127.5 - 1
    before = gan.generator_xy(x).numpy()
    seen = []
    call = gan.pool_y.call
    monkeypatch.setattr(gan.pool_y, "call", lambda i, s: seen.append(i.numpy()) or call(i, s))
    gan.fit(x, x, batch_size=4, verbose=0, shuffle=False)
    np.testing.assert_allclose(seen[0], before, atol=1e-6)
    assert np.abs(gan.generator_xy(x).numpy() - before).max() > 1e-4


def test_domains_may_differ_in_channels_without_the_identity_terms():
    with pytest.raises(ValueError, match="`identity_weight` must be 0 .*Received: 5.0"):
        ganzoo.create("cyclegan", image_shape=(8, 8, 3), target_channels=1, width=2, blocks=1)
    gan = small("cyclegan", target_channels=1, identity_weight=0.0)
    y = pictures(5, (8, 8, 1))
    dataset = data.unpaired(pictures(9), y, 2)
    history = gan.fit(dataset, steps_per_epoch=1, verbose=0, shuffle=False).history
    assert not [term for term in history if "identity" in term]
    assert gan.translate(pictures(2), "xy").shape == (2, 8, 8, 1)
    assert gan.translate(y, "yx").shape == (5, 8, 8, 3)
    assert gan.picture([pictures(3), y]).shape[-1] == 3


def test_a_direction_or_domain_that_is_not_there_is_refused():
    gan = small("cyclegan")
    with pytest.raises(ValueError, match=r"`direction` must be one of \['xy', 'yx'\].*'xx'"):
        gan.translate(pictures(1), direction="xx")
    with pytest.raises(ValueError, match=r"`domain` must be one of \['x', 'y'\].*'z'"):
        gan.score(pictures(1), domain="z")
    with pytest.raises(ValueError, match="multiple of 4 and at least 8. Received: .30, 30, 3"):
        ganzoo.create("cyclegan", image_shape=(30, 30, 3))
    with pytest.raises(ValueError, match="power of two and at least 8. Received: .48, 48, 3"):
        ganzoo.create("stargan", image_shape=(48, 48, 3))


@pytest.mark.parametrize(("size", "patches"), [(32, 14), (64, 14), (128, 14), (256, 30)])
def test_patches_and_sizes_from_32_to_256(size, patches):
    from ganzoo.networks import cyclegan

    shape = (size, size, 3)
    assert cyclegan.discriminator(shape, 2).output_shape == (None, patches, patches, 1)
    translator = cyclegan.generator(shape, 3, 2)
    assert translator.output_shape == (None, *shape)
    blocks = sum(isinstance(layer, keras.layers.Add) for layer in translator.layers)
    assert blocks == (9 if size == 256 else 6)


def test_reflection_padding_mirrors_without_the_border():
    rows = np.arange(4, dtype=np.float32).reshape(1, 1, 4, 1).repeat(4, 1)
    padded = ReflectionPadding2D(2)(rows).numpy()
    assert padded.shape == (1, 8, 8, 1)
    assert padded[0, 3, :, 0].tolist() == [2, 1, 0, 1, 2, 3, 2, 1]
    with pytest.raises(ValueError, match="`padding` must be at least 1 and below .* Received: 4"):
        ReflectionPadding2D(4)(rows)


# -- StarGAN ----------------------------------------------------------------------------------


def test_one_generator_takes_points_to_the_domain_asked_for():
    keras.utils.set_random_seed(0)
    names = ("east", "north", "west")
    centres = np.float32([[0.6, -0.4], [0, 0.6], [-0.6, -0.4]])
    gan = StarGAN(mlp([2, 3], [2], 128), mlp([2], [1, 3], 128), domains=names, n_critic=2)
    gan.compile(
        {p: keras.optimizers.Adam(5e-4, 0.5, 0.9) for p in gan.players}, steps_per_execution=50
    )

    def points(step):
        labels = tf.range(256) % 3
        noise = tf.random.stateless_normal([256, 2], tf.stack([step, 7]))
        return tf.gather(centres, labels) + 0.1 * noise, labels

    dataset = tf.data.Dataset.range(10**9).map(points)
    gan.fit(dataset, steps_per_epoch=1000, verbose=0, shuffle=False)
    x, labels = points(tf.constant(-1, tf.int64))
    for domain, name in enumerate(names):
        vectors = np.repeat(gan.domains.vector(name)[None], len(x), 0)
        arrived = gan.generator([x, tf.constant(vectors)]).numpy()
        nearest = np.square(arrived[:, None] - centres).sum(-1).argmin(1)
        others = labels.numpy() != domain
        assert (nearest == domain)[others].mean() > 0.95


def test_labels_are_other_labels_of_the_same_batch(monkeypatch):
    gan = small("stargan", domains=("a", "b", "c"), n_critic=1)
    gan.compile(run_eagerly=True)
    seen = []
    other = gan.other_labels
    monkeypatch.setattr(
        gan, "other_labels", lambda c: seen.append((c.numpy(), other(c).numpy())) or other(c)
    )
    gan.fit(batches_for(gan, rows=32), steps_per_epoch=1, verbose=0, shuffle=False)
    for labels, targets in seen:
        assert labels.sum(0).tolist() == targets.sum(0).tolist()
        assert not np.array_equal(labels, targets)


def test_images_asked_for_their_own_labels_are_compared_with_themselves(monkeypatch):
    names = ("a", "b", "c")
    gan = small("stargan", domains=names, identity_weight=5.0)
    assert gan.from_config(gan.get_config()).identity_weight == 5.0
    of_points = StarGAN(mlp([2, 3], [2]), mlp([2], [1, 3]), domains=names, identity_weight=5.0)
    labels = tf.one_hot([0, 1, 2, 1], 3)
    targets = tf.one_hot([0, 2, 2, 0], 3)
    images = tf.constant(pictures(4), tf.float32) / 127.5 - 1
    for system, real in (gan, images), (of_points, images[:, 0, :2, 0]):
        monkeypatch.setattr(system, "other_labels", lambda _: targets)
        fake = system.generator([real, targets], training=True).numpy().astype("float64")
        terms = system.generator_loss({"images": real, "labels": labels})
        # Rows 0 and 2 have what they are asked for; the other two count as no difference.
        expected = 5 * np.abs(real.numpy() - fake)[[0, 2]].sum() / fake.size
        np.testing.assert_allclose(terms["identity"], expected, rtol=1e-5)
    without = small("stargan", domains=names)
    assert "identity" not in without.players["generator"].terms


def test_several_data_sets_share_a_generator_by_the_mask():
    domains = Domains((("black", "blond", "young"), ("happy", "sad")), ("any_of", "one_of"))
    assert domains.size == 7
    assert domains.vector(("black", "young")).tolist() == [1, 0, 1, 0, 0, 1, 0]
    assert domains.vector("sad").tolist() == [0, 0, 0, 0, 1, 0, 1]
    vectors = np.stack([domains.vector(("black", "young")), domains.vector("sad")])
    logits = np.float32([[2, -1, 0.5, 3, 3], [9, 9, 9, -1, 1]])
    # Each row's own block: sigmoid cross-entropies summed, softmax cross-entropy.
    first = np.log1p(np.exp([-2, -1, -0.5])).sum()
    second = np.log(np.exp(-1) + np.exp(1)) - 1
    np.testing.assert_allclose(
        domains.classification_loss(vectors, logits), (first + second) / 2, rtol=1e-6
    )
    gan = small("stargan", domains=domains.blocks, labels=domains.kinds)
    dataset = data.batches(pictures(8), 8, labels=vectors[np.arange(8) % 2])
    history = gan.fit(dataset, steps_per_epoch=2, verbose=0, shuffle=False).history
    assert all(np.isfinite(v).all() for v in history.values())
    assert gan.translate(pictures(2), ("blond", "young")).shape == (2, 8, 8, 3)
    assert type(gan).from_config(gan.get_config()).domains.blocks == domains.blocks


def test_domains_and_labels_that_do_not_fit_are_refused():
    gan = small("stargan", domains=("a", "b", "c"))
    with pytest.raises(ValueError, match=r"`domain` must be one of \['a', 'b', 'c'\].*'d'"):
        gan.translate(pictures(1), "d")
    with pytest.raises(ValueError, match="several attributes .* Received: .'a', 'b'"):
        gan.translate(pictures(1), ("a", "b"))
    with pytest.raises(ValueError, match="`domains` must be at least two names, each once"):
        ganzoo.create("stargan", domains=("a", "a"))
    with pytest.raises(ValueError, match=r"`labels` must be one of \['any_of', 'one_of'\]"):
        ganzoo.create("stargan", domains=("a", "b"), labels="some_of")
    with pytest.raises(ValueError, match="the dataset must have labels"):
        gan.fit(pictures(8), batch_size=8, verbose=0)
    out_of_range = data.batches(pictures(8), 8, labels=np.full(8, 3))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"labels must lie in \[0, 3\)"):
        gan.fit(out_of_range, steps_per_epoch=1, verbose=0)
    floats = data.batches(pictures(8), 8, labels=np.full((8, 3), 0.5, np.float32))
    with pytest.raises(tf.errors.InvalidArgumentError, match="must hold zeros and ones"):
        gan.fit(floats, steps_per_epoch=1, verbose=0)
    with pytest.raises(ValueError, match=r"of shape \(batch, 3\). Received: float32 \(8, 2\)"):
        gan.fit(pictures(8), np.zeros((8, 2), np.float32), batch_size=8, verbose=0)
