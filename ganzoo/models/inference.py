"""What a user does with a trained encoder: encode, reconstruct, score pairs."""

from ganzoo.models.sampling import Sampling, in_batches, to_float


class Inference(Sampling):
    """Mixed into systems with an `encoder` besides the generator, and a discriminator of pairs."""

    def codes_of(self, outputs):
        """The encoder's outputs (num, any) as latents (num, latent_size)."""
        raise NotImplementedError

    def encode(self, images, moving_average=True):
        """Latents of images: the mean of q(z | x) where the encoder is stochastic.

        Args:
            images: (num, *image_shape), uint8 in 0..255 or float in [-1, 1].
            moving_average: whether to use the moving average of the encoder's weights.

        Returns:
            Float32 array (num, latent_size).

        Raises:
            ValueError: for images of another shape, dtype or range.
        """
        images = to_float(images, self.image_shape)
        network = self.averages["encoder"] if moving_average else self.encoder
        function = self._compiled(
            f"codes {moving_average}",
            lambda x: self.codes_of(network(x, training=False)),
            self.image_shape,
        )
        return in_batches(function, images)

    def reconstruct(self, images, moving_average=True):
        """Images decoded from their own codes: uint8 array (num, *image_shape).

        Arguments as for `encode`.
        """
        return self._images_of(self.encode(images, moving_average), moving_average)

    def score_rows(self, images):
        codes = self.codes_of(self.encoder(images, training=False))
        return self.discriminator([images, codes], training=False)
