"""StarGAN: Choi, Choi, Kim, Ha, Kim and Choo 2018, "StarGAN: Unified Generative Adversarial
Networks for Multi-Domain Image-to-Image Translation", 1711.09020, section 3.

    for each training step, on minibatches x with labels c', and other labels c:
        n_critic times: x~ = G(x, c);  x^ = epsilon x + (1 - epsilon) x~
            D descends  E D(x~) - E D(x) + lambda_gp E (||grad D(x^)||_2 - 1)^2
                        + lambda_cls E CE(c' | x)
        G descends  -E D(G(x, c)) + lambda_cls E CE(c | G(x, c))
                    + lambda_rec E |x - G(G(x, c), c')|
                    + lambda_id E (|x - G(x, c)| where c = c', otherwise 0)

c are the labels of the batch, permuted. With several data sets (section 3.3) the label vector is
[c_1, ..., c_n, m]: unknown labels are 0, m tells the data set, and only its own block of domains
is classified.

Differences from the paper: batches mix data sets, where the paper alternates between them, so
that images are asked for another's labels in training too; the generator reuses the first of the
critic's minibatches, not the last; Keras's initial weights; a moving average of the generator.
The identity term is not the paper's, and off (0) by default. It is CycleGAN's, and keeps colours:
without it all domains can swap theirs, and swap them back, at no cost.
"""

import keras
import tensorflow as tf

from ganzoo.draws import PHILOX, global_rows, own_rows
from ganzoo.layers import jointly
from ganzoo.losses.adversarial import wasserstein_discriminator_loss, wasserstein_generator_loss
from ganzoo.losses.penalties import gradient_penalty
from ganzoo.losses.reconstruction import absolute_difference
from ganzoo.models.base import Player
from ganzoo.models.domains import RAFD, Domains
from ganzoo.models.optimizers import Adam
from ganzoo.models.requests import minibatch
from ganzoo.models.schedules import AlternatingGAN
from ganzoo.models.translation import DomainTranslation
from ganzoo.networks import stargan as networks
from ganzoo.registry import register


@register("stargan")
@keras.saving.register_keras_serializable("ganzoo")
class StarGAN(DomainTranslation, AlternatingGAN):
    """One translator among k domains.

    Args:
        generator: model, [images, label vectors] to images in [-1, 1].
        discriminator: model, images to [logits of any shape (batch, ...), domain logits
            (batch, k)], without batch normalisation.
        domains: names of the k domains; or, for several data sets, a list of such lists.
        labels: "one_of" (exactly one domain holds) or "any_of" (attributes); for several data
            sets, one of these for all, or a list with one for each.
        classification_weight, reconstruction_weight, penalty_weight: floats >= 0, lambda_cls,
            lambda_rec and lambda_gp.
        identity_weight: float >= 0, lambda_id; the paper's is 0.
        n_critic: int >= 1, critic updates for one of the generator.
        **kwargs: `seed`, `average_decay`, `name`: see `GAN`.
    """

    saturates = False

    def __init__(
        self,
        generator,
        discriminator,
        *,
        domains=RAFD,
        labels="one_of",
        classification_weight=1.0,
        reconstruction_weight=10.0,
        penalty_weight=10.0,
        identity_weight=0.0,
        n_critic=5,
        **kwargs,
    ):
        self.domains = Domains(domains, labels)
        self.classification_weight = float(classification_weight)
        self.reconstruction_weight = float(reconstruction_weight)
        self.penalty_weight, self.identity_weight = float(penalty_weight), float(identity_weight)
        self.n_critic = int(n_critic)
        if self.n_critic < 1:
            raise ValueError(f"`n_critic` must be at least 1. Received: {n_critic!r}")
        super().__init__({"generator": generator, "discriminator": discriminator}, **kwargs)

    @staticmethod
    def default_networks(image_shape=(128, 128, 3), domains=RAFD, width=64, blocks=6):
        """The paper's, for the domains of RaFD: 8,439,936 + 44,786,624 parameters."""
        domains = Domains(domains)
        return {
            "generator": networks.generator(image_shape, domains.size, width, blocks),
            "discriminator": networks.discriminator(image_shape, len(domains.names), width),
        }

    @property
    def players(self):
        critic = ("wasserstein", "gradient_penalty", "classification")
        generator = ("adversarial", "classification", "reconstruction")
        generator += ("identity",) if self.identity_weight else ()
        metrics = ("wasserstein_estimate",)
        return {
            "discriminator": Player(("discriminator",), critic, self.n_critic, metrics),
            "generator": Player(("generator",), generator),
        }

    def default_optimizers(self):
        return {p: Adam(1e-4, 0.5, 0.999, epsilon=1e-8) for p in self.players}

    def get_config(self):
        return super().get_config() | {
            "domains": self.domains.blocks,
            "labels": self.domains.kinds,
            "classification_weight": self.classification_weight,
            "reconstruction_weight": self.reconstruction_weight,
            "penalty_weight": self.penalty_weight,
            "identity_weight": self.identity_weight,
            "n_critic": self.n_critic,
        }

    def unpack(self, data):
        """Pairs (images, labels); labels as in `Domains.vectors`, images uint8 or float."""
        if not isinstance(data, (tuple, list)) or len(data) != 2:
            raise ValueError("the dataset must have labels: pairs (images, labels). Received: none")
        images = minibatch(data[0], self.image_shape)
        return {"images": images, "labels": self.domains.vectors(data[1])}

    def other_labels(self, labels):
        """The labels of the global batch in another order, this replica's part of them."""
        everyone = global_rows(labels)
        order = tf.random.experimental.stateless_shuffle(
            tf.range(tf.shape(everyone)[0]), self.draws.key(), alg=PHILOX
        )
        return tf.reshape(own_rows(tf.gather(everyone, order)), tf.shape(labels))

    def discriminator_loss(self, batch):
        real, labels = batch["images"], batch["labels"]
        fake = tf.stop_gradient(self.generator([real, self.other_labels(labels)], training=True))
        (real_logits, domain_logits), (fake_logits, _) = jointly(self.discriminator, real, fake)
        epsilon = self.draws.uniform(_one_a_row(real))
        penalty = gradient_penalty(lambda x: self.discriminator(x)[0], real, fake, epsilon)
        classification = self.domains.classification_loss(labels, domain_logits)
        loss = wasserstein_discriminator_loss(real_logits, fake_logits)
        return {
            "wasserstein": loss,
            "gradient_penalty": self.penalty_weight * penalty,
            "classification": self.classification_weight * classification,
            "wasserstein_estimate": -loss,
        }

    def generator_loss(self, batch):
        real, labels = batch["images"], batch["labels"]
        targets = self.other_labels(labels)
        fake = self.generator([real, targets], training=True)
        again = self.generator([fake, labels], training=True)
        fake_logits, domain_logits = self.discriminator(fake, training=True)
        classification = self.domains.classification_loss(targets, domain_logits)
        reconstruction = absolute_difference(real, again)
        terms = {
            "adversarial": wasserstein_generator_loss(fake_logits),
            "classification": self.classification_weight * classification,
            "reconstruction": self.reconstruction_weight * reconstruction,
        }
        if self.identity_weight:
            own = tf.reshape(tf.reduce_all(tf.equal(targets, labels), axis=1), _one_a_row(real))
            same = absolute_difference(real, tf.where(own, fake, real))
            terms["identity"] = self.identity_weight * same
        return terms


def _one_a_row(images):
    """The shape of one number for each image, which broadcasts against them: (batch, 1, ...)."""
    return [tf.shape(images)[0], *[1] * (len(images.shape) - 1)]
