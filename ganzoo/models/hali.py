"""Hierarchical ALI: Belghazi, Rajeswar, Mastropietro, Rostamzadeh, Mitrovic and Courville 2018,
"Hierarchical Adversarially Learned Inference", 1802.01071, section 3.

    for each training step, at the same parameters and on the same minibatch x:
        z1^ ~ q(z1 | x);  z2^ ~ q(z2 | z1^)                    (the encoders' tuple)
        z2 ~ N(0, I);  z1 ~ p(z1 | z2);  x~ = G(z1)            (the decoders' tuple)
        D descends    E softplus(-D(x, z1^, z2^)) + E softplus(D(x~, z1, z2))
        all else descends  E softplus(D(x, z1^, z2^)) + E softplus(-D(x~, z1, z2))

ALI's game with two levels of latents; all conditionals are reparameterised Gaussians, but
p(x | z1), which is deterministic. Level 1 (z1, a map) keeps an image's details, level 2 (z2, a
vector) its meaning.

Differences from the paper: its layer tables were not found, so the networks are of our choice
(DCGAN's style, z1 at a quarter of the image's side), with bounded log standard deviations; images
lie in [-1, 1], behind tanh; moving averages of encoders and decoders are kept for sampling and
encoding.
"""

import math

import keras
import numpy as np
import tensorflow as tf

from ganzoo.draws import key
from ganzoo.models import priors, signatures
from ganzoo.models.ali import ALI
from ganzoo.models.base import Player
from ganzoo.models.requests import check_integer, from_uint8, to_uint8
from ganzoo.networks import hali as networks
from ganzoo.registry import register, unknown


@register("hali")
@keras.saving.register_keras_serializable("ganzoo")
class HALI(ALI):
    """ALI with two levels of latents. A latent, to `sample_latents` and `generate`, is z2 followed
    by the noise of p(z1 | z2), flattened.

    Args:
        generator_1: model, z1 (batch, ...) to images (batch, height, width, channels) in [-1, 1].
        generator_2: model, z2 (batch, n) to means and log standard deviations of z1, along the
            last axis.
        encoder_1, encoder_2: models, images and z1 to means and log standard deviations of z1 and
            z2.
        discriminator: model, [images, z1, z2] to logits (batch, 1).
        **kwargs: `seed`, `average_decay`, `name`: see `GAN`.
    """

    averaged = ("generator_1", "generator_2", "encoder_1", "encoder_2")
    players = {"discriminator": Player(("discriminator",)), "generator": Player(averaged)}

    def __init__(self, generator_1, generator_2, encoder_1, encoder_2, discriminator, **kwargs):
        networks = {
            "generator_1": generator_1,
            "generator_2": generator_2,
            "encoder_1": encoder_1,
            "encoder_2": encoder_2,
            "discriminator": discriminator,
        }
        super(ALI, self).__init__(networks, **kwargs)

    @staticmethod
    def default_networks(image_shape=(32, 32, 3), latent_size=64, channels=16, width=64):
        """z1 has `channels`, z2 `latent_size` entries:
        695,747 + 2,698,272 + 667,104 + 3,185,792 + 11,775,169 parameters."""
        return {
            "generator_1": networks.generator_1(image_shape, channels, width),
            "generator_2": networks.generator_2(image_shape, latent_size, channels, width),
            "encoder_1": networks.encoder_1(image_shape, channels, width),
            "encoder_2": networks.encoder_2(image_shape, latent_size, channels, width),
            "discriminator": networks.discriminator(image_shape, latent_size, channels, width),
        }

    @property
    def image_shape(self):
        return tuple(self.generator_1.output_shape[1:])

    @property
    def code_shapes(self):
        """Shapes of z1 and z2, without the batch."""
        return [tuple(g.input_shape[1:]) for g in (self.generator_1, self.generator_2)]

    @property
    def latent_size(self):
        return sum(math.prod(shape) for shape in self.code_shapes)

    def inferred(self, images):
        z1 = self.draw_codes(self.encoder_1(images, training=True))
        z2 = self.draw_codes(self.encoder_2(z1, training=True))
        return [images, z1, z2]

    def generated(self, num):
        z2 = self.draws.rows(priors.Normal().draw, [num, *self.code_shapes[1]])
        z1 = self.draw_codes(self.generator_2(z2, training=True))
        return [self.generator_1(z1, training=True), z1, z2]

    def codes(self, networks, images):
        z1, _ = tf.split(networks["encoder_1"](images, training=False), 2, -1)
        z2, _ = tf.split(networks["encoder_2"](z1, training=False), 2, -1)
        return [z1, z2]

    def decode(self, networks, latents):
        return networks["generator_1"](self.z1_of(networks, latents), training=False)

    def z1_of(self, networks, latents):
        """z1 ~ p(z1 | z2) of latents: z2 and the noise."""
        z1_shape, (z2_size,) = self.code_shapes
        noise = tf.reshape(latents[:, z2_size:], (-1, *z1_shape))
        mean, log_scale = tf.split(
            networks["generator_2"](latents[:, :z2_size], training=False), 2, -1
        )
        return mean + tf.exp(log_scale) * noise

    def reconstruct(self, images, level=1, seed=0, moving_average=True):
        """Images decoded from their codes: uint8 array (num, *image_shape).

        Args:
            images, moving_average: as for `encode`.
            level: 1, from z1: close to the image; or 2, from z2 alone, with z1 drawn anew from
                p(z1 | z2): alike in meaning only.
            seed: int, of the draws of level 2.

        Raises:
            ValueError: for another level, or images as for `encode`.
        """
        if level not in (1, 2):
            raise ValueError(unknown("level", level, (1, 2)))
        z1, z2 = self.encode(images, moving_average)
        if level == 1:
            decoder = self.networks_for(moving_average)["generator_1"]
            function = self.graph_of(
                f"decoded {moving_average}",
                lambda z: to_uint8(decoder(z, training=False)),
                self.code_shapes[0],
            )
            return self.in_batches(function, z1)
        noise = self._noise(len(z2), check_integer("seed", seed))
        return self._images_of(np.concatenate([z2, noise], 1), moving_average)

    def signatures(self, served, raw):
        images = {"images": signatures.images(self.image_shape)}

        def encode(x):
            z1, z2 = self.codes(served, from_uint8(x))
            return {"z1": z1, "z2": z2}

        def reconstruct(x, level):
            z1, z2 = self.codes(served, from_uint8(x))
            allowed = tf.reduce_all((level == 1) | (level == 2))
            with tf.control_dependencies([signatures.check(allowed, "level", "1 or 2", level)]):
                latents = tf.concat([z2, self._noise(tf.shape(z2)[0], 0)], 1)
            drawn = self.z1_of(served, latents)
            z1 = tf.where((level == 1)[:, None, None, None], z1, drawn)
            return {"images": to_uint8(served["generator_1"](z1, training=False))}

        return super().signatures(served, raw) | {
            "encode": signatures.Signature(encode, images, {"z1": "any", "z2": "any"}),
            "reconstruct": signatures.Signature(
                reconstruct,
                images | {"level": signatures.levels(2)},
                {"images": signatures.IMAGES},
            ),
        }

    def _noise(self, num, seed):
        """The noise of p(z1 | z2) that `reconstruct` draws: float32 (num, entries of z1)."""
        shape = [num, math.prod(self.code_shapes[0])]
        return self.prior.draw(shape, key(seed, "level 2"))
