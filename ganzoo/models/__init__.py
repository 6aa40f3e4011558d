"""Every system, one file each. Importing this package registers them all."""

from ganzoo.models.dcgan import DCGAN
from ganzoo.models.wgan_gp import WGANGP

__all__ = ["DCGAN", "WGANGP"]
