"""The two orders of play in the literature. Which parent a system chooses replaces a flag."""

import tensorflow as tf

from ganzoo.models.base import GAN


class AlternatingGAN(GAN):
    """The players move in turn, in the order of the table: each `steps` times, every time on a
    fresh minibatch. Hook: `<player>_loss(batch) -> {term: scalar}`.
    """

    def play(self, batch):
        minibatches = split(batch, self.batches_per_step)
        for name, player in self.players.items():
            loss = getattr(self, f"{name}_loss")
            # Unrolled in Python: apply inside tf.cond or a while loop fails under a strategy.
            for index, minibatch in enumerate(minibatches[: player.steps]):
                with self.turn_of(name, index):
                    with tf.GradientTape() as tape:
                        terms = loss(minibatch)
                    self.apply(name, self.gradients(name, tape, terms))
                self.track(name, terms)


class SimultaneousGAN(GAN):
    """One forward pass, every player's gradient at the same parameters, then all move.
    Hook: `objectives(batch) -> {player: {term: scalar}}`.
    """

    def play(self, batch):
        with self.draws.at("objectives"):
            with tf.GradientTape(persistent=True) as tape:
                terms = self.objectives(batch)
            gradients = {n: self.gradients(n, tape, terms[n]) for n in self.players}
        for name in self.players:
            self.apply(name, gradients[name])
            self.track(name, terms[name])


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
