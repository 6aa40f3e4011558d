"""What a user does with a trained generator: sample, generate, interpolate, score."""

import secrets

import tensorflow as tf

from ganzoo import imaging
from ganzoo.draws import key
from ganzoo.models import priors, signatures
from ganzoo.models.requests import (
    Requests,
    check_integer,
    from_uint8,
    is_real,
    minibatch,
    to_float,
    to_uint8,
)

MOST = 1024  # images of one request to a server


class Sampling(Requests):
    """Mixed into systems that make images from latents."""

    data = "images"
    prior = priors.Normal()
    task = "unconditional-image-generation"
    usage = "images = gan.sample(64)  # uint8"
    caption = "`gan.sample(64, seed=0)`, uncurated"

    @property
    def image_shape(self):
        """(height, width, channels)."""
        return tuple(self.generator.output_shape[1:])

    @property
    def latent_size(self):
        return self.generator.input_shape[-1]

    def unpack(self, data):
        """Images, uint8 or float in [-1, 1]; labels beside them are left out."""
        images = data[0] if isinstance(data, (tuple, list)) else data
        return {"images": minibatch(images, self.image_shape)}

    def call(self, inputs):
        return self.generate(inputs)

    def decode(self, networks, latents):
        """Float images of latents, in inference mode; a system of several generators says how.

        Args:
            networks: dict of name to network, raw or averaged.
        """
        return networks["generator"](latents, training=False)

    def draw_latents(self, num):
        """`num` latents for a training step, float32 (num, latent_size)."""
        return self.draws.rows(self.prior.draw, [num, self.latent_size])

    def fake_images(self, batch):
        """The generator's images for a training step, as many as the batch has real ones."""
        return self.generator(self.draw_latents(tf.shape(batch["images"])[0]), training=True)

    def sample_latents(self, num, seed=None, truncation=None):
        """Draws latents from the prior.

        Args:
            num: int >= 1.
            seed: int for repeatable latents, the same in any process; None for fresh ones.
            truncation: None, or a float > 0: components are drawn from the prior restricted to
                [-truncation, truncation], for more typical and less varied images.

        Returns:
            Float32 tensor (num, latent_size).
        """
        check_integer("num", num, 1)
        seed = secrets.randbits(62) if seed is None else check_integer("seed", seed)
        if truncation is not None and not (is_real(truncation) and truncation > 0):
            raise ValueError(f"`truncation` must be None or above 0. Received: {truncation!r}")
        return self.prior.draw([num, self.latent_size], key(seed, "sample"), truncation)

    def generate(self, latents, moving_average=True):
        """Images from latents, differentiable.

        Args:
            latents: float (num, latent_size).
            moving_average: whether to use the moving average of the generator's weights, which
                makes the better images, or the raw weights that training moves.

        Returns:
            Float32 tensor (num, *image_shape) in [-1, 1].
        """
        return self._graph("generate", lambda images: images, moving_average)(
            self._check_latents(latents)
        )

    def sample(self, num, seed=None, truncation=None, moving_average=True):
        """Images from latents drawn from the prior.

        Args:
            num, seed, truncation: as in `sample_latents`; the same seed gives the same images in
                any process on one machine.
            moving_average: as in `generate`.

        Returns:
            Uint8 array (num, *image_shape), values 0..255.
        """
        latents = self.sample_latents(num, seed, truncation)
        return self._images_of(latents, moving_average)

    def interpolate(self, start, end, steps=8, moving_average=True):
        """Images on the way from one latent to another, both ends included.

        Args:
            start, end: float (num, latent_size), for example from `sample_latents`.
            steps: int >= 2, images on the way.

        Returns:
            Uint8 array (num, steps, *image_shape).
        """
        check_integer("steps", steps, 2)
        start, end = self._check_latents(start), self._check_latents(end)
        if len(start) != len(end):
            raise ValueError(
                f"`start` and `end` must have as many rows. Received: {len(start)} and {len(end)}"
            )
        t = tf.reshape(tf.linspace(0.0, 1.0, steps), (1, steps, 1))
        latents = self.prior.path(start[:, None], end[:, None], t)
        flat = tf.reshape(latents, (-1, self.latent_size))
        images = self._images_of(flat, moving_average)
        return images.reshape((-1, steps, *self.image_shape))

    def score(self, images):
        """The discriminator's logits: higher is more real.

        Args:
            images: (num, *image_shape), uint8 in 0..255 or float in [-1, 1].

        Returns:
            Float32 array (num,).
        """
        images = to_float(images, self.image_shape)
        networks = self.networks_for(False)
        function = self.graph_of("score", lambda x: self.score_rows(networks, x), self.image_shape)
        return self.in_batches(function, images)[:, 0]

    def score_rows(self, networks, images):
        """Logits (num, 1) of float images; a system whose discriminator sees more says how.

        Args:
            networks: dict of name to network, raw.
        """
        return networks["discriminator"](images, training=False)

    def signatures(self, served, raw):
        """What an export offers, by name; each computes what the method of that name does.

        Args:
            served: dict of name to network, averaged where there is an average.
            raw: dict of name to network.

        Returns:
            Dict of name to `Signature`.
        """
        latents = {"latents": signatures.latents(self.latent_size, self.prior)}
        return {
            "serving_default": signatures.Signature(
                lambda z: {"images": to_uint8(self.decode(served, z))},
                latents,
                {"images": signatures.IMAGES},
            ),
            "generate": signatures.Signature(
                lambda z: {"images": self.decode(served, z)},
                latents,
                {"images": signatures.FLOAT_IMAGES},
            ),
            "sample": signatures.Signature(
                lambda *request: {"images": to_uint8(self.decode(served, self._drawn(*request)))},
                {
                    "num": signatures.scalar("int32", f"1 to {MOST}", lambda rng, rows: rows),
                    "seed": signatures.scalar(
                        "int64",
                        "any; the same seed gives the same images",
                        lambda rng, rows: rng.integers(2**62),
                    ),
                    "truncation": signatures.scalar(
                        "float32",
                        "above 0: latents within it, less varied; 0: none",
                        lambda rng, rows: rng.choice([0, 0.7]),
                    ),
                },
                {"images": signatures.IMAGES},
            ),
            "discriminate": signatures.Signature(
                lambda x: {"logits": self.score_rows(raw, from_uint8(x))[:, 0]},
                {"images": signatures.images(self.image_shape)},
                {"logits": signatures.LOGITS},
            ),
        }

    def picture(self, examples=None):
        """Sixty-four samples of seed 0 side by side: uint8 (height, width, channels).

        Args:
            examples: left out; here for the systems that need images to show what they do.
        """
        return imaging.grid(self.sample(64, seed=0))

    def _images_of(self, latents, moving_average):
        return self.in_batches(self._graph("images", to_uint8, moving_average), latents)

    def _graph(self, name, last, moving_average):
        """`last` of the images of latents, as a graph: eagerly, oneDNN fuses less and last bits
        differ from a server's."""
        networks = self.networks_for(moving_average)
        return self.graph_of(
            f"{name} {moving_average}",
            lambda z: last(self.decode(networks, z)),
            (self.latent_size,),
        )

    def _drawn(self, num, seed, truncation):
        """`sample_latents` of scalar tensors; truncation 0 for none."""
        checks = [
            signatures.check((num >= 1) & (num <= MOST), "num", f"from 1 to {MOST}", num),
            signatures.check(truncation >= 0, "truncation", "0 for none, or above 0", truncation),
        ]
        with tf.control_dependencies(checks):
            shape, seed = tf.stack([num, self.latent_size]), key(seed, "sample")
        return tf.cond(
            truncation > 0,
            lambda: self.prior.draw(shape, seed, truncation),
            lambda: self.prior.draw(shape, seed),
        )

    def _check_latents(self, latents):
        latents = tf.convert_to_tensor(latents)
        if len(latents.shape) != 2 or latents.shape[1] != self.latent_size:
            raise ValueError(
                f"`latents` must have shape (num, {self.latent_size}). "
                f"Received: {tuple(latents.shape)}"
            )
        return tf.cast(latents, tf.float32)
