"""WGAN-GP: Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville 2017, "Improved Training of
Wasserstein GANs", 1704.00028, algorithm 1.

    for each training step:
        n_critic times, each on a fresh minibatch x:
            x~ = G(z);  x^ = epsilon x + (1 - epsilon) x~,  epsilon ~ U[0, 1], one a sample
            D descends  E D(x~) - E D(x) + lambda E (||grad D(x^)||_2 - 1)^2
        G descends  -E D(G(z))

Differences from the paper: Adam's beta_1 is 0.5, as in the authors' code for convolutional
networks (algorithm 1 has 0); on 28 px the generator has batch normalisation and tanh, where the
code has a sigmoid and none; a moving average of the generator is kept for sampling.
"""

import keras
import tensorflow as tf

from ganzoo.layers import jointly
from ganzoo.losses.adversarial import wasserstein_discriminator_loss, wasserstein_generator_loss
from ganzoo.losses.penalties import gradient_penalty
from ganzoo.models.base import Player
from ganzoo.models.optimizers import Adam
from ganzoo.models.sampling import Sampling
from ganzoo.models.schedules import AlternatingGAN
from ganzoo.networks import dcgan as networks
from ganzoo.registry import register

# Uniform with He variance over the mean of both fans, as in the authors' code.
INITIALIZER = keras.initializers.VarianceScaling(2.0, "fan_avg", "uniform")


@register("wgan_gp")
@keras.saving.register_keras_serializable("ganzoo")
class WGANGP(Sampling, AlternatingGAN):
    """Wasserstein GAN with gradient penalty.

    Args:
        generator: model, (batch, latent_size) to (batch, height, width, channels) in [-1, 1].
        discriminator: the critic: model, images to logits (batch, 1), without batch
            normalisation, which would make the penalty of one sample depend on the others.
        penalty_weight: float >= 0, lambda.
        n_critic: int >= 1, critic updates for one of the generator.
        **kwargs: `seed`, `average_decay`, `name`: see `GAN`.
    """

    saturates = False

    def __init__(self, generator, discriminator, *, penalty_weight=10.0, n_critic=5, **kwargs):
        self.penalty_weight, self.n_critic = float(penalty_weight), int(n_critic)
        if self.n_critic < 1:
            raise ValueError(f"`n_critic` must be at least 1. Received: {n_critic!r}")
        for layer in discriminator._flatten_layers():
            if isinstance(layer, keras.layers.BatchNormalization):
                raise ValueError(
                    "`discriminator` must not contain batch normalisation: the gradient penalty "
                    f"is defined for each sample alone. Received: layer {layer.name!r}"
                )
        super().__init__({"generator": generator, "discriminator": discriminator}, **kwargs)

    @staticmethod
    def default_networks(image_shape=(32, 32, 3), latent_size=128, width=64, kernel_size=5):
        """The authors' CIFAR-10 networks at half their width: 1,554,883 + 1,033,345 parameters."""
        critic = networks.discriminator(image_shape, width, kernel_size, None, INITIALIZER)
        generator = networks.generator(image_shape, latent_size, width, kernel_size, INITIALIZER)
        return {"generator": generator, "discriminator": critic}

    @property
    def players(self):
        terms, metrics = ("wasserstein", "gradient_penalty"), ("wasserstein_estimate",)
        return {
            "discriminator": Player(("discriminator",), terms, self.n_critic, metrics),
            "generator": Player(("generator",)),
        }

    def default_optimizers(self):
        return {p: Adam(1e-4, 0.5, 0.9, epsilon=1e-8) for p in self.players}

    def get_config(self):
        return super().get_config() | {
            "penalty_weight": self.penalty_weight,
            "n_critic": self.n_critic,
        }

    def discriminator_loss(self, batch):
        real = batch["images"]
        fake = tf.stop_gradient(self.fake_images(batch))
        real_logits, fake_logits = jointly(self.discriminator, real, fake)
        epsilon = self.draws.uniform([tf.shape(real)[0], 1, 1, 1])
        penalty = gradient_penalty(self.discriminator, real, fake, epsilon)
        loss = wasserstein_discriminator_loss(real_logits, fake_logits)
        return {
            "wasserstein": loss,
            "gradient_penalty": self.penalty_weight * penalty,
            "wasserstein_estimate": -loss,
        }

    def generator_loss(self, batch):
        fake_logits = self.discriminator(self.fake_images(batch), training=True)
        return {"adversarial": wasserstein_generator_loss(fake_logits)}
