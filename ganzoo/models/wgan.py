"""WGAN: Arjovsky, Chintala and Bottou 2017, "Wasserstein GAN", 1701.07875, algorithm 1.

    for each training step:
        n_critic times, each on a fresh minibatch x:
            D descends  E D(G(z)) - E D(x)
            all of D's weights are clipped to [-c, c]
        G descends  -E D(G(z))

Differences from the paper: none in the algorithm. The authors' code clips before each critic step
instead of after it, and takes 100 critic steps in each of the first 25 iterations and at every
500th; this file takes n_critic always. A moving average of the generator is kept for sampling.
"""

import keras
import tensorflow as tf

from ganzoo.layers import jointly
from ganzoo.losses.adversarial import wasserstein_discriminator_loss, wasserstein_generator_loss
from ganzoo.models.base import Player
from ganzoo.models.sampling import Sampling
from ganzoo.models.schedules import AlternatingGAN
from ganzoo.networks import dcgan as networks
from ganzoo.registry import register


@register("wgan")
@keras.saving.register_keras_serializable("ganzoo")
class WGAN(Sampling, AlternatingGAN):
    """Wasserstein GAN with weight clipping.

    Logs "discriminator/wasserstein_estimate", E D(x) - E D(G(z)): the Wasserstein-1 distance up
    to the critic's unknown Lipschitz constant, so comparable within one run only.

    Args:
        generator: model, (batch, latent_size) to (batch, height, width, channels) in [-1, 1].
        discriminator: the critic: model, images to logits (batch, 1).
        clip: float > 0, c: the bound on every weight of the critic.
        n_critic: int >= 1, critic updates for one of the generator.
        **kwargs: `seed`, `average_decay`, `name`: see `GAN`.
    """

    saturates = False

    def __init__(self, generator, discriminator, *, clip=0.01, n_critic=5, **kwargs):
        self.clip, self.n_critic = float(clip), int(n_critic)
        if self.clip <= 0:
            raise ValueError(f"`clip` must be above 0. Received: {clip!r}")
        if self.n_critic < 1:
            raise ValueError(f"`n_critic` must be at least 1. Received: {n_critic!r}")
        super().__init__({"generator": generator, "discriminator": discriminator}, **kwargs)

    @staticmethod
    def default_networks(image_shape=(32, 32, 3), latent_size=100, width=64, kernel_size=4):
        """DCGAN's, with the authors' 4x4 kernels: 1,069,827 + 664,129 parameters."""
        return {
            "generator": networks.generator(image_shape, latent_size, width, kernel_size),
            "discriminator": networks.discriminator(image_shape, width, kernel_size),
        }

    @property
    def players(self):
        terms, metrics = ("wasserstein",), ("wasserstein_estimate",)
        return {
            "discriminator": Player(("discriminator",), terms, self.n_critic, metrics),
            "generator": Player(("generator",)),
        }

    def default_optimizers(self):
        return {p: keras.optimizers.RMSprop(5e-5, rho=0.99, epsilon=1e-8) for p in self.players}

    def get_config(self):
        return super().get_config() | {"clip": self.clip, "n_critic": self.n_critic}

    def discriminator_loss(self, batch):
        fake = tf.stop_gradient(self.fake_images(batch))
        real_logits, fake_logits = jointly(self.discriminator, batch["images"], fake)
        loss = wasserstein_discriminator_loss(real_logits, fake_logits)
        return {"wasserstein": loss, "wasserstein_estimate": -loss}

    def generator_loss(self, batch):
        fake_logits = self.discriminator(self.fake_images(batch), training=True)
        return {"adversarial": wasserstein_generator_loss(fake_logits)}

    def after_update(self, name):
        if name == "discriminator":
            for variable in self.variables_of(name):
                variable.assign(tf.clip_by_value(variable, -self.clip, self.clip))
