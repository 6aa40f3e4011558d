"""What a recipe trains on, by the kind of data that its system wants."""

import pathlib

import numpy as np

from ganzoo.data.images import load_images
from ganzoo.data.labelled import load_labelled
from ganzoo.data.pipeline import batches, random_crop, random_flip, unpaired

EXAMPLES = 8  # images that a translator's pictures show
CROP = 143 / 128  # an image's side before a random crop, over its side after it: CycleGAN's


class Images:
    """Images for a system that samples."""

    def __init__(self, gan, recipe, read):
        self.side, self.augment = _augmentation(recipe.augment, gan.image_shape[0])
        self.images = read(recipe.dataset, self._cached(gan.image_shape), recipe.split)
        self.sizes = [len(self.images)]

    def batches(self, batch_size, **arguments):
        """As `ganzoo.data.batches`."""
        return batches(self.images, batch_size, augment=self.augment, **arguments)

    def examples(self):
        """What `gan.picture` takes: here nothing."""

    def _cached(self, image_shape):
        return (self.side, self.side, image_shape[-1])


class Unpaired(Images):
    """Images of two domains: `split` names one split, or one folder in a folder, for each."""

    def __init__(self, gan, recipe, read):
        self.side, self.augment = _augmentation(recipe.augment, gan.image_shape[0])
        self.x, self.y = self._read(gan, recipe, recipe.split, read)
        self.sizes = [len(self.x), len(self.y)]
        examples = (self.x, self.y)
        if recipe.examples_split is not None:
            examples = self._read(gan, recipe, recipe.examples_split, read)
        self._examples = [_some(images, gan.image_shape[0]) for images in examples]

    def batches(self, batch_size, **arguments):
        return unpaired(self.x, self.y, batch_size, augment=self.augment, **arguments)

    def examples(self):
        return self._examples

    def _read(self, gan, recipe, splits, read):
        if isinstance(splits, str) or len(splits) != 2:
            raise ValueError(
                f"`split` must name two splits, of X and of Y, for the system {recipe.system!r}. "
                f"Received: {splits!r}"
            )
        folder = pathlib.Path(recipe.dataset).expanduser()
        sources = [(folder / s, "") if folder.is_dir() else (recipe.dataset, s) for s in splits]
        return [
            read(source, self._cached(gan.shapes[domain]), split)
            for domain, (source, split) in zip("xy", sources, strict=True)
        ]


class Labelled(Images):
    """Images with labels, for the domains of one data set."""

    def __init__(self, gan, recipe, read):
        self.side, self.augment = _augmentation(recipe.augment, gan.image_shape[0])

        def labelled(split):
            if len(gan.domains.blocks) > 1:
                raise ValueError(
                    "`domains` must be of one data set in a recipe; for several, join them in "
                    f"Python. Received: {gan.domains.blocks}"
                )
            shape = self._cached(gan.image_shape)
            return read(recipe.dataset, shape, split, domains=gan.domains.names)

        self.images, self.labels = labelled(recipe.split)
        self.sizes = [len(self.images)]
        split = recipe.examples_split
        examples = self.images if split is None else labelled(split)[0]
        self._examples = _some(examples, gan.image_shape[0])

    def batches(self, batch_size, **arguments):
        labels, augment = self.labels, self.augment
        return batches(self.images, batch_size, labels=labels, augment=augment, **arguments)

    def examples(self):
        return self._examples


KINDS = {"images": Images, "unpaired": Unpaired, "labelled": Labelled}


def for_training(gan, recipe, data_dir=None, unreadable="raise"):
    """What a recipe trains on: an object with `batches`, `examples` and `sizes`, a list: how many
    images, of each set that is drawn from.

    Args:
        gan: the model, whose `data` names the kind.
        recipe: a `ganzoo.recipes.Recipe`.
        data_dir, unreadable: as in `load_images`.

    Raises:
        DataError: if the data cannot be read.
        ValueError: if the recipe's `split` does not suit the system.
    """

    def read(source, image_shape, split, domains=None):
        where = {"split": split, "data_dir": data_dir, "unreadable": unreadable}
        if domains is not None:
            return load_labelled(source, image_shape, domains, **where)
        return load_images(source, image_shape, **where)

    return KINDS[gan.data](gan, recipe, read)


def _augmentation(name, side):
    """The side of a cached image, and the functions that make a batch of size `side` of it."""
    return {
        "none": (side, ()),
        "flip": (side, (random_flip,)),
        "crop_flip": (round(side * CROP), (random_crop(side), random_flip)),
    }[name]


def _some(images, side):
    """A few images from all over the data set, cropped at their centres to `side`."""
    chosen = images[np.linspace(0, len(images) - 1, min(EXAMPLES, len(images))).astype(int)]
    margin = (images.shape[1] - side) // 2
    return chosen[:, margin : margin + side, margin : margin + side]
