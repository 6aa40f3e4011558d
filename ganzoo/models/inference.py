"""What a user does with a trained encoder: encode, reconstruct, score pairs."""

import tensorflow as tf

from ganzoo.models import signatures
from ganzoo.models.requests import from_uint8, to_float, to_uint8
from ganzoo.models.sampling import Sampling


class Inference(Sampling):
    """Mixed into systems with an `encoder` besides the generator, and a discriminator of pairs."""

    def codes_of(self, outputs):
        """The encoder's outputs (num, any) as latents (num, latent_size)."""
        raise NotImplementedError

    def codes(self, networks, images):
        """Codes of float images, in inference mode; a system with several encoders says how.

        Args:
            networks: dict of name to network, raw or averaged.
        """
        return self.codes_of(networks["encoder"](images, training=False))

    def encode(self, images, moving_average=True):
        """Latents of images: the mean of q(z | x) where the encoder is stochastic.

        Args:
            images: (num, *image_shape), uint8 in 0..255 or float in [-1, 1].
            moving_average: whether to use the moving average of the encoder's weights.

        Returns:
            Float32 array (num, latent_size); of a hierarchical model [z1, z2], a list with one
            array for each level, (num, *code_shapes[i]).

        Raises:
            ValueError: for images of another shape, dtype or range.
        """
        images = to_float(images, self.image_shape)
        networks = self.networks_for(moving_average)
        function = self.graph_of(
            f"codes {moving_average}", lambda x: self.codes(networks, x), self.image_shape
        )
        return self.in_batches(function, images)

    def reconstruct(self, images, moving_average=True):
        """Images decoded from their own codes: uint8 array (num, *image_shape).

        Arguments as for `encode`.
        """
        return self._images_of(self.encode(images, moving_average), moving_average)

    def score_rows(self, networks, images):
        codes = self.codes(networks, images)
        return networks["discriminator"]([images, *tf.nest.flatten(codes)], training=False)

    def signatures(self, served, raw):
        images = {"images": signatures.images(self.image_shape)}
        return super().signatures(served, raw) | {
            "encode": signatures.Signature(
                lambda x: {"latents": self.codes(served, from_uint8(x))},
                images,
                {"latents": "any"},
            ),
            "reconstruct": signatures.Signature(
                lambda x: {
                    "images": to_uint8(self.decode(served, self.codes(served, from_uint8(x))))
                },
                images,
                {"images": signatures.IMAGES},
            ),
        }
