"""ALI: Dumoulin, Belghazi, Poole, Mastropietro, Lamb, Arjovsky and Courville 2017, "Adversarially
Learned Inference", 1606.00704, algorithm 1.

    for each training step, at the same parameters and on the same minibatch x:
        z^ = mu(x) + sigma(x) epsilon;  x~ = G(z);  z, epsilon ~ N(0, I)
        D descends    E softplus(-D(x, z^)) + E softplus(D(x~, z))
        G, E descend  E softplus(D(x, z^)) + E softplus(-D(x~, z))

Differences from the paper: DCGAN's strided convolutions with `same` padding for every size, where
the paper has a table of valid convolutions for each data set; leaky ReLU instead of maxout, and no
dropout, in the discriminator, which has batch normalisation from its second layer on (so has the
paper's for SVHN); kernels start from N(0, 0.02) instead of N(0, 0.01); images lie in [-1, 1],
behind tanh, where the paper has a sigmoid; moving averages of generator and encoder are kept for
sampling and encoding.
"""

import keras
import tensorflow as tf

from ganzoo.layers import jointly
from ganzoo.losses.adversarial import (
    non_saturating_discriminator_loss,
    non_saturating_generator_loss,
)
from ganzoo.models import priors
from ganzoo.models.base import Player
from ganzoo.models.inference import Inference
from ganzoo.models.optimizers import Adam
from ganzoo.models.schedules import SimultaneousGAN
from ganzoo.networks import dcgan, joint
from ganzoo.registry import register


@register("ali")
@keras.saving.register_keras_serializable("ganzoo")
class ALI(Inference, SimultaneousGAN):
    """GAN that learns an encoder along with its generator.

    Args:
        generator: model, (batch, latent_size) to (batch, height, width, channels) in [-1, 1].
        encoder: model, images to (batch, 2 * latent_size): means, then log standard deviations.
        discriminator: model, [images, latents] to logits (batch, 1).
        **kwargs: `seed`, `average_decay`, `name`: see `GAN`.
    """

    players = {
        "discriminator": Player(("discriminator",)),
        "generator": Player(("generator", "encoder")),
    }
    averaged = ("generator", "encoder")

    def __init__(self, generator, encoder, discriminator, **kwargs):
        networks = {"generator": generator, "encoder": encoder, "discriminator": discriminator}
        super().__init__(networks, **kwargs)

    @staticmethod
    def default_networks(image_shape=(32, 32, 3), latent_size=64, width=64, kernel_size=5):
        """DCGAN's, with an encoder like the discriminator: 1,292,739 + 1,554,816 + 7,096,577
        parameters."""
        return {
            "generator": dcgan.generator(image_shape, latent_size, width, kernel_size),
            "encoder": joint.encoder(image_shape, 2 * latent_size, width, kernel_size),
            "discriminator": joint.discriminator(image_shape, latent_size, width, kernel_size),
        }

    def default_optimizers(self):
        return {p: Adam(1e-4, 0.5, 0.999, epsilon=1e-8) for p in self.players}

    def codes_of(self, outputs):
        return outputs[:, : self.latent_size]  # the means

    def draw_codes(self, outputs):
        """Means and log standard deviations, along the last axis, as codes: reparameterised."""
        mean, log_scale = tf.split(outputs, 2, axis=-1)
        shape = [tf.shape(mean)[0], *mean.shape[1:]]
        return mean + tf.exp(log_scale) * self.draws.rows(priors.Normal().draw, shape)

    def inferred(self, images):
        """The encoder's pair [x, z^] for a training step."""
        return [images, self.draw_codes(self.encoder(images, training=True))]

    def generated(self, num):
        """The decoder's pair [x~, z] for a training step."""
        latents = self.draw_latents(num)
        return [self.generator(latents, training=True), latents]

    def objectives(self, batch):
        images = batch["images"]
        pairs = self.inferred(images), self.generated(tf.shape(images)[0])
        encoder_logits, decoder_logits = jointly(self.discriminator, *pairs)
        inference = non_saturating_generator_loss(-encoder_logits)
        return {
            "discriminator": {
                "adversarial": non_saturating_discriminator_loss(encoder_logits, decoder_logits)
            },
            "generator": {"adversarial": inference + non_saturating_generator_loss(decoder_logits)},
        }
