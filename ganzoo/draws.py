"""Randomness as a function of (seed, step, place, row), and of nothing else."""

import contextlib
import zlib

import tensorflow as tf

PHILOX = "philox"  # one generator on every device, instead of TensorFlow's choice by device


def key(seed, *parts):
    """A stateless seed, int64 (2,), from an integer seed and further integers or names.

    `seed` and `parts` may be Python integers, strings, or integer tensors.
    """
    result = tf.stack([tf.cast(seed, tf.int64), tf.constant(0, tf.int64)])
    for part in parts:
        if isinstance(part, str):
            part = zlib.crc32(part.encode())
        result = tf.random.fold_in(result, tf.cast(part, tf.int64), alg=PHILOX)
    return result


class Draws:
    """The random numbers of one training step.

    Each draw is keyed by the seed, the step, the place that `at` names, and its order there; its
    rows are those of the *global* batch, of which a replica takes its own. So a resumed run draws
    what an uninterrupted one would, and two replicas draw together what one would alone. So do the
    parts of a minibatch, see `part`: together they draw the rows that its whole would.
    """

    def __init__(self, seed, step):
        self._seed, self._step = seed, step
        self._place, self._count = (), 0
        self._part = (0, 1)

    @contextlib.contextmanager
    def at(self, *place):
        """Names the place of the draws within it, for example a player and its turn."""
        before = self._place, self._count
        self._place, self._count = place, 0
        try:
            yield
        finally:
            self._place, self._count = before

    @contextlib.contextmanager
    def part(self, index, parts):
        """The draws within are those of the rows `index::parts` of the minibatch of this place."""
        before = self._part
        self._part, self._count = (index, parts), 0
        try:
            yield
        finally:
            self._part = before

    def key(self):
        """A fresh stateless seed, int64 (2,), the same on every replica, another in every part."""
        index, parts = self._part
        return self._fresh() if parts == 1 else self._fresh(index)

    def _fresh(self, *more):
        self._count += 1
        return key(self._seed, self._step, *self._place, self._count, *more)

    def rows(self, draw, shape):
        """`draw(shape, key)` for the global batch; this replica's rows of it.

        Args:
            draw: callable (shape, seed) to a tensor of that shape.
            shape: of this replica's rows of this part; the first entry counts them.
        """
        rows, *rest = shape
        index, parts = self._part
        times = parts * tf.distribute.get_strategy().num_replicas_in_sync
        values = draw([rows * times, *rest], self._fresh())
        if parts > 1:
            values = values[index::parts]
        values = own_rows(values)
        return values if times == 1 else tf.reshape(values, [rows, *rest])

    def uniform(self, shape):
        """Float32 in [0, 1)."""
        return self.rows(lambda s, k: tf.random.stateless_uniform(s, k, alg=PHILOX), shape)


def global_rows(values):
    """The rows of the global batch, (batch, ...), from this replica's rows of it."""
    if tf.distribute.get_strategy().num_replicas_in_sync == 1:
        return values
    return tf.distribute.get_replica_context().all_gather(values, axis=0)


def own_rows(values):
    """This replica's rows of a tensor that holds those of the global batch."""
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    if replicas == 1:
        return values
    rows = tf.shape(values)[0] // replicas
    replica = tf.distribute.get_replica_context().replica_id_in_sync_group
    return values[replica * rows : (replica + 1) * rows]
