"""Players, their optimizers, and the one correct way to update: every system's base."""

import contextlib
import contextvars
import dataclasses

import keras
import tensorflow as tf

from ganzoo.draws import Draws
from ganzoo.layers import SpectralNormalization, frozen_statistics
from ganzoo.models.construction import Construction

# Of the step being traced, its draws and its logged values (name to a list with one entry for each
# of the player's moves, or for each part of their minibatches); each replica is traced in a thread
# of its own.
_DRAWS = contextvars.ContextVar("draws")
_VALUES = contextvars.ContextVar("values")


@dataclasses.dataclass(frozen=True)
class Player:
    """One side of the game.

    Attributes:
        networks: names of the networks whose trainable variables it moves.
        terms: names of the terms that its loss returns; each is logged as "<player>/<term>".
        steps: how many times it moves in one training step, each time on a fresh minibatch.
        metrics: names of values that its loss returns to be logged, not minimised.
    """

    networks: tuple
    terms: tuple = ("adversarial",)
    steps: int = 1
    metrics: tuple = ()


class GAN(Construction):
    """Owns the players, their gradients and updates, metrics, randomness and moving averages.

    A subclass says which networks it has (see `Construction`), who plays, and what each player
    minimises; see `schedules` for the two orders of play.
    """

    players = {
        "discriminator": Player(("discriminator",)),
        "generator": Player(("generator",)),
    }
    # Whether the discriminator's terms fall to zero once it tells all real from all fake: so do
    # logistic, least-squares and hinge losses; Wasserstein's and f-GAN's have no such floor.
    saturates = True

    # -- what a system may redefine ---------------------------------------------------------

    def unpack(self, data):
        """A dataset's element as a dict of tensors with equal first dimensions."""
        raise NotImplementedError

    def after_update(self, name):
        """Called after a player moved."""

    # -- one owner of updates ---------------------------------------------------------------

    @property
    def batches_per_step(self):
        """Into how many minibatches a training step splits its batch."""
        return max(player.steps for player in self.players.values())

    @property
    def draws(self):
        """The random numbers of the present training step."""
        return _DRAWS.get()

    def variables_of(self, name):
        """The trainable variables that a player moves."""
        networks = [getattr(self, n) for n in self.players[name].networks]
        return [v for network in networks for v in network.trainable_variables]

    @contextlib.contextmanager
    def turn_of(self, name, index=0):
        """A player's turn: its own draws, and the other players' statistics standing still."""
        own = self.players[name].networks
        others = [getattr(self, n) for n in self.network_names if n not in own]
        with self.draws.at(name, index), frozen_statistics(others):
            yield

    def gradients(self, name, tape, terms):
        """Gradients of a player's summed terms, ready to be summed over a minibatch's parts and,
        by Keras, over replicas."""
        parts = self.micro_batches * _replicas()
        with tape:
            minimised = [tf.cast(terms[term], tf.float32) for term in self.players[name].terms]
            loss = self.optimizers[name].scale_loss(tf.add_n(minimised) / parts)
        return tape.gradient(loss, self.variables_of(name))

    def accumulate(self, parts, compute):
        """Computes the parts of a minibatch one after another, so that one's activations are gone
        before the next one's are there.

        Args:
            parts: list of dicts of tensors, see `schedules.equal_parts`.
            compute: callable, part to (gradients, terms); gradients in any structure.

        Returns:
            (the parts' sum of the gradients, list of the parts' terms).
        """
        total, terms, done = None, [], []

        def compute_part(index, part):
            part = dict(part)
            with self.draws.part(index, len(parts)):
                return (*compute(part), part)

        if len(parts) > 1 and _replicas() == 1:
            # Traced once for all parts; among replicas, it may not hold what they do together.
            compute_part = tf.function(compute_part)
        for index, part in enumerate(parts):
            # Of a graph's operations all run that can; these wait for what came before.
            with tf.control_dependencies(done):
                gradients, found, left = compute_part(tf.constant(index), part)
                total = gradients if index == 0 else _sum(total, gradients)
            part |= left  # what the player put there for the next one
            done = [g for g in tf.nest.flatten(total) if g is not None]
            terms.append(found)
        return total, terms

    def apply(self, name, gradients):
        """Moves a player along its gradients; layers that follow the weights follow, once.

        Logs "<player>/gradient_norm": over all its variables, the L2 norm of the mean gradient of a
        replica's rows, averaged over replicas.
        """
        optimizer, replicas = self.optimizers[name], _replicas()
        norm = tf.linalg.global_norm(gradients)
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            if replicas > 1:  # it skips the move if its own gradients overflow: so must all
                everyone = tf.distribute.get_replica_context().all_reduce("sum", norm)
                gradients = [g + tf.cast(0 * everyone, g.dtype) for g in gradients]
            norm /= optimizer.scale_loss(1.0)
        self._log(f"{name}/gradient_norm", norm * replicas)
        optimizer.apply(gradients, self.variables_of(name))
        self.after_update(name)
        for network in self.players[name].networks:
            for layer in getattr(self, network)._flatten_layers():
                if isinstance(layer, SpectralNormalization):
                    layer.iterate()

    def track(self, name, terms):
        """Adds a player's terms to its metrics."""
        declared = self.players[name].terms + self.players[name].metrics
        if set(terms) != set(declared):
            raise ValueError(
                f"{type(self).__name__}: player {name!r} declares the terms {sorted(declared)}. "
                f"Received: {sorted(terms)}"
            )
        for term, value in terms.items():
            self._log(f"{name}/{term}", value)

    def _log(self, key, value):
        _VALUES.get().setdefault(key, []).append(tf.cast(value, tf.float32))

    def train_step(self, data):
        """One training step, as `play` orders it; then the moving averages follow.

        Returns:
            Dict of name to float32 scalar: this step's terms, over the global batch. (Keras takes
            the means over an epoch from the metrics.)
        """
        _DRAWS.set(Draws(self.seed, self.step.value))
        _VALUES.set({})
        self.play(self.unpack(data))
        self.update_averages()
        self.step.assign_add(1)
        means = tf.stack([tf.add_n(values) / len(values) for values in _VALUES.get().values()])
        if _replicas() > 1:
            means = tf.distribute.get_replica_context().all_reduce("mean", means)
        means = dict(zip(_VALUES.get(), tf.unstack(means), strict=True))
        for key, value in means.items():
            self.trackers[key].update_state(value)
        if isinstance(self.distribute_strategy, tf.distribute.MultiWorkerMirroredStrategy):
            # Keras averages over workers along the first axis.
            means = {key: value[tf.newaxis] for key, value in means.items()}
        return means

    def play(self, batch):
        raise NotImplementedError("a system is an AlternatingGAN or a SimultaneousGAN")

    def update_averages(self):
        """average += (1 - decay) (raw - average), batch statistics included."""
        step = tf.cast(self.step.value, tf.float32)
        decay = tf.minimum(self.average_decay, (1 + step) / (10 + step))
        for name, average in self.averages.items():
            for slow, raw in zip(average.variables, getattr(self, name).variables, strict=True):
                slow.assign_add((1 - decay) * (raw - slow))


def _sum(left, right):
    def add(one, other):  # None where a variable is not connected to the loss
        return None if one is None else tf.add_n([one, other])

    return tf.nest.map_structure(add, left, right)


def _replicas():
    return tf.distribute.get_strategy().num_replicas_in_sync
