"""PyTorch in eager mode, channels_last, with its fused Adam; optional: `pip install torch`.

The same layers in the same order; convolutions pad as Keras's "same" does or, where that is
uneven (CycleGAN's strided 3x3), with as many rows and columns in all. "bfloat16" is autocast.
`torch.nn.utils.parametrizations.spectral_norm` iterates at each call of the discriminator.
"""

import contextlib

from contenders import Contender, random_batch

try:
    import torch
except ImportError:
    raise SystemExit(
        "torch_eager needs PyTorch, which is not installed: pip install torch"
    ) from None

from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Reshape(nn.Module):
    """Vectors to maps (batch, channels, 4, 4)."""

    def forward(self, x):
        return x.reshape(len(x), -1, 4, 4).contiguous(memory_format=torch.channels_last)


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def dcgan_generator(image_shape, latent_size, width, kernel_size):
    filters = _doublings(image_shape[0], width)[::-1]
    around = (kernel_size - 2) // 2
    layers = [nn.Linear(latent_size, 16 * filters[0], bias=False), Reshape()]
    outputs = [*filters[1:], image_shape[-1]]
    for i, (f, g) in enumerate(zip(filters, outputs, strict=True)):
        last = i == len(filters) - 1
        layers += [nn.BatchNorm2d(f), nn.ReLU()]
        layers += [nn.ConvTranspose2d(f, g, kernel_size, 2, around, bias=last)]
    return nn.Sequential(*layers, nn.Tanh())


def dcgan_discriminator(image_shape, width, kernel_size, batch_norm=True):
    layers, channels = [], image_shape[-1]
    for i, f in enumerate(_doublings(image_shape[0], width)):
        normalize = batch_norm and i > 0
        around = (kernel_size - 2) // 2
        layers += [nn.Conv2d(channels, f, kernel_size, 2, around, bias=not normalize)]
        layers += [nn.BatchNorm2d(f)] if normalize else []
        layers += [nn.LeakyReLU(0.2)]
        channels = f
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * channels, 1))


def sngan_generator(image_shape, latent_size, width):
    filters = _doublings(image_shape[0], width)[::-1]
    channels = 2 * filters[0]
    layers = [nn.Linear(latent_size, 16 * channels), Reshape()]
    for f in filters:
        layers += [nn.ConvTranspose2d(channels, f, 4, 2, 1, bias=False)]
        layers += [nn.BatchNorm2d(f), nn.ReLU()]
        channels = f
    return nn.Sequential(*layers, nn.Conv2d(channels, image_shape[-1], 3, 1, 1), nn.Tanh())


def sngan_discriminator(image_shape, width):
    layers, channels = [], image_shape[-1]
    for f in _doublings(image_shape[0], width):
        layers += [spectral_norm(nn.Conv2d(channels, f, 3, 1, 1)), nn.LeakyReLU(0.1)]
        layers += [spectral_norm(nn.Conv2d(f, f, 4, 2, 1)), nn.LeakyReLU(0.1)]
        channels = f
    layers += [spectral_norm(nn.Conv2d(channels, 2 * channels, 3, 1, 1)), nn.LeakyReLU(0.1)]
    return nn.Sequential(*layers, nn.Flatten(), spectral_norm(nn.Linear(32 * channels, 1)))


def cyclegan_generator(image_shape, width, blocks):
    channels, wide = image_shape[-1], 4 * width
    layers = [nn.ReflectionPad2d(3), nn.Conv2d(channels, width, 7, bias=False), *_norm_relu(width)]
    for f in width, 2 * width:
        layers += [nn.Conv2d(f, 2 * f, 3, 2, 1, bias=False), *_norm_relu(2 * f)]
    for _ in range(blocks):
        first = [nn.ReflectionPad2d(1), nn.Conv2d(wide, wide, 3, bias=False), *_norm_relu(wide)]
        second = [nn.ReflectionPad2d(1), nn.Conv2d(wide, wide, 3, bias=False)]
        layers += [Residual(*first, *second, nn.InstanceNorm2d(wide))]
    for f in wide, wide // 2:
        layers += [nn.ConvTranspose2d(f, f // 2, 3, 2, 1, 1, bias=False), *_norm_relu(f // 2)]
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, channels, 7), nn.Tanh())


def cyclegan_discriminator(image_shape, width):
    layers, channels = [], image_shape[-1]
    halvings = max(1, min(3, image_shape[0] // 32))
    for i in range(halvings + 1):
        f = width * 2 ** min(i, 3)
        layers += [nn.Conv2d(channels, f, 4, 2 if i < halvings else 1, 1, bias=i == 0)]
        layers += [nn.InstanceNorm2d(f)] if i > 0 else []
        layers += [nn.LeakyReLU(0.2)]
        channels = f
    return nn.Sequential(*layers, nn.Conv2d(channels, 1, 4, 1, 1))


def _doublings(size, width):
    return [width * 2**i for i in range((size // 4).bit_length() - 1)]


def _norm_relu(channels):
    return nn.InstanceNorm2d(channels), nn.ReLU()


def networks_of(setting):
    """Pairs of lists: generators and discriminators."""
    sizes = setting.sizes
    shape, width = sizes["image_shape"], sizes["width"]
    if setting.system == "cyclegan":
        generators = [cyclegan_generator(shape, width, sizes["blocks"]) for _ in range(2)]
        return generators, [cyclegan_discriminator(shape, width) for _ in range(2)]
    latent_size = sizes["latent_size"]
    if setting.system == "sngan":
        return [sngan_generator(shape, latent_size, width)], [sngan_discriminator(shape, width)]
    kernel, batch_norm = sizes["kernel_size"], setting.system == "dcgan"
    generator = dcgan_generator(shape, latent_size, width, kernel)
    return [generator], [dcgan_discriminator(shape, width, kernel, batch_norm)]


class Trainer:
    """Networks, optimizers, and a training step of each system."""

    def __init__(self, setting, precision):
        self.setting, self.bfloat16 = setting, precision == "bfloat16"
        self.generators, self.discriminators = (
            [network.to(DEVICE, memory_format=torch.channels_last) for network in networks]
            for networks in networks_of(setting)
        )
        rate, *betas = setting.adam
        self.generator_optimizer, self.discriminator_optimizer = (
            torch.optim.Adam(
                [p for network in networks for p in network.parameters()],
                rate,
                tuple(betas),
                eps=1e-8,
                fused=True,
            )
            for networks in (self.generators, self.discriminators)
        )

    @property
    def parameters(self):
        networks = self.generators + self.discriminators
        return sum(p.numel() for network in networks for p in network.parameters())

    def call(self, network, x):
        """float32 outputs; the arithmetic in bfloat16 where that is asked for."""
        with torch.autocast(DEVICE.type, torch.bfloat16, enabled=self.bfloat16):
            return network(x).float()

    def minimise(self, optimizer, loss):
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    def fake_images(self, num):
        latents = torch.randn(num, self.setting.sizes["latent_size"], device=DEVICE)
        return self.call(self.generators[0], latents)

    def discriminator_loss(self, images):
        (discriminator,) = self.discriminators
        with torch.no_grad():
            fake_images = self.fake_images(len(images))
        real, fake = self.call(discriminator, images), self.call(discriminator, fake_images)
        if self.setting.system == "dcgan":
            return functional.softplus(-real).mean() + functional.softplus(fake).mean()
        if self.setting.system == "sngan":
            return functional.relu(1 - real).mean() + functional.relu(1 + fake).mean()
        epsilon = torch.rand(len(images), 1, 1, 1, device=DEVICE)
        mixed = (epsilon * images + (1 - epsilon) * fake_images).requires_grad_()
        logits = self.call(discriminator, mixed)
        (gradients,) = torch.autograd.grad(logits.sum(), mixed, create_graph=True)
        norm = (gradients.square().sum((1, 2, 3)) + 1e-12).sqrt()
        return fake.mean() - real.mean() + 10 * (norm - 1).square().mean()

    def generator_loss(self, num):
        fake = self.call(self.discriminators[0], self.fake_images(num))
        return functional.softplus(-fake).mean() if self.setting.system == "dcgan" else -fake.mean()

    def train_step(self, data):
        # Chunks stay channels_last in memory, where strided rows would not.
        for images in data.chunk(self.setting.discriminator_updates):
            loss = self.discriminator_loss(images)
            discriminator = self.minimise(self.discriminator_optimizer, loss)
        self.freeze(self.discriminators, True)
        generator = self.minimise(self.generator_optimizer, self.generator_loss(len(images)))
        self.freeze(self.discriminators, False)
        return discriminator, generator

    def cyclegan_step(self, x, y):
        generator_xy, generator_yx = self.generators
        self.freeze(self.discriminators, True)
        fake_y, fake_x = self.call(generator_xy, x), self.call(generator_yx, y)
        loss = 0.0
        for discriminator, fake in zip(self.discriminators, (fake_x, fake_y), strict=True):
            loss += (self.call(discriminator, fake) - 1).square().mean()
        loss += 10 * functional.l1_loss(self.call(generator_yx, fake_y), x)
        loss += 10 * functional.l1_loss(self.call(generator_xy, fake_x), y)
        loss += 5 * functional.l1_loss(self.call(generator_yx, x), x)
        loss += 5 * functional.l1_loss(self.call(generator_xy, y), y)
        generator = self.minimise(self.generator_optimizer, loss)
        self.freeze(self.discriminators, False)
        loss = 0.0
        pairs = zip(self.discriminators, (x, y), (fake_x.detach(), fake_y.detach()), strict=True)
        for discriminator, real, fake in pairs:
            loss += (self.call(discriminator, real) - 1).square().mean() / 2
            loss += self.call(discriminator, fake).square().mean() / 2
        return generator, self.minimise(self.discriminator_optimizer, loss)

    def freeze(self, networks, frozen):
        for network in networks:
            network.requires_grad_(not frozen)


@contextlib.contextmanager
def training(setting, precision):
    """A `Contender`; "bfloat16" is autocast."""
    trainer = Trainer(setting, precision)
    batch = random_batch(setting)
    images = [
        torch.from_numpy(array.transpose(0, 3, 1, 2))
        .to(DEVICE)
        .contiguous(memory_format=torch.channels_last)
        for array in (batch if setting.system == "cyclegan" else [batch])
    ]
    train_step = trainer.cyclegan_step if setting.system == "cyclegan" else trainer.train_step

    def step():
        return [float(loss) for loss in train_step(*images)]

    yield Contender(step, trainer.parameters)
