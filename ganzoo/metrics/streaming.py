"""Keras metrics that see activations batch by batch, and merge over replicas.

Two kinds of state, both float64 and both merged by adding: sums, where the score is a function of
sums; and the activations themselves, up to a capacity, where it is one of pairs.
"""

import keras
import numpy as np
import tensorflow as tf

from ganzoo.metrics import classification, kernel, neighbours
from ganzoo.metrics.frechet import Moments, frechet_distance
from ganzoo.metrics.wasserstein import sliced_wasserstein


class Streaming(keras.metrics.Metric):
    """A score of activations (batch, size), seen with `update_state`."""

    def score(self, *state):
        """The score, a float, from the state's arrays in the order of their making."""
        raise NotImplementedError

    def result(self):
        """The score so far: float64 scalar. NaN while it is undefined."""
        state = [tf.convert_to_tensor(v) for v in self.variables]
        return tf.ensure_shape(tf.numpy_function(self._score_or_nan, state, tf.float64), ())

    def merge(self, others):
        """Adds the state of other metrics of the same kind to this one's."""
        for other in others:
            for mine, theirs in zip(self.variables, other.variables, strict=True):
                mine.assign_add(theirs)

    def _score_or_nan(self, *state):
        return np.float64(self.score(*state) if self.defined(*state) else np.nan)

    def defined(self, *state):
        """Whether enough was seen."""
        return state[0] > 0

    def _sum(self, name, *shape):
        return self.add_variable(shape, "zeros", "float64", name=name)


class FrechetDistance(Streaming):
    """`frechet_distance` of the activations seen from `real`, their `Moments`."""

    def __init__(self, real, name="frechet_distance", **kwargs):
        super().__init__(name=name, dtype="float64", **kwargs)
        size = len(real.mean)
        self.real = real
        self.num = self._sum("num")
        self.total = self._sum("total", size)
        self.products = self._sum("products", size, size)

    def update_state(self, activations):
        # About the real mean, so that no digits are lost where it is large.
        rows = tf.cast(activations, tf.float64) - self.real.mean
        self.num.assign_add(tf.cast(tf.shape(rows)[0], tf.float64))
        self.total.assign_add(tf.reduce_sum(rows, 0))
        self.products.assign_add(tf.matmul(rows, rows, transpose_a=True))

    def defined(self, num, *state):
        return num >= 2

    def score(self, num, total, products):
        fake = Moments.of_sums(num, total, products)
        real = Moments(np.zeros_like(self.real.mean), self.real.covariance, self.real.num)
        return frechet_distance(real, fake)


class ClassifierScore(Streaming):
    """`classifier_score` of the logits seen, in one split."""

    def __init__(self, classes, name="classifier_score", **kwargs):
        super().__init__(name=name, dtype="float64", **kwargs)
        self.num = self._sum("num")
        self.p = self._sum("p", classes)
        self.p_log_p = self._sum("p_log_p")

    def update_state(self, logits):
        logits = tf.cast(logits, tf.float64)
        p = tf.nn.softmax(logits)
        self.num.assign_add(tf.cast(tf.shape(p)[0], tf.float64))
        self.p.assign_add(tf.reduce_sum(p, 0))
        self.p_log_p.assign_add(tf.reduce_sum(p * tf.nn.log_softmax(logits)))

    def score(self, num, p, p_log_p):
        return np.exp(p_log_p / num - classification.negative_entropy(p / num))


class ModeScore(ClassifierScore):
    """`mode_score` of the logits seen, against the classes' shares in the real data."""

    def __init__(self, real_probabilities, name="mode_score", **kwargs):
        super().__init__(len(real_probabilities), name=name, **kwargs)
        self.real_probabilities = np.asarray(real_probabilities, np.float64)

    def score(self, num, p, p_log_p):
        divergence = classification.kl(p / num, self.real_probabilities)
        return super().score(num, p, p_log_p) * np.exp(-divergence)


class ReverseKL(Streaming):
    """The second of `coverage`, of the labels (batch,) seen."""

    def __init__(self, classes, real_shares=None, name="reverse_kl", **kwargs):
        super().__init__(name=name, dtype="float64", **kwargs)
        self.real_shares = np.full(classes, 1 / classes) if real_shares is None else real_shares
        self.counts = self._sum("counts", classes)

    def update_state(self, labels):
        self.counts.assign_add(
            tf.cast(tf.math.bincount(labels, minlength=len(self.real_shares)), tf.float64)
        )

    def defined(self, counts):
        return counts.sum() > 0

    def score(self, counts):
        return classification.kl(counts / counts.sum(), self.real_shares)


class Modes(ReverseKL):
    """The first of `coverage`: how many classes were seen."""

    def __init__(self, classes, name="modes", **kwargs):
        super().__init__(classes, name=name, **kwargs)

    def score(self, counts):
        return (counts > 0).sum()


class Collected(Streaming):
    """A score of activations as a set: keeps the first `capacity` rows seen, float64.

    Args:
        function: float of (real, fake).
        real: activations (num, size).
        capacity: int, rows of fake ones; `real`'s number if None.
        least: int, rows from which on the score is defined.
    """

    def __init__(self, function, real, capacity=None, least=2, name="collected", **kwargs):
        super().__init__(name=name, dtype="float64", **kwargs)
        self.function, self.least = function, least
        self.real = np.asarray(real, np.float64)
        capacity = len(self.real) if capacity is None else capacity
        self.seen = self._sum("seen")
        self.filled = self._sum("filled", capacity)
        self.rows = self._sum("rows", capacity, self.real.shape[1])

    def update_state(self, activations):
        # Each replica writes to its own rows of the global batch, so that adding joins them.
        rows = tf.cast(activations, tf.float64)
        num = tf.shape(rows)[0]
        context = tf.distribute.get_replica_context()
        start = tf.cast(tf.convert_to_tensor(self.seen), tf.int32)
        start = start * context.num_replicas_in_sync + context.replica_id_in_sync_group * num
        places = start + tf.range(num)
        kept = places < self.filled.shape[0]
        places = tf.boolean_mask(places, kept)[:, None]
        rows = tf.boolean_mask(rows, kept)
        self.filled.assign_add(tf.scatter_nd(places, tf.ones_like(rows[:, 0]), self.filled.shape))
        self.rows.assign_add(tf.scatter_nd(places, rows, self.rows.shape))
        self.seen.assign_add(tf.cast(num, tf.float64))

    def merge(self, others):
        """Appends the rows that the other metrics keep, as far as there is room."""
        for other in others:
            self.update_state(other.rows.numpy()[other.filled.numpy() > 0])

    def defined(self, seen, filled, rows):
        return filled.sum() >= self.least

    def score(self, seen, filled, rows):
        return self.function(self.real, rows[filled > 0])


class KernelDistance(Collected):
    """Mean of `kernel_distance` from `real`; its further arguments are passed on."""

    def __init__(self, real, name="kernel_distance", subset_size=1000, **arguments):
        super().__init__(
            lambda x, y: kernel.kernel_distance(x, y, subset_size=subset_size, **arguments).mean(),
            real,
            least=subset_size,
            name=name,
        )


class GaussianMMD(Collected):
    """Mean of `gaussian_mmd` from `real`; its further arguments are passed on."""

    def __init__(self, real, name="gaussian_mmd", subset_size=1000, **arguments):
        super().__init__(
            lambda x, y: kernel.gaussian_mmd(x, y, subset_size=subset_size, **arguments).mean(),
            real,
            least=subset_size,
            name=name,
        )


class Precision(Collected):
    """Share of the images seen that lie in the manifold of `real`."""

    def __init__(self, real, k=3, name="precision"):
        super().__init__(
            lambda x, y: neighbours.in_manifold(y, x, k).mean(), real, None, k + 1, name
        )


class Recall(Collected):
    """Share of `real` that lies in the manifold of the images seen."""

    def __init__(self, real, k=3, name="recall"):
        super().__init__(
            lambda x, y: neighbours.in_manifold(x, y, k).mean(), real, None, k + 1, name
        )


class TwoSampleAccuracy(Collected):
    """Accuracy of `two_sample_test`; defined once as many rows as `real` has were seen."""

    def __init__(self, real, name="two_sample_accuracy"):
        super().__init__(
            lambda x, y: neighbours.two_sample_test(x, y).mean(), real, None, len(real), name
        )


class BirthdaySupport(Collected):
    """`support_size` of the images seen, up to `capacity`, with pairs closer than `threshold` as
    duplicates; infinite if there are none."""

    def __init__(self, size, threshold, capacity=10_000, name="birthday_support"):
        def support(_, rows):
            pairs = neighbours.duplicates_below(rows, threshold)
            median = np.median(neighbours.first_collisions(len(rows), pairs))
            return neighbours.support_size(median)

        super().__init__(support, np.zeros((0, size)), capacity, name=name)


class SlicedWasserstein(Collected):
    """Mean over the levels of `sliced_wasserstein` of the images seen from `real`.

    Args:
        real: uint8 (num, side, side, channels); as many must be seen.
        **arguments: of `sliced_wasserstein`.
    """

    def __init__(self, real, name="sliced_wasserstein", **arguments):
        def distance(x, y):
            x, y = (rows.reshape(-1, *real.shape[1:]).astype(np.uint8) for rows in (x, y))
            return np.mean([fake for _, fake in sliced_wasserstein(x, y, **arguments).values()])

        super().__init__(distance, real.reshape(len(real), -1), None, len(real), name)

    def update_state(self, images):
        super().update_state(tf.reshape(images, (-1, self.real.shape[1])))
