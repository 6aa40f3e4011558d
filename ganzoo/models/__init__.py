"""Every system, one file each. Importing this package registers them all."""

from ganzoo.models import optimizers  # registers the schedules that a saved model may have
from ganzoo.models.ali import ALI
from ganzoo.models.bigan import BiGAN
from ganzoo.models.cyclegan import CycleGAN
from ganzoo.models.dcgan import DCGAN
from ganzoo.models.fgan import FGAN
from ganzoo.models.hali import HALI
from ganzoo.models.lsgan import LSGAN
from ganzoo.models.sngan import SNGAN
from ganzoo.models.stargan import StarGAN
from ganzoo.models.wgan import WGAN
from ganzoo.models.wgan_gp import WGANGP

__all__ = [
    "ALI",
    "DCGAN",
    "FGAN",
    "HALI",
    "LSGAN",
    "SNGAN",
    "WGAN",
    "WGANGP",
    "BiGAN",
    "CycleGAN",
    "StarGAN",
    "optimizers",
]
