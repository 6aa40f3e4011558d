"""The domains of StarGAN: names, and the label vectors that its networks take."""

import numpy as np
import tensorflow as tf

from ganzoo.losses.classification import KINDS
from ganzoo.models.signatures import check, place_of
from ganzoo.registry import unknown

# The facial expressions of StarGAN's second data set.
RAFD = ("angry", "contemptuous", "disgusted", "fearful", "happy", "neutral", "sad", "surprised")


class Domains:
    """Named domains in one block for each data set.

    A label vector holds, for every domain, whether it holds (0 where the data set does not say),
    and then, if there are several data sets, a one-hot mask that tells which one it is from.

    Args:
        names: the domains' names; or, for several data sets, a list of such lists.
        kinds: "one_of" if exactly one domain of a block holds, "any_of" if they are independent
            attributes; one for all data sets, or a list with one for each.

    Raises:
        ValueError: for names that repeat, fewer than two of them, or an unknown kind.
    """

    def __init__(self, names, kinds="one_of"):
        blocks = [names] if all(isinstance(n, str) for n in names) else names
        self.blocks = tuple(tuple(block) for block in blocks)
        self.names = tuple(name for block in self.blocks for name in block)
        if len(set(self.names)) != len(self.names) or len(self.names) < 2:
            raise ValueError(
                f"`domains` must be at least two names, each once. Received: {names!r}"
            )
        kinds = [kinds] * len(self.blocks) if isinstance(kinds, str) else list(kinds)
        for kind in kinds:
            if kind not in KINDS:
                raise ValueError(unknown("labels", kind, KINDS))
        if len(kinds) != len(self.blocks):
            raise ValueError(
                f"`labels` must have one entry for each of the {len(self.blocks)} data sets. "
                f"Received: {kinds!r}"
            )
        self.kinds = tuple(kinds)

    @property
    def size(self):
        """The length of a label vector."""
        return len(self.names) + (len(self.blocks) if len(self.blocks) > 1 else 0)

    def vector(self, domain):
        """The label vector, float32 (size,), of one domain's name or of several.

        Raises:
            ValueError: for an unknown name, names of several data sets, or several names of a
                "one_of" data set.
        """
        chosen = [domain] if isinstance(domain, str) else list(domain)
        for name in chosen:
            if name not in self.names:
                raise ValueError(unknown("domain", name, self.names))
        blocks = {self._block_of(name) for name in chosen}
        if len(blocks) != 1 or (len(chosen) > 1 and self.kinds[min(blocks)] == "one_of"):
            raise ValueError(
                "`domain` must be one name, or several attributes of one data set that can hold "
                f"together. Received: {domain!r}"
            )
        vector = np.zeros(self.size, np.float32)
        vector[[self.names.index(name) for name in chosen]] = 1
        if len(self.blocks) > 1:
            vector[len(self.names) + min(blocks)] = 1
        return vector

    def vectors_of(self, texts):
        """The label vectors, float32 (num, size), of strings (num,).

        Args:
            texts: for each row a name, or its place among `names` as a decimal; of attributes that
                can hold together several, with commas between them.

        Raises:
            tf.errors.InvalidArgumentError: when it runs, for what `vector` refuses.
        """
        several = "any_of" in self.kinds
        parts = (
            tf.strings.split(texts, ",") if several else tf.RaggedTensor.from_tensor(texts[:, None])
        )
        places, rows = place_of("domain", parts.flat_values, self.names), parts.value_rowids()

        def of_rows(reduce, values):
            return reduce(values, rows, tf.shape(texts)[0])

        blocks = tf.gather([self._block_of(name) for name in self.names], places)
        first = of_rows(tf.math.unsorted_segment_min, blocks)
        last = of_rows(tf.math.unsorted_segment_max, blocks)
        alone = of_rows(tf.math.unsorted_segment_sum, tf.ones_like(places)) == 1
        free = tf.gather([kind == "any_of" for kind in self.kinds], first)
        allowed = "one name, or several attributes of one data set, with commas"
        fits = tf.reduce_all((first == last) & (alone | free))
        with tf.control_dependencies([check(fits, "domain", allowed, texts)]):
            table = tf.constant(np.stack([self.vector(name) for name in self.names]))
        return of_rows(tf.math.unsorted_segment_max, tf.gather(table, places))

    def vectors(self, labels):
        """A dataset's labels as label vectors, a float32 tensor (batch, size).

        Args:
            labels: integers (batch,), places among all `names`, if all data sets are "one_of";
                or label vectors (batch, size) of zeros and ones.

        Raises:
            ValueError: for another shape or dtype.
            tf.errors.InvalidArgumentError: while training, for values out of range.
        """
        labels = tf.convert_to_tensor(labels)
        if len(labels.shape) == 1 and labels.dtype.is_integer and set(self.kinds) == {"one_of"}:
            num = len(self.names)
            with tf.control_dependencies(
                [
                    tf.debugging.assert_non_negative(labels, f"labels must lie in [0, {num})"),
                    tf.debugging.assert_less(
                        labels, tf.cast(num, labels.dtype), f"labels must lie in [0, {num})"
                    ),
                ]
            ):
                labels = tf.cast(labels, tf.int32)
            table = np.stack([self.vector(name) for name in self.names])
            return tf.gather(tf.constant(table), labels)
        if len(labels.shape) != 2 or labels.shape[1] != self.size:
            integers = "" if "any_of" in self.kinds else "integers of shape (batch,), or "
            raise ValueError(
                f"the dataset's labels must be {integers}zeros and ones of shape "
                f"(batch, {self.size}). Received: {labels.dtype.name} {tuple(labels.shape)}"
            )
        labels = tf.cast(labels, tf.float32)
        message = "label vectors must hold zeros and ones"
        with tf.control_dependencies(
            [tf.debugging.assert_equal(labels * (1 - labels), tf.zeros_like(labels), message)]
        ):
            return tf.identity(labels)

    def classification_loss(self, vectors, logits):
        """E CE(c | x): each row's own data set's loss, a float32 scalar.

        Args:
            vectors: label vectors, float (batch, size).
            logits: float (batch, len(names)).
        """
        first, losses = 0, []
        for index, (block, kind) in enumerate(zip(self.blocks, self.kinds, strict=True)):
            part = slice(first, first + len(block))
            loss = KINDS[kind](vectors[:, part], logits[:, part])
            if len(self.blocks) > 1:
                loss *= tf.cast(vectors[:, len(self.names) + index], tf.float32)
            losses.append(loss)
            first += len(block)
        return tf.reduce_mean(tf.add_n(losses))

    def _block_of(self, name):
        return next(i for i, block in enumerate(self.blocks) if name in block)
