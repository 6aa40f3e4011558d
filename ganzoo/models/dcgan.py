"""DCGAN: Radford, Metz and Chintala 2015, "Unsupervised Representation Learning with Deep
Convolutional Generative Adversarial Networks", 1511.06434. Loss: Goodfellow et al. 2014
(1406.2661), algorithm 1 with k = 1 and the generator maximising log D(G(z)) (section 3).

    for each training step:
        D descends  E softplus(-D(x)) + E softplus(D(G(z)))
        G descends  E softplus(-D(G(z')))

Differences from the paper: real and generated images go through the discriminator as two batches,
each with its own batch statistics (the authors' code does so too); D moves before G; no L2
penalty; a moving average of the generator is kept for sampling.
"""

import keras
import tensorflow as tf

from ganzoo.layers import jointly
from ganzoo.losses.adversarial import (
    non_saturating_discriminator_loss,
    non_saturating_generator_loss,
)
from ganzoo.models import priors
from ganzoo.models.optimizers import Adam
from ganzoo.models.sampling import Sampling
from ganzoo.models.schedules import AlternatingGAN
from ganzoo.networks import dcgan as networks
from ganzoo.registry import register


@register("dcgan")
@keras.saving.register_keras_serializable("ganzoo")
class DCGAN(Sampling, AlternatingGAN):
    """Deep convolutional GAN.

    Args:
        generator: model, (batch, latent_size) to (batch, height, width, channels) in [-1, 1].
        discriminator: model, images to logits (batch, 1).
        real_label: float in (0, 1], the discriminator's target for real images; 0.9 is one-sided
            label smoothing.
        **kwargs: `seed`, `average_decay`, `name`: see `GAN`.
    """

    prior = priors.Uniform()

    def __init__(self, generator, discriminator, *, real_label=1.0, **kwargs):
        super().__init__({"generator": generator, "discriminator": discriminator}, **kwargs)
        self.real_label = float(real_label)

    @staticmethod
    def default_networks(image_shape=(32, 32, 3), latent_size=100, width=64, kernel_size=5):
        """The paper's networks at half its width: 1,440,195 + 1,034,497 parameters."""
        return {
            "generator": networks.generator(image_shape, latent_size, width, kernel_size),
            "discriminator": networks.discriminator(image_shape, width, kernel_size),
        }

    def default_optimizers(self):
        return {p: Adam(2e-4, 0.5, 0.999, epsilon=1e-8) for p in self.players}

    def get_config(self):
        return super().get_config() | {"real_label": self.real_label}

    def discriminator_loss(self, batch):
        fake = tf.stop_gradient(self.fake_images(batch))
        real_logits, fake_logits = jointly(self.discriminator, batch["images"], fake)
        loss = non_saturating_discriminator_loss(real_logits, fake_logits, self.real_label)
        return {"adversarial": loss}

    def generator_loss(self, batch):
        fake_logits = self.discriminator(self.fake_images(batch), training=True)
        return {"adversarial": non_saturating_generator_loss(fake_logits)}
