"""What a user does with trained translators: translate, score, classify."""

import numpy as np
import tensorflow as tf

from ganzoo import imaging
from ganzoo.models.requests import Requests, to_float, to_uint8
from ganzoo.registry import unknown

EXAMPLES = 8  # images in a picture


class DirectedTranslation(Requests):
    """Mixed into systems with two domains X and Y, `generator_xy` and `generator_yx`, and
    discriminators `discriminator_x` and `discriminator_y`."""

    data = "unpaired"
    usage = 'images_y = gan.translate(images_x, direction="xy")  # uint8, or direction="yx"'
    caption = (
        "images of X, below them their translations to Y, and those translated back; then the "
        "same from Y"
    )

    @property
    def shapes(self):
        """(height, width, channels) of the images of each domain, "x" and "y"."""
        return {d: tuple(getattr(self, f"discriminator_{d}").input_shape[1:]) for d in "xy"}

    @property
    def image_shape(self):
        """(height, width, channels) of X's images."""
        return self.shapes["x"]

    def call(self, inputs):
        return self.averages["generator_xy"](inputs, training=False)

    def translate(self, images, direction="xy", moving_average=True):
        """Images of one domain as images of the other.

        Args:
            images: (num, *shapes[direction[0]]), uint8 in 0..255 or float in [-1, 1].
            direction: "xy" or "yx".
            moving_average: whether to use the moving average of the translator's weights.

        Returns:
            Uint8 array (num, *shapes[direction[1]]).

        Raises:
            ValueError: for another direction, or images of another shape, dtype or range.
        """
        if direction not in ("xy", "yx"):
            raise ValueError(unknown("direction", direction, ("xy", "yx")))
        shape = self.shapes[direction[0]]
        images = to_float(images, shape)
        translator = self.networks_for(moving_average)[f"generator_{direction}"]
        function = self.graph_of(
            f"{direction} {moving_average}",
            lambda x: to_uint8(translator(x, training=False)),
            shape,
        )
        return self.in_batches(function, images)

    def score(self, images, domain="y"):
        """A domain's discriminator's logits, their mean over the patches: float32 array (num,).

        Args:
            images: (num, *shapes[domain]), uint8 in 0..255 or float in [-1, 1].
            domain: "x" or "y".
        """
        if domain not in ("x", "y"):
            raise ValueError(unknown("domain", domain, ("x", "y")))
        discriminator = getattr(self, f"discriminator_{domain}")
        return _patch_scores(self, f"score {domain}", discriminator, images, self.shapes[domain])

    def picture(self, examples=None):
        """The first examples and their translations, there and back: uint8 (height, width, 3).

        Args:
            examples: images of X and of Y, as for `translate`; without them there is no picture.
        """
        if examples is None:
            return None
        rows = []
        for images, there, back in zip(examples, ("xy", "yx"), ("yx", "xy"), strict=True):
            translated = self.translate(images[:EXAMPLES], there)
            rows += [images[:EXAMPLES], translated, self.translate(translated, back)]
        width = min(map(len, rows))
        rows = [r.repeat(3, -1) if r.shape[-1] == 1 else r for r in rows]
        return imaging.grid(np.concatenate([r[:width] for r in rows]), columns=width)


class DomainTranslation(Requests):
    """Mixed into systems with one `generator` of [images, labels] for all `domains`, and a
    discriminator that returns [patch logits, domain logits]."""

    data = "labelled"
    usage = "images = gan.translate(images, domain=gan.domains.names[0])  # uint8"
    caption = "images, and to their right their translations to each domain"

    @property
    def image_shape(self):
        """(height, width, channels)."""
        return tuple(self.discriminator.input_shape[1:])

    def call(self, inputs):
        return self.averages["generator"](inputs, training=False)

    def translate(self, images, domain, moving_average=True):
        """Images as if they were of another domain.

        Args:
            images: (num, *image_shape), uint8 in 0..255 or float in [-1, 1].
            domain: one of `domains.names`; or several, for attributes that can hold together.
            moving_average: whether to use the moving average of the generator's weights.

        Returns:
            Uint8 array (num, *image_shape).

        Raises:
            ValueError: for an unknown domain, domains that cannot hold together, or images of
                another shape, dtype or range.
        """
        images = to_float(images, self.image_shape)
        labels = np.repeat(self.domains.vector(domain)[None], len(images), 0)
        generator = self.networks_for(moving_average)["generator"]
        function = self.graph_of(
            f"translate {moving_average}",
            lambda x, c: to_uint8(generator([x, c], training=False)),
            self.image_shape,
            labels.shape[1:],
        )
        return self.in_batches(function, images, labels)

    def score(self, images):
        """The discriminator's logits, their mean over the patches: float32 array (num,).

        Args:
            images: (num, *image_shape), uint8 in 0..255 or float in [-1, 1].
        """
        return _patch_scores(
            self, "score", lambda x, **k: self.discriminator(x, **k)[0], images, self.image_shape
        )

    def classify(self, images):
        """The discriminator's domain logits: float32 array (num, len(domains.names)).

        Args:
            images: (num, *image_shape), uint8 in 0..255 or float in [-1, 1].
        """
        images = to_float(images, self.image_shape)
        function = self.graph_of(
            "classify", lambda x: self.discriminator(x, training=False)[1], self.image_shape
        )
        return self.in_batches(function, images)

    def picture(self, examples=None):
        """The first examples and their translations to each domain: uint8 (height, width, 3).

        Args:
            examples: images, as for `translate`; without them there is no picture.
        """
        if examples is None:
            return None
        columns = [examples[:EXAMPLES]]
        columns += [self.translate(columns[0], domain) for domain in self.domains.names]
        rows = np.stack(columns, 1).reshape((-1, *self.image_shape))
        return imaging.grid(rows, columns=len(columns))


def _patch_scores(gan, name, discriminator, images, shape):
    def scores(x):
        logits = discriminator(x, training=False)
        return tf.reduce_mean(tf.reshape(logits, (tf.shape(logits)[0], -1)), 1)

    return gan.in_batches(gan.graph_of(name, scores, shape), to_float(images, shape))
