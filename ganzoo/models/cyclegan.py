"""CycleGAN: Zhu, Park, Isola and Efros 2017, "Unpaired Image-to-Image Translation using
Cycle-Consistent Adversarial Networks", 1703.10593, sections 3 and 4.

    for each training step, on unpaired minibatches x and y:
        y~ = G(x);  x~ = F(y)
        G, F descend  E (D_Y(y~) - 1)^2 + E (D_X(x~) - 1)^2
                      + lambda (E |F(y~) - x| + E |G(x~) - y|)
                      + lambda/2 (E |F(x) - x| + E |G(y) - y|)
        x~, y~ go through pools of 50 earlier images
        D_X descends  1/2 (E (D_X(x) - 1)^2 + E D_X(x~)^2);  D_Y alike

Differences from the paper: the identity terms, which the paper has for paintings only, are on by
default, as in the authors' code; at 32 and 64 px the discriminator sees smaller patches (16 and
34 pixels instead of 70); moving averages of both translators are kept for translating.
"""

import keras

from ganzoo.layers import ImagePool, jointly
from ganzoo.losses.adversarial import (
    least_squares_discriminator_loss,
    least_squares_generator_loss,
)
from ganzoo.losses.reconstruction import absolute_difference
from ganzoo.models.base import Player
from ganzoo.models.optimizers import Adam
from ganzoo.models.requests import minibatch
from ganzoo.models.schedules import AlternatingGAN
from ganzoo.models.translation import DirectedTranslation
from ganzoo.networks import cyclegan as networks
from ganzoo.registry import register

NETWORKS = ("generator_xy", "generator_yx", "discriminator_x", "discriminator_y")


@register("cyclegan")
@keras.saving.register_keras_serializable("ganzoo")
class CycleGAN(DirectedTranslation, AlternatingGAN):
    """Translation between two domains of images, X and Y, learned without pairs.

    Args:
        generator_xy: G: model, images of X to images of Y, in [-1, 1].
        generator_yx: F: model, images of Y to images of X.
        discriminator_x, discriminator_y: models, images to logits of any shape (batch, ...).
        cycle_weight: float >= 0, lambda.
        identity_weight: float >= 0, of the identity terms; the authors' is half of lambda. Must
            be 0 if X and Y differ in shape, as in their numbers of channels.
        pool_size: int >= 1, images that a discriminator's pool holds.
        **kwargs: `seed`, `average_decay`, `name`: see `GAN`.
    """

    averaged = NETWORKS[:2]

    def __init__(
        self,
        generator_xy,
        generator_yx,
        discriminator_x,
        discriminator_y,
        *,
        cycle_weight=10.0,
        identity_weight=5.0,
        pool_size=50,
        **kwargs,
    ):
        self.cycle_weight, self.identity_weight = float(cycle_weight), float(identity_weight)
        x_shape, y_shape = (tuple(g.input_shape[1:]) for g in (generator_xy, generator_yx))
        if self.identity_weight and x_shape != y_shape:
            raise ValueError(
                "`identity_weight` must be 0 where the domains' images differ in shape, here "
                f"{x_shape} and {y_shape}. Received: {identity_weight!r}"
            )
        networks = (generator_xy, generator_yx, discriminator_x, discriminator_y)
        super().__init__(dict(zip(NETWORKS, networks, strict=True)), **kwargs)
        self.pool_size = int(pool_size)
        self.pool_x, self.pool_y = (ImagePool(pool_size, shape) for shape in (x_shape, y_shape))

    @staticmethod
    def default_networks(image_shape=(128, 128, 3), target_channels=None, width=64, blocks=None):
        """The paper's, for images of X of `image_shape` and of Y with `target_channels` (as many
        by default): 7,833,987 + 7,833,987 + 2,763,841 + 2,763,841 parameters."""
        channels = image_shape[-1]
        target_shape = (*image_shape[:2], target_channels or channels)
        return {
            "generator_xy": networks.generator(image_shape, target_shape[-1], width, blocks, "xy"),
            "generator_yx": networks.generator(target_shape, channels, width, blocks, "yx"),
            "discriminator_x": networks.discriminator(image_shape, width, name="x"),
            "discriminator_y": networks.discriminator(target_shape, width, name="y"),
        }

    @property
    def players(self):
        # The translators move first; the discriminators then see what they made before moving.
        terms = ("adversarial_xy", "adversarial_yx", "cycle_x", "cycle_y")
        terms += ("identity_x", "identity_y") if self.identity_weight else ()
        return {
            "generator": Player(NETWORKS[:2], terms),
            "discriminator": Player(NETWORKS[2:], ("adversarial_x", "adversarial_y")),
        }

    def default_optimizers(self):
        return {p: Adam(2e-4, 0.5, 0.999, epsilon=1e-8) for p in self.players}

    def get_config(self):
        return super().get_config() | {
            "cycle_weight": self.cycle_weight,
            "identity_weight": self.identity_weight,
            "pool_size": self.pool_size,
        }

    def unpack(self, data):
        """Pairs (x, y) of minibatches, which need not belong together, uint8 or float."""
        x, y = data
        return {"x": minibatch(x, self.shapes["x"]), "y": minibatch(y, self.shapes["y"])}

    def generator_loss(self, batch):
        x, y = batch["x"], batch["y"]
        if self.identity_weight:
            fake_y, same_y = jointly(self.generator_xy, x, y)
            fake_x, same_x = jointly(self.generator_yx, y, x)
        else:
            fake_y = self.generator_xy(x, training=True)
            fake_x = self.generator_yx(y, training=True)
        batch["fake_x"], batch["fake_y"] = fake_x, fake_y
        logits_x = self.discriminator_x(fake_x, training=True)
        logits_y = self.discriminator_y(fake_y, training=True)
        cycle_x = absolute_difference(x, self.generator_yx(fake_y, training=True))
        cycle_y = absolute_difference(y, self.generator_xy(fake_x, training=True))
        terms = {
            "adversarial_xy": 2 * least_squares_generator_loss(logits_y),
            "adversarial_yx": 2 * least_squares_generator_loss(logits_x),
            "cycle_x": self.cycle_weight * cycle_x,
            "cycle_y": self.cycle_weight * cycle_y,
        }
        if self.identity_weight:
            terms["identity_x"] = self.identity_weight * absolute_difference(x, same_x)
            terms["identity_y"] = self.identity_weight * absolute_difference(y, same_y)
        return terms

    def discriminator_loss(self, batch):
        terms = {}
        for domain, discriminator, pool in (
            ("x", self.discriminator_x, self.pool_x),
            ("y", self.discriminator_y, self.pool_y),
        ):
            fake = pool(batch[f"fake_{domain}"], self.draws.key())
            real_logits, fake_logits = jointly(discriminator, batch[domain], fake)
            loss = least_squares_discriminator_loss(real_logits, fake_logits)
            terms[f"adversarial_{domain}"] = loss
        return terms
