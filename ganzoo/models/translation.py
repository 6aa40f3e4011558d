"""What a user does with trained translators: translate, score, classify."""

import numpy as np
import tensorflow as tf

from ganzoo import imaging
from ganzoo.models import signatures
from ganzoo.models.requests import Requests, from_uint8, to_float, to_uint8
from ganzoo.registry import unknown

EXAMPLES = 8  # images in a picture


class DirectedTranslation(Requests):
    """Mixed into systems with two domains X and Y, `generator_xy` and `generator_yx`, and
    discriminators `discriminator_x` and `discriminator_y`."""

    data = "unpaired"
    task = "image-to-image"
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

    def signatures(self, served, raw):
        """What an export offers, by name; each computes what the method of that name does.

        Arguments and result as for `Sampling.signatures`.
        """

        def translator(direction):
            generator = served[f"generator_{direction}"]
            return lambda x: to_uint8(generator(from_uint8(x), training=False))

        def scorer(domain):
            return lambda x: _mean_logits(raw[f"discriminator_{domain}"], from_uint8(x))

        translators = {d: translator(d) for d in ("xy", "yx")}
        scorers = {d: scorer(d) for d in ("x", "y")}
        return {
            "serving_default": self._one_way("xy", translators["xy"], "images"),
            **self._either_way("translate", "direction", translators, "images"),
            **self._either_way("discriminate", "domain", scorers, "logits"),
        }

    def _one_way(self, way, function, output):
        return signatures.Signature(
            lambda x: {output: function(x)},
            {"images": signatures.images(self.shapes[way[0]])},
            {output: signatures.MEANINGS[output]},
        )

    def _either_way(self, name, argument, functions, output):
        """One signature that takes the way as `argument`, for each image; one for each way, named
        after it, where the domains' images differ in shape and fit no common tensor."""
        if self.shapes["x"] != self.shapes["y"]:
            ways = functions.items()
            return {f"{name}_{way}": self._one_way(way, f, output) for way, f in ways}
        ways = tuple(functions)

        def function(images, chosen):
            places = signatures.place_of(argument, chosen, ways)
            return {output: signatures.by_place(places, list(functions.values()), images)}

        inputs = {"images": signatures.images(self.shapes["x"]), argument: signatures.choice(ways)}
        return {name: signatures.Signature(function, inputs, {output: signatures.MEANINGS[output]})}

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
    task = "image-to-image"
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

    def signatures(self, served, raw):
        """What an export offers, by name; each computes what the method of that name does.

        Arguments and result as for `Sampling.signatures`.
        """
        names = self.domains.names

        def translate(images, domain):
            labels = self.domains.vectors_of(domain)
            translated = served["generator"]([from_uint8(images), labels], training=False)
            return {"images": to_uint8(translated)}

        def first(x, **kwargs):
            return raw["discriminator"](x, **kwargs)[0]

        images = {"images": signatures.images(self.image_shape)}
        translated = signatures.Signature(
            translate,
            images | {"domain": signatures.choice(names, "any_of" in self.domains.kinds)},
            {"images": signatures.IMAGES},
        )
        return {
            "serving_default": translated,
            "translate": translated,
            "discriminate": signatures.Signature(
                lambda x: {"logits": _mean_logits(first, from_uint8(x))},
                images,
                {"logits": signatures.LOGITS},
            ),
            "classify": signatures.Signature(
                lambda x: {"logits": raw["discriminator"](from_uint8(x), training=False)[1]},
                images,
                {"logits": f"logits of the domains {', '.join(names)}, any"},
            ),
        }

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
    function = gan.graph_of(name, lambda x: _mean_logits(discriminator, x), shape)
    return gan.in_batches(function, to_float(images, shape))


def _mean_logits(discriminator, images):
    """The mean over the patches, (num,), of logits (num, ...)."""
    logits = discriminator(images, training=False)
    return tf.reduce_mean(tf.reshape(logits, (tf.shape(logits)[0], -1)), 1)
