"""What a user does with a trained generator: sample, generate, interpolate, score."""

import numbers
import secrets

import numpy as np
import tensorflow as tf

from ganzoo.draws import key
from ganzoo.models import priors

BATCH = 256  # rows that go through a network at once: bounds the memory of large requests


class Sampling:
    """Mixed into systems that make images from latents. Images are uint8 outside, float32 in
    [-1, 1] inside; layout (batch, height, width, channels)."""

    prior = priors.Normal()

    @property
    def image_shape(self):
        """(height, width, channels)."""
        return tuple(self.generator.output_shape[1:])

    @property
    def latent_size(self):
        return self.generator.input_shape[-1]

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
        _check_integer("num", num, 1)
        seed = secrets.randbits(62) if seed is None else _check_integer("seed", seed)
        if truncation is not None and not (_is_real(truncation) and truncation > 0):
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
        return self._network(moving_average)(self._check_latents(latents), training=False)

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
        _check_integer("steps", steps, 2)
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
        function = self._compiled("score", self.score_rows, self.image_shape)
        return in_batches(function, images)[:, 0]

    def score_rows(self, images):
        """Logits (num, 1) of float images; a system whose discriminator sees more says how."""
        return self.discriminator(images, training=False)

    def _images_of(self, latents, moving_average):
        network = self._network(moving_average)
        name = f"images {moving_average}"
        function = self._compiled(
            name, lambda z: to_uint8(network(z, training=False)), (self.latent_size,)
        )
        return in_batches(function, latents)

    def _compiled(self, name, function, row_shape):
        """`function` of float32 rows as a graph for any number of them, made once."""
        # Past Keras, which would take a new attribute for state of the model.
        cache = self.__dict__.setdefault("_compiled_functions", {})
        if name not in cache:
            spec = tf.TensorSpec((None, *row_shape), tf.float32)
            cache[name] = tf.function(function).get_concrete_function(spec)
        return cache[name]

    def _network(self, moving_average):
        return self.averages["generator"] if moving_average else self.generator

    def _check_latents(self, latents):
        latents = tf.convert_to_tensor(latents)
        if len(latents.shape) != 2 or latents.shape[1] != self.latent_size:
            raise ValueError(
                f"`latents` must have shape (num, {self.latent_size}). "
                f"Received: {tuple(latents.shape)}"
            )
        return tf.cast(latents, tf.float32)


def to_float(images, image_shape):
    """Checks images, and brings uint8 ones to float32 in [-1, 1].

    Raises:
        ValueError: for another shape than (num, *image_shape), another dtype than uint8 or a
            float, or float values outside [-1, 1].
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1:] != tuple(image_shape) or not len(images):
        raise ValueError(
            f"`images` must have shape (num, {', '.join(map(str, image_shape))}) with num >= 1. "
            f"Received: {images.shape}"
        )
    if images.dtype == np.uint8:
        return images.astype(np.float32) / 127.5 - 1
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"`images` must be uint8 or float. Received: {images.dtype}")
    if not (np.abs(images) <= 1 + 1e-3).all():
        raise ValueError(
            "`images` of a float dtype must lie in [-1, 1]. "
            f"Received: values from {images.min()} to {images.max()}"
        )
    return images.astype(np.float32)


def to_uint8(images):
    """Float images in [-1, 1] to uint8, each value to the nearest grey level."""
    return tf.cast(tf.round((tf.clip_by_value(images, -1.0, 1.0) + 1) * 127.5), tf.uint8)


def in_batches(function, inputs):
    """`function(rows)` over all rows, `BATCH` at a time, as one array."""
    inputs = tf.convert_to_tensor(inputs)
    starts = range(0, len(inputs), BATCH)
    return np.concatenate([function(inputs[i : i + BATCH]).numpy() for i in starts])


def _is_real(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and np.isfinite(value)


def _check_integer(name, value, least=None):
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        raise ValueError(f"`{name}` must be an integer. Received: {value!r}")
    if least is not None and value < least:
        raise ValueError(f"`{name}` must be at least {least}. Received: {value!r}")
    return int(value)
