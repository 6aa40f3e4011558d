"""SN-GAN: Miyato, Kataoka, Koyama and Yoshida 2018, "Spectral Normalization for Generative
Adversarial Networks", 1802.05957, algorithm 1; hinge loss, equations 16 and 17.

    for each training step:
        n_dis times, each on a fresh minibatch x, with every kernel W of D replaced by W / sigma(W):
            D descends  E relu(1 - D(x)) + E relu(1 + D(G(z)))
            one power iteration moves each u towards W's first left singular vector
        G descends  -E D(G(z))

Differences from the paper: the power iteration comes after each of D's updates instead of before
(the next update sees the same u); D moves before G in a cycle, where the authors' code moves G
first; kernels start from N(0, 0.02) in the convolutional generator; no dequantisation noise; a
moving average of the generator is kept for sampling.
"""

import keras
import tensorflow as tf

from ganzoo.layers import jointly
from ganzoo.losses.adversarial import hinge_discriminator_loss, hinge_generator_loss
from ganzoo.models.base import Player
from ganzoo.models.optimizers import Adam
from ganzoo.models.sampling import Sampling
from ganzoo.models.schedules import AlternatingGAN
from ganzoo.networks import sngan as networks
from ganzoo.registry import register, unknown


@register("sngan")
@keras.saving.register_keras_serializable("ganzoo")
class SNGAN(Sampling, AlternatingGAN):
    """GAN with a spectrally normalised discriminator and the hinge loss.

    Args:
        generator: model, (batch, latent_size) to (batch, height, width, channels) in [-1, 1].
        discriminator: model, images to logits (batch, 1), its kernels within
            `ganzoo.layers.SpectralNormalization`.
        n_dis: int >= 1, discriminator updates for one of the generator.
        **kwargs: `seed`, `average_decay`, `name`: see `GAN`.
    """

    def __init__(self, generator, discriminator, *, n_dis=5, **kwargs):
        self.n_dis = int(n_dis)
        if self.n_dis < 1:
            raise ValueError(f"`n_dis` must be at least 1. Received: {n_dis!r}")
        super().__init__({"generator": generator, "discriminator": discriminator}, **kwargs)

    @staticmethod
    def default_networks(image_shape=(32, 32, 3), latent_size=128, width=64, family="cnn"):
        """The paper's networks for CIFAR-10 (table 3): 3,812,803 + 2,937,282 parameters.

        `family` is "cnn" (table 3) or "resnet" (table 4, with width 256 in its G, 128 in its D:
        here 4 and 2 times `width`).
        """
        if family not in networks.FAMILIES:
            raise ValueError(unknown("family", family, networks.FAMILIES))
        generator, discriminator = networks.FAMILIES[family]
        return {
            "generator": generator(image_shape, latent_size, width),
            "discriminator": discriminator(image_shape, width),
        }

    @property
    def players(self):
        return {
            "discriminator": Player(("discriminator",), ("hinge",), self.n_dis),
            "generator": Player(("generator",)),
        }

    def default_optimizers(self):
        return {p: Adam(2e-4, 0.0, 0.9, epsilon=1e-8) for p in self.players}

    def get_config(self):
        return super().get_config() | {"n_dis": self.n_dis}

    def discriminator_loss(self, batch):
        fake = tf.stop_gradient(self.fake_images(batch))
        real_logits, fake_logits = jointly(self.discriminator, batch["images"], fake)
        return {"hinge": hinge_discriminator_loss(real_logits, fake_logits)}

    def generator_loss(self, batch):
        fake_logits = self.discriminator(self.fake_images(batch), training=True)
        return {"adversarial": hinge_generator_loss(fake_logits)}
