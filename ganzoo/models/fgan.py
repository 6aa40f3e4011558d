"""f-GAN: Nowozin, Cseke and Tomioka 2016, "f-GAN: Training Generative Neural Samplers using
Variational Divergence Minimization", 1606.00709, algorithm 1 (single-step gradient).

    for each training step, at the same parameters and on the same minibatch:
        V ascends   E g(V(x)) - E f*(g(V(G(z))))
        G descends  - E f*(g(V(G(z))))    ("bound")
              or    - E g(V(G(z)))        ("practical", section 3.2)

f, its conjugate f* and the output activation g are a row of `ganzoo.losses.divergences`.

Differences from the paper: images lie in [-1, 1], behind tanh, where the paper has a sigmoid; for
the reverse KL, Neyman and Hellinger divergences g is increasing, as the paper's text demands; a
moving average of the generator is kept for sampling. The widths, 1200 and 240, are quoted from
memory of the paper's appendix.
"""

import keras
import tensorflow as tf

from ganzoo.losses import divergences
from ganzoo.models import priors
from ganzoo.models.base import Player
from ganzoo.models.optimizers import Adam
from ganzoo.models.sampling import Sampling
from ganzoo.models.schedules import SimultaneousGAN
from ganzoo.networks import mlp as networks
from ganzoo.registry import register, unknown

OBJECTIVES = ("practical", "bound")


@register("fgan")
@keras.saving.register_keras_serializable("ganzoo")
class FGAN(Sampling, SimultaneousGAN):
    """GAN that minimises an f-divergence of one's choice.

    Logs "discriminator/divergence_bound", the lower bound of the divergence on the minibatch.

    Args:
        generator: model, (batch, latent_size) to (batch, height, width, channels) in [-1, 1].
        discriminator: the variational function V: model, images to outputs (batch, 1).
        divergence: a name from `ganzoo.losses.divergences.NAMES`.
        objective: the generator's: "practical" (the analogue of the non-saturating loss) or
            "bound" (the minimax game itself).
        pi: float in (0, 1), of "weighted_jensen_shannon".
        alpha: float other than 0 and 1, of "alpha".
        **kwargs: `seed`, `average_decay`, `name`: see `GAN`.
    """

    prior = priors.Uniform()
    saturates = False
    players = {
        "discriminator": Player(("discriminator",), ("bound",), metrics=("divergence_bound",)),
        "generator": Player(("generator",)),
    }

    def __init__(
        self,
        generator,
        discriminator,
        *,
        divergence="jensen_shannon",
        objective="practical",
        pi=0.5,
        alpha=0.5,
        **kwargs,
    ):
        self.row = divergences.get(divergence, pi, alpha)
        if objective not in OBJECTIVES:
            raise ValueError(unknown("objective", objective, OBJECTIVES))
        self.divergence, self.objective, self.pi, self.alpha = divergence, objective, pi, alpha
        super().__init__({"generator": generator, "discriminator": discriminator}, **kwargs)

    @staticmethod
    def default_networks(image_shape=(28, 28, 1), latent_size=100, width=1200, critic_width=240):
        """The paper's for MNIST: 2,511,184 + 246,481 parameters."""
        return {
            "generator": networks.generator(image_shape, latent_size, width),
            "discriminator": networks.discriminator(image_shape, critic_width),
        }

    def default_optimizers(self):
        return {p: Adam(2e-4, 0.5, 0.999, epsilon=1e-8) for p in self.players}

    def get_config(self):
        names = "divergence", "objective", "pi", "alpha"
        return super().get_config() | {name: getattr(self, name) for name in names}

    def objectives(self, batch):
        real_outputs = self.discriminator(batch["images"], training=True)
        fake_outputs = self.discriminator(self.fake_images(batch), training=True)
        bound = self.row.bound(real_outputs, fake_outputs)
        if self.objective == "bound":
            generator = -tf.reduce_mean(self.row.conjugate_of_activation(fake_outputs))
        else:
            generator = -tf.reduce_mean(self.row.activation(fake_outputs))
        return {
            "discriminator": {"bound": -bound, "divergence_bound": bound},
            "generator": {"adversarial": generator},
        }


def estimate_divergence(
    p, q, divergence="kl", *, pi=0.5, alpha=0.5, width=64, steps=2000, batch_size=512, seed=0
):
    """Estimates D_f(P || Q) from samples: the bound, maximised on one half of each, evaluated on
    the other, so that it does not overshoot by fitting the samples.

    Args:
        p, q: float arrays (num, dimensions): samples of P and of Q, at least 4 each.
        divergence, pi, alpha: as for `FGAN`.
        width: int, units in each of two tanh layers.
        steps, batch_size: int, of Adam at 1e-3.
        seed: int.

    Returns:
        Float: in expectation at most the divergence.
    """
    row = divergences.get(divergence, pi, alpha)
    p, q = (tf.convert_to_tensor(x, tf.float32) for x in (p, q))
    for name, x in (("p", p), ("q", q)):
        if len(x.shape) != 2 or x.shape[1] != p.shape[1] or x.shape[0] < 4:
            raise ValueError(
                f"`{name}` must be (num >= 4, {p.shape[-1]}). Received: {tuple(x.shape)}"
            )
    keras.utils.set_random_seed(seed)
    hidden = [keras.layers.Dense(width, activation="tanh") for _ in range(2)]
    network = keras.Sequential([keras.Input(p.shape[1:]), *hidden, keras.layers.Dense(1)])
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(network.trainable_variables)
    (p, held_p), (q, held_q) = ((x[::2], x[1::2]) for x in (p, q))

    @tf.function
    def step(index):
        def minibatch(x, place):
            seeds = tf.stack([tf.constant(seed, tf.int64), 2 * index + place])
            return tf.gather(
                x, tf.random.stateless_uniform([batch_size], seeds, 0, len(x), tf.int32)
            )

        with tf.GradientTape() as tape:
            loss = -row.bound(network(minibatch(p, 0)), network(minibatch(q, 1)))
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply(gradients, network.trainable_variables)

    for index in tf.range(steps, dtype=tf.int64):
        step(index)
    return float(row.bound(network(held_p), network(held_q)))
