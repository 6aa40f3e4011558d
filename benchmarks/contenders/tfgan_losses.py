"""TF-GAN's loss functions in a bare `tf.function` loop, over plain Keras's networks.

TF-GAN has no identity loss for CycleGAN: it is written out here. Its cycle loss is half of
ganzoo's, a mean over both domains, hence twice the weight.
"""

import contextlib

import tensorflow as tf

from contenders import Contender, plain_networks, random_batch
from contenders.plain_keras import adam, policy
from ganzoo import tfgan

losses = tfgan.module("losses.losses_impl")


class DCGAN:
    """Also the base of the other systems with latents, which have losses of their own."""

    players = {"discriminator": ("discriminator",), "generator": ("generator",)}

    def __init__(self, setting):
        self.networks = plain_networks.make(setting)
        self.optimizers = {player: adam(setting) for player in self.players}
        self.latent_size = setting.sizes.get("latent_size")
        self.discriminator_updates = setting.discriminator_updates
        for player, optimizer in self.optimizers.items():
            optimizer.build(self.variables_of(player))

    def variables_of(self, player):
        networks = [self.networks[name] for name in self.players[player]]
        return [v for network in networks for v in network.trainable_variables]

    def logits(self, images, _=None):
        return self.networks["discriminator"](images, training=True)

    def fake_images(self, images):
        latents = tf.random.normal((tf.shape(images)[0], self.latent_size))
        return self.networks["generator"](latents, training=True)

    def discriminator_loss(self, images):
        real, fake = self.logits(images), self.logits(self.fake_images(images))
        return losses.minimax_discriminator_loss(real, fake, label_smoothing=0.0)

    def generator_loss(self, images):
        return losses.modified_generator_loss(self.logits(self.fake_images(images)))

    def minimise(self, player, loss_function, *inputs):
        with tf.GradientTape() as tape:
            loss = loss_function(*inputs)
        variables = self.variables_of(player)
        self.optimizers[player].apply(tape.gradient(loss, variables), variables)
        return loss

    def train_step(self, data):
        for i in range(self.discriminator_updates):
            images = data[i :: self.discriminator_updates]
            discriminator = self.minimise("discriminator", self.discriminator_loss, images)
        return discriminator, self.minimise("generator", self.generator_loss, images)


class WGANGP(DCGAN):
    def discriminator_loss(self, images):
        fake_images = self.fake_images(images)
        real, fake = self.logits(images), self.logits(fake_images)
        penalty = losses.wasserstein_gradient_penalty(
            images, fake_images, None, self.logits, "penalty", epsilon=1e-12
        )
        return losses.wasserstein_discriminator_loss(real, fake) + 10.0 * penalty

    def generator_loss(self, images):
        return losses.wasserstein_generator_loss(self.logits(self.fake_images(images)))


class SNGAN(DCGAN):
    def discriminator_loss(self, images):
        real, fake = self.logits(images), self.logits(self.fake_images(images))
        return losses.wasserstein_hinge_discriminator_loss(real, fake)

    def generator_loss(self, images):
        return losses.wasserstein_hinge_generator_loss(self.logits(self.fake_images(images)))


class CycleGAN(DCGAN):
    players = {
        "generator": ("generator_xy", "generator_yx"),
        "discriminator": ("discriminator_x", "discriminator_y"),
    }

    def call(self, name, images):
        return self.networks[name](images, training=True)

    def generator_loss(self, x, y, fakes):
        """Puts the generated images of X and Y into the list `fakes`."""
        fake_y, fake_x = self.call("generator_xy", x), self.call("generator_yx", y)
        fakes += [fake_x, fake_y]
        cycled_x, cycled_y = self.call("generator_yx", fake_y), self.call("generator_xy", fake_x)
        same_x, same_y = self.call("generator_yx", x), self.call("generator_xy", y)
        adversarial = losses.least_squares_generator_loss(self.call("discriminator_x", fake_x))
        adversarial += losses.least_squares_generator_loss(self.call("discriminator_y", fake_y))
        cycle = losses.cycle_consistency_loss(x, cycled_x, y, cycled_y)
        identity = tf.reduce_mean(tf.abs(x - same_x)) + tf.reduce_mean(tf.abs(y - same_y))
        return 2.0 * adversarial + 20.0 * cycle + 5.0 * identity

    def discriminator_loss(self, x, y, fake_x, fake_y):
        loss = 0.0
        for name, real, fake in ("discriminator_x", x, fake_x), ("discriminator_y", y, fake_y):
            logits = self.call(name, real), self.call(name, fake)
            loss += losses.least_squares_discriminator_loss(*logits)
        return loss

    def train_step(self, data):
        x, y = data
        fakes = []
        generator = self.minimise("generator", self.generator_loss, x, y, fakes)
        return generator, self.minimise("discriminator", self.discriminator_loss, x, y, *fakes)


SYSTEMS = {"dcgan": DCGAN, "wgan_gp": WGANGP, "sngan": SNGAN, "cyclegan": CycleGAN}


@contextlib.contextmanager
def training(setting, precision):
    """A `Contender`; "bfloat16" is Keras's policy `mixed_bfloat16`."""
    with policy(precision):
        gan = SYSTEMS[setting.system](setting)
        train_step = tf.function(gan.train_step)
        data = tf.nest.map_structure(tf.constant, random_batch(setting))

        def step():
            return [float(loss) for loss in train_step(data)]

        variables = [v for player in gan.players for v in gan.variables_of(player)]
        yield Contender(step, sum(v.shape.num_elements() for v in variables))
