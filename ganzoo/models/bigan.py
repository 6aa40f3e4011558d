"""BiGAN: Donahue, Krahenbuhl and Darrell 2017, "Adversarial Feature Learning", 1605.09782,
section 3.4.

    for each training step, at the same parameters and on the same minibatch x:
        D descends    E softplus(-D(x, E(x))) + E softplus(D(G(z), z))
        G, E descend  E softplus(D(x, E(x))) + E softplus(-D(G(z), z))

ALI's game with a deterministic encoder. At the optimum both joint laws agree and E inverts G
almost everywhere (theorem 2): G(E(x)) = x on the data and E(G(z)) = z on the prior, though no term
compares an image with its reconstruction. Far from the optimum the two joint laws hardly overlap
and the discriminator wins: on MNIST the authors end at a loss of about 0.05, and reconstructions
share an image's class rather than its pixels.

Differences from the paper: losses are not halved; batch normalisation is learned (the code's has
no scale and offset) and absent from the discriminator; no L2 penalty; images lie in [-1, 1],
behind tanh; moving averages of generator and encoder are kept for sampling and encoding.
"""

import keras

from ganzoo.models import priors
from ganzoo.models.ali import ALI
from ganzoo.models.optimizers import Adam
from ganzoo.networks import joint, mlp
from ganzoo.registry import register


@register("bigan")
@keras.saving.register_keras_serializable("ganzoo")
class BiGAN(ALI):
    """Bidirectional GAN: ALI with a deterministic encoder.

    Args:
        generator: model, (batch, latent_size) to (batch, height, width, channels) in [-1, 1].
        encoder: model, images to latents (batch, latent_size).
        discriminator: model, [images, latents] to logits (batch, 1).
        **kwargs: `seed`, `average_decay`, `name`: see `GAN`.
    """

    prior = priors.Uniform()

    @staticmethod
    def default_networks(image_shape=(28, 28, 1), latent_size=50, width=1024):
        """The authors' for MNIST: 1,911,568 + 1,907,762 + 1,958,913 parameters."""
        return {
            "generator": mlp.generator(image_shape, latent_size, width),
            "encoder": joint.mlp_encoder(image_shape, latent_size, width),
            "discriminator": joint.mlp_discriminator(image_shape, latent_size, width),
        }

    def default_optimizers(self):
        return {p: Adam(2e-4, 0.5, 0.999, epsilon=1e-8) for p in self.players}

    def codes_of(self, outputs):
        return outputs

    def draw_codes(self, outputs):
        return outputs
