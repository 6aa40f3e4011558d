"""A minibatch whose parts are computed one after another is the minibatch."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import batches_for, same, small, values
from test_training import recipe

import ganzoo
from ganzoo import distribution, draws, fit, registry
from ganzoo.models.schedules import equal_parts

ROWS_ALONE = ("wgan_gp", "cyclegan")  # here without batch normalisation, with pools not yet full


def without_mixed_rows(system):
    keras.utils.set_random_seed(1)
    if system == "cyclegan":
        return small(system, image_shape=(16, 16, 3), pool_size=50)
    cls = registry.get(system)
    critic = small(system).discriminator
    generator = keras.Sequential(
        [keras.Input([5]), keras.layers.Dense(192, "tanh"), keras.layers.Reshape([8, 8, 3])]
    )
    return cls(generator=generator, discriminator=critic, n_critic=2)


def trained(make, micro_batches, strategy="one"):
    """A model after two steps, and what was logged of the second one."""
    strategy = distribution.make(strategy)
    with strategy.scope():
        gan = make()
        rate = 1e-6 if gan.system == "cyclegan" else 1e-2
        optimizers = {p: keras.optimizers.SGD(rate) for p in gan.players}
        gan.compile(optimizers, micro_batches=micro_batches)
    start = values(gan.trainable_variables)
    batches = distribution.distribute(
        strategy, lambda part: batches_for(gan, part=part), 4 * gan.batches_per_step
    )
    history = gan.fit(batches, steps_per_epoch=2, verbose=0, shuffle=False).history
    moves = [b - a for a, b in zip(start, values(gan.trainable_variables), strict=True)]
    return moves, {name: found[0] for name, found in history.items()}


@pytest.mark.parametrize("system", ROWS_ALONE)
@pytest.mark.parametrize("micro_batches, strategy", [(4, "one"), (2, "mirrored")])
def test_players_move_as_by_the_whole(system, micro_batches, strategy):
    theirs, logged = trained(lambda: without_mixed_rows(system), 1)
    ours, found = trained(lambda: without_mixed_rows(system), micro_batches, strategy)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-2 * np.abs(other).max() + 1e-8)
    assert max(np.abs(move).max() for move in theirs) > 1e-6
    if strategy == "mirrored":  # where the norm that is logged is the mean of the replicas'
        logged = {name: v for name, v in logged.items() if not name.endswith("gradient_norm")}
    assert {name: found[name] for name in logged} == pytest.approx(logged, rel=1e-4)


@pytest.mark.parametrize("system", ["ali", "sngan", "stargan"])
def test_systems_train_by_parts(system):
    trains_by_parts(system)


@pytest.mark.slow
def test_every_system_trains_by_parts(system):
    trains_by_parts(system)


def trains_by_parts(system):
    moves, found = trained(lambda: small(system, image_shape=(16, 16, 3)), 2)
    assert all(np.isfinite(value) for value in found.values())
    assert all(np.isfinite(move).all() for move in moves)
    assert any(move.any() for move in moves)


def test_parts_draw_the_rows_of_the_whole():
    def drawn(parts):
        draw, found = draws.Draws(3, 5), []
        for index in range(parts):
            with draw.at("critic", 1), draw.part(index, parts):
                found.append([draw.uniform([6 // parts, 2]).numpy() for _ in range(2)])
        return [np.stack(group, 1).reshape(6, 2) for group in zip(*found, strict=True)]

    assert same(drawn(1), drawn(2))
    assert same(drawn(1), drawn(3))
    draw = draws.Draws(3, 5)
    keys = []
    for index in range(2):  # a permutation or a pool draws anew in every part
        with draw.part(index, 2):
            keys.append(draw.key().numpy())
    assert not np.array_equal(*keys)


def test_number_of_parts_is_kept_and_checked(tmp_path):
    gan = small("wgan_gp")
    for wrong in 0, -1:
        with pytest.raises(ValueError, match=f"`micro_batches` must be at least 1. Rec.*{wrong}"):
            gan.compile(micro_batches=wrong)
    gan.compile(micro_batches=2)
    gan.save(tmp_path / "gan.keras")
    assert keras.saving.load_model(tmp_path / "gan.keras").micro_batches == 2
    images = tf.zeros([6, 8, 8, 3])
    with pytest.raises(ValueError, match="`micro_batches` must divide.*Received: 4, and 6 rows"):
        equal_parts({"real_images": images}, 4)
    unknown = tf.function(
        lambda x: equal_parts({"real_images": x}, 4)[0]["real_images"],
        input_signature=[tf.TensorSpec((None, 8, 8, 3))],
    )
    assert unknown(images[:4]).shape == (1, 8, 8, 3)
    with pytest.raises(tf.errors.InvalidArgumentError, match="`micro_batches` must divide"):
        unknown(images)


def test_a_run_changes_its_number_of_parts(picture_folder, tmp_path):
    made = recipe(picture_folder, "wgan_gp_mnist", steps=2, batch_size=4)
    fit.run("mine", made, tmp_path / "run", max_steps=1)
    more = recipe(picture_folder, "wgan_gp_mnist", steps=2, batch_size=4, micro_batches=2)
    gan = fit.run("mine", more, tmp_path / "run", resume=True)
    assert gan.micro_batches == 2 and int(gan.step.numpy()) == 2
    # What belongs to the run's machine does not go with the model.
    assert ganzoo.load(tmp_path / "run" / "model").micro_batches == 1
    wrong = recipe(picture_folder, "wgan_gp_mnist", batch_size=4, micro_batches=3)
    with pytest.raises(ValueError, match="replicas times `micro_batches`, 1 times 3. Received: 4"):
        fit.run("mine", wrong, tmp_path / "other")
