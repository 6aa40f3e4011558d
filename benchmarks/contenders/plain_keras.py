"""Keras as its public examples write GANs: a `keras.Model` with a `train_step` of its own.

After keras.io's "DCGAN to generate face images", "WGAN-GP overriding Model.train_step" and
"CycleGAN", with separate calls of the discriminator for real and generated images. Where an
example computes something else than its paper, this computes what the paper, and ganzoo, do:
every update of WGAN-GP's critic has a minibatch of its own, CycleGAN's two generators descend the
gradient of one common loss. There is no moving average, and CycleGAN has no pool of images.
"""

import contextlib

import keras
import tensorflow as tf

from contenders import Contender, plain_networks
from contenders.ours import fit_step, trainable

cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
squared_error = keras.losses.MeanSquaredError()
absolute_error = keras.losses.MeanAbsoluteError()


class DCGAN(keras.Model):
    """Also the base of the other systems with latents, which have losses of their own."""

    def __init__(self, generator, discriminator, latent_size, discriminator_updates=1):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.latent_size, self.discriminator_updates = latent_size, discriminator_updates
        self.discriminator_tracker = keras.metrics.Mean(name="discriminator_loss")
        self.generator_tracker = keras.metrics.Mean(name="generator_loss")

    def compile(self, discriminator_optimizer, generator_optimizer):
        super().compile()
        self.discriminator_optimizer = discriminator_optimizer
        self.generator_optimizer = generator_optimizer

    def discriminator_loss(self, images, latents):
        fake_images = self.generator(latents, training=True)
        real_logits = self.discriminator(images, training=True)
        fake_logits = self.discriminator(fake_images, training=True)
        real_loss = cross_entropy(tf.ones_like(real_logits), real_logits)
        return real_loss + cross_entropy(tf.zeros_like(fake_logits), fake_logits)

    def generator_loss(self, latents):
        fake_logits = self.discriminator(self.generator(latents, training=True), training=True)
        return cross_entropy(tf.ones_like(fake_logits), fake_logits)

    def train_step(self, data):
        for i in range(self.discriminator_updates):
            images = data[i :: self.discriminator_updates]
            latents = tf.random.normal((tf.shape(images)[0], self.latent_size))
            with tf.GradientTape() as tape:
                loss = self.discriminator_loss(images, latents)
            variables = self.discriminator.trainable_variables
            gradients = tape.gradient(loss, variables)
            self.discriminator_optimizer.apply_gradients(zip(gradients, variables, strict=True))
            self.discriminator_tracker.update_state(loss)
        latents = tf.random.normal((tf.shape(images)[0], self.latent_size))
        with tf.GradientTape() as tape:
            loss = self.generator_loss(latents)
        variables = self.generator.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.generator_optimizer.apply_gradients(zip(gradients, variables, strict=True))
        self.generator_tracker.update_state(loss)
        return {metric.name: metric.result() for metric in self.metrics}


class WGANGP(DCGAN):
    penalty_weight = 10.0

    def gradient_penalty(self, images, fake_images, epsilon):
        mixed = epsilon * images + (1 - epsilon) * fake_images
        with tf.GradientTape() as tape:
            tape.watch(mixed)
            logits = self.discriminator(mixed, training=True)
        gradients = tape.gradient(logits, mixed)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradients), axis=[1, 2, 3]) + 1e-12)
        return tf.reduce_mean((norm - 1.0) ** 2)

    def discriminator_loss(self, images, latents, epsilon=None):
        if epsilon is None:
            epsilon = tf.random.uniform((tf.shape(images)[0], 1, 1, 1))
        fake_images = self.generator(latents, training=True)
        fake_logits = self.discriminator(fake_images, training=True)
        real_logits = self.discriminator(images, training=True)
        loss = tf.reduce_mean(fake_logits) - tf.reduce_mean(real_logits)
        penalty = self.gradient_penalty(images, fake_images, epsilon)
        return loss + self.penalty_weight * penalty

    def generator_loss(self, latents):
        fake_images = self.generator(latents, training=True)
        return -tf.reduce_mean(self.discriminator(fake_images, training=True))


class SNGAN(DCGAN):
    def discriminator_loss(self, images, latents):
        fake_images = self.generator(latents, training=True)
        real_logits = self.discriminator(images, training=True)
        fake_logits = self.discriminator(fake_images, training=True)
        real_loss = tf.reduce_mean(tf.nn.relu(1.0 - real_logits))
        return real_loss + tf.reduce_mean(tf.nn.relu(1.0 + fake_logits))

    def generator_loss(self, latents):
        fake_images = self.generator(latents, training=True)
        return -tf.reduce_mean(self.discriminator(fake_images, training=True))


class CycleGAN(keras.Model):
    cycle_weight, identity_weight = 10.0, 5.0

    def __init__(self, generator_xy, generator_yx, discriminator_x, discriminator_y):
        super().__init__()
        self.generator_xy, self.generator_yx = generator_xy, generator_yx
        self.discriminator_x, self.discriminator_y = discriminator_x, discriminator_y

    def compile(self, discriminator_optimizer, generator_optimizer):
        super().compile()
        self.discriminator_optimizer = discriminator_optimizer
        self.generator_optimizer = generator_optimizer

    def generator_loss(self, x, y):
        """The loss, and the generated images of X and Y."""
        fake_y, fake_x = self.generator_xy(x, training=True), self.generator_yx(y, training=True)
        cycled_x = self.generator_yx(fake_y, training=True)
        cycled_y = self.generator_xy(fake_x, training=True)
        same_x, same_y = self.generator_yx(x, training=True), self.generator_xy(y, training=True)
        logits_x = self.discriminator_x(fake_x, training=True)
        logits_y = self.discriminator_y(fake_y, training=True)
        adversarial = squared_error(tf.ones_like(logits_x), logits_x)
        adversarial += squared_error(tf.ones_like(logits_y), logits_y)
        cycle = absolute_error(x, cycled_x) + absolute_error(y, cycled_y)
        identity = absolute_error(x, same_x) + absolute_error(y, same_y)
        loss = adversarial + self.cycle_weight * cycle + self.identity_weight * identity
        return loss, fake_x, fake_y

    def discriminator_loss(self, x, y, fake_x, fake_y):
        loss = 0.0
        pairs = (self.discriminator_x, x, fake_x), (self.discriminator_y, y, fake_y)
        for discriminator, real, fake in pairs:
            real_logits = discriminator(real, training=True)
            fake_logits = discriminator(fake, training=True)
            real_loss = squared_error(tf.ones_like(real_logits), real_logits)
            loss += 0.5 * (real_loss + squared_error(tf.zeros_like(fake_logits), fake_logits))
        return loss

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            generator_loss, fake_x, fake_y = self.generator_loss(x, y)
        variables = self.generator_xy.trainable_variables + self.generator_yx.trainable_variables
        gradients = tape.gradient(generator_loss, variables)
        self.generator_optimizer.apply_gradients(zip(gradients, variables, strict=True))
        with tf.GradientTape() as tape:
            discriminator_loss = self.discriminator_loss(x, y, fake_x, fake_y)
        variables = self.discriminator_x.trainable_variables
        variables = variables + self.discriminator_y.trainable_variables
        gradients = tape.gradient(discriminator_loss, variables)
        self.discriminator_optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return {"generator_loss": generator_loss, "discriminator_loss": discriminator_loss}


SYSTEMS = {"dcgan": DCGAN, "wgan_gp": WGANGP, "sngan": SNGAN, "cyclegan": CycleGAN}


def model(setting):
    """A compiled, untrained Keras model."""
    arguments = plain_networks.make(setting)
    if setting.system != "cyclegan":
        arguments["latent_size"] = setting.sizes["latent_size"]
        arguments["discriminator_updates"] = setting.discriminator_updates
    gan = SYSTEMS[setting.system](**arguments)
    gan.built = True
    gan.compile(adam(setting), adam(setting))
    return gan


def adam(setting):
    rate, beta_1, beta_2 = setting.adam
    return keras.optimizers.Adam(rate, beta_1, beta_2, epsilon=1e-8)


@contextlib.contextmanager
def training(setting, precision):
    """A `Contender`; "bfloat16" is Keras's policy `mixed_bfloat16`."""
    with policy(precision):
        gan = model(setting)
        yield Contender(fit_step(gan, setting), trainable(gan))


@contextlib.contextmanager
def policy(precision):
    """Within it, Keras makes layers of that precision."""
    keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bfloat16" else precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy("float32")
