"""LSGAN: Mao, Li, Xie, Lau, Wang and Smolley 2017, "Least Squares Generative Adversarial
Networks", 1611.04076, equation 2.

    for each training step:
        D descends  1/2 E (D(x) - b)^2 + 1/2 E (D(G(z)) - a)^2
        G descends  1/2 E (D(G(z')) - c)^2

a, b, c = -1, 1, 0 makes twice the generator's optimum the Pearson chi-squared divergence between
p + q and 2q (section 3.2); a, b, c = 0, 1, 1 is the paper's other choice, and usual practice.
Unlike the logistic loss, the squares also pull at images that are far on the right side of the
decision boundary, so that a generator whose discriminator is sure still has a gradient.

Differences from the paper: DCGAN's networks, uniform latents of length 100 instead of 1,024, and
Adam at 2e-4 instead of 1e-3 for both players; means over the batch where the authors' code has
sums; a moving average of the generator is kept for sampling.
"""

import keras
import tensorflow as tf

from ganzoo.layers import jointly
from ganzoo.losses.adversarial import (
    least_squares_discriminator_loss,
    least_squares_generator_loss,
)
from ganzoo.models.dcgan import DCGAN
from ganzoo.registry import register


@register("lsgan")
@keras.saving.register_keras_serializable("ganzoo")
class LSGAN(DCGAN):
    """Least-squares GAN: DCGAN's players and networks under another loss.

    Args:
        generator, discriminator: as for `DCGAN`.
        a: float, the discriminator's target for generated images.
        b: float, its target for real images.
        c: float, the value the generator wants; b for the usual game, between a and b for
            Pearson's.
        **kwargs: `seed`, `average_decay`, `name`: see `GAN`.
    """

    def __init__(self, generator, discriminator, *, a=0.0, b=1.0, c=1.0, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.a, self.b, self.c = float(a), float(b), float(c)

    def get_config(self):
        return super().get_config() | {"a": self.a, "b": self.b, "c": self.c}

    def discriminator_loss(self, batch):
        fake = tf.stop_gradient(self.fake_images(batch))
        real_logits, fake_logits = jointly(self.discriminator, batch["images"], fake)
        loss = least_squares_discriminator_loss(real_logits, fake_logits, self.a, self.b)
        return {"adversarial": loss}

    def generator_loss(self, batch):
        fake_logits = self.discriminator(self.fake_images(batch), training=True)
        return {"adversarial": least_squares_generator_loss(fake_logits, self.c)}
