"""A model's scores: on what, by which network, of how many images; as records."""

import dataclasses
import typing

import numpy as np

import ganzoo
from ganzoo import data, imaging
from ganzoo.metrics import features, scores
from ganzoo.metrics.neighbours import closest_pairs
from ganzoo.models.sampling import Sampling
from ganzoo.registry import unknown

LEAST = 64  # images that scores and their intervals can be of


@dataclasses.dataclass
class Evaluation:
    """How a model is to be measured; every score is a record with its protocol.

    Attributes:
        gan: the model.
        dataset: the real data: TFDS name or folder.
        split: of the real data that samples are compared with.
        num: int, images to generate, at least 64.
        network: `Features` to compare samples by; None for ours of that data set.
        seed: int, of latents, subsets and bootstrap.
        moving_average: whether to measure the moving averages or the raw weights.
        examples_split: a translator's images with counterparts: a pair of splits, of X and Y, or
            one split of all domains.
        data_dir: TFDS's folder.
        resamples: int, of the bootstrap.
        facts: dict, put into every record: of the weights, the checkpoint ...
        say: function that is told, in words, what is being done.
    """

    gan: typing.Any
    dataset: str
    split: str = "test"
    num: int = 10_000
    network: features.Features | None = None
    seed: int = 0
    moving_average: bool = True
    examples_split: typing.Any = None
    data_dir: str | None = None
    resamples: int = scores.RESAMPLES
    facts: dict = dataclasses.field(default_factory=dict)
    say: typing.Callable = lambda message: None
    _samples: typing.Any = dataclasses.field(default=None, init=False, repr=False)

    def __post_init__(self):
        if self.num < LEAST:
            raise ValueError(f"`num` must be at least {LEAST}. Received: {self.num!r}")
        self.dataset = str(self.dataset)
        self.facts = {"versions": versions()} | self.facts

    @property
    def data_name(self):
        """The data set's name without configuration."""
        return self.dataset.split("/")[0].split(":")[0]

    def feature_network(self):
        """`network`, or ours of the data set.

        Raises:
            ValueError: if there is none of that name.
        """
        if self.network is None:
            if self.data_name not in features.names():
                raise ValueError(
                    f"`features` must be named for images of {self.dataset!r}, one of "
                    f"{[*features.names(), 'inception']}. Received: None"
                )
            self.network = features.load(self.data_name)
        return self.network

    def reference(self):
        """The `Reference` of the real data: shipped with the network, or taken from the data."""
        network = self.feature_network()
        if network.name == self.data_name:
            return network.reference(self.split)
        self.say(f"reading {self.dataset}, split {self.split}")
        images = data.load_images(self.dataset, self.gan.image_shape, self.split, self.data_dir)
        self.say(f"features of {len(images):,} real images")
        return features.Reference.of(network(images), self.split)

    def samples(self):
        """The generated images, uint8, and the network's `Answers` to them; computed once."""
        if self._samples is None:
            self.say(f"generating {self.num:,} images")
            images = self.gan.sample(self.num, seed=self.seed, moving_average=self.moving_average)
            self.say(f"features of {self.num:,} generated images")
            self._samples = images, self.feature_network()(images)
        return self._samples

    def closest_pairs(self, num=20):
        """The most similar pairs of samples, one above the other: uint8 (height, width, channels).

        For the birthday test by eye (Arora and Zhang 2017, 1706.08224): are they the same image?
        """
        images, answers = self.samples()
        pairs, _ = closest_pairs(answers.features, num)
        halves = np.array_split(pairs, max(1, -(-len(pairs) // 10)))
        rows = np.concatenate([images[half.T.reshape(-1)] for half in halves])
        return imaging.grid(rows, columns=len(halves[0]))

    def record(self, metric, score, better, network=None, **protocol):
        """A record, a dict for JSON, of a `Score`."""
        low, high = score.interval
        by = {"features": network.name, "features_sha256": network.sha256} if network else {}
        return {
            "metric": metric,
            "value": score.value,
            "interval": [low, high],
            "better": better,
            "dataset": self.dataset,
            **by,
            **protocol,
            "settings": score.settings,
            "seed": self.seed,
            "moving_average": self.moving_average,
            **self.facts,
        }

    def mean(self, values, settings=None):
        """The `Score` of a mean over images."""
        return scores.mean_of(values, self.seed, settings or {}, self.resamples)


def records(evaluation, names=None):
    """Measures.

    Args:
        evaluation: an `Evaluation`.
        names: of scores; None for all of samples, or of translations.

    Yields:
        Records, as they are measured.

    Raises:
        ValueError: for a name that is unknown, or that this model cannot have; for settings that
            do not suit.
        DataError: if real data are needed and not there.
    """
    from ganzoo.metrics import families

    gan = evaluation.gan
    names = list(names or (families.SAMPLES if isinstance(gan, Sampling) else families.TRANSLATION))
    for name in names:
        if name not in families.BETTER:
            raise ValueError(unknown("metrics", name, families.BETTER))
    for known, suits, measure in families.FAMILIES:
        asked = [name for name in names if name in known]
        if asked and not suits(gan):
            raise ValueError(
                f"`metrics` of a {type(gan).__name__} must be of {families.available(gan)}. "
                f"Received: {asked[0]!r}"
            )
        if asked:
            yield from measure(evaluation, asked)


def versions():
    """Of what computes the scores."""
    import keras
    import numpy
    import tensorflow

    modules = {"tensorflow": tensorflow, "keras": keras, "numpy": numpy}
    return {"ganzoo": ganzoo.__version__} | {n: m.__version__ for n, m in modules.items()}
