"""The two orders of play in the literature. Which parent a system chooses replaces a flag."""

import functools

import tensorflow as tf

from ganzoo.models.base import GAN


class AlternatingGAN(GAN):
    """The players move in turn, in the order of the table: each `steps` times, every time on a
    fresh minibatch. Hook: `<player>_loss(batch) -> {term: scalar}`.
    """

    def play(self, batch):
        minibatches = split(batch, self.batches_per_step)
        minibatches = [equal_parts(m, self.micro_batches) for m in minibatches]
        for name, player in self.players.items():
            compute = functools.partial(self._compute, name)
            # Unrolled in Python: apply inside tf.cond or a while loop fails under a strategy.
            for index, parts in enumerate(minibatches[: player.steps]):
                with self.turn_of(name, index):
                    gradients, terms = self.accumulate(parts, compute)
                    self.apply(name, gradients)
                for of_part in terms:
                    self.track(name, of_part)

    def _compute(self, name, part):
        with tf.GradientTape() as tape:
            terms = getattr(self, f"{name}_loss")(part)
        return self.gradients(name, tape, terms), terms


class SimultaneousGAN(GAN):
    """One forward pass, every player's gradient at the same parameters, then all move.
    Hook: `objectives(batch) -> {player: {term: scalar}}`.
    """

    def play(self, batch):
        with self.draws.at("objectives"):
            parts = equal_parts(batch, self.micro_batches)
            gradients, terms = self.accumulate(parts, self._compute)
        for name in self.players:
            self.apply(name, gradients[name])
            for of_part in terms:
                self.track(name, of_part[name])

    def _compute(self, part):
        with tf.GradientTape(persistent=True) as tape:
            terms = self.objectives(part)
        return {n: self.gradients(n, tape, terms[n]) for n in self.players}, terms


def split(batch, parts):
    """A batch, a dict of tensors, as `parts` disjoint minibatches.

    By stride, so that the union over replicas is the same whatever their number.

    Raises:
        ValueError: if the batch has fewer rows than parts.
    """
    rows = next(iter(batch.values())).shape[0]
    if rows is not None and rows < parts:
        raise ValueError(
            f"the dataset's batch size must be at least {parts}, one row for each minibatch of a "
            f"training step. Received: {rows}"
        )
    return [{k: v[i::parts] for k, v in batch.items()} for i in range(parts)]


def equal_parts(minibatch, parts):
    """A minibatch as `parts` disjoint ones with as many rows each, by stride; itself if it is one.

    Raises:
        ValueError: if its rows cannot be divided so (an `InvalidArgumentError` in training if their
            number is not known before).
    """
    if parts == 1:
        return [minibatch]
    values = next(iter(minibatch.values()))
    must = f"`micro_batches` must divide each replica's rows of a minibatch. Received: {parts}"
    rows = values.shape[0]
    if rows is None:
        rows = tf.shape(values)[0]
        tf.debugging.assert_equal(rows % parts, 0, f"{must}, rows that it does not divide")
    elif rows % parts:
        raise ValueError(f"{must}, and {rows} rows")
    return split(minibatch, parts)
