"""Players, their optimizers, and the one correct way to update: every system's base."""

import contextlib
import contextvars
import dataclasses
import inspect

import keras
import tensorflow as tf

from ganzoo.draws import Draws
from ganzoo.layers import SpectralNormalization, frozen_statistics
from ganzoo.registry import unknown

# The draws of the step being traced; each replica is traced in a thread of its own.
_DRAWS = contextvars.ContextVar("draws")


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


class GAN(keras.Model):
    """Owns the players, their optimizers, gradients, metrics, randomness and moving averages.

    A subclass says which networks it has, who plays, and what each player minimises; see
    `schedules` for the two orders of play. Arguments after `*` are shared by all systems.

    Args:
        networks: dict of name to Keras model; each becomes an attribute.
        seed: int; with the step it determines every random draw of training.
        average_decay: float in [0, 1), of the exponential moving average of the networks named
            in `averaged`, per training step; it warms up as (1 + step) / (10 + step).
    """

    players = {
        "discriminator": Player(("discriminator",)),
        "generator": Player(("generator",)),
    }
    averaged = ("generator",)  # networks with a moving average, used for sampling

    def __init__(self, networks, *, seed=0, average_decay=0.999, name=None):
        super().__init__(name=name)
        if not 0 <= average_decay < 1:
            raise ValueError(f"`average_decay` must be in [0, 1). Received: {average_decay!r}")
        self.network_names = tuple(networks)
        for network_name, network in networks.items():
            setattr(self, network_name, network)
        self.averages = {n: _twin(getattr(self, n)) for n in self.averaged}
        self.seed = int(seed)
        self.average_decay = float(average_decay)
        self.step = self.add_weight(
            name="step",
            shape=(),
            dtype="int64",
            initializer="zeros",
            trainable=False,
            aggregation="only_first_replica",
        )
        self.optimizers = {}
        self.sizes = None  # of the networks, where `create` made them
        self.built = True  # the networks are built; `fit` need not call the model

    # -- making one from arguments --------------------------------------------------------------

    @staticmethod
    def default_networks(**arguments):
        """The paper's networks, as a dict of name to Keras model."""
        raise NotImplementedError

    @classmethod
    def create(cls, **arguments):
        """An untrained model with `default_networks`.

        Args:
            **arguments: of `default_networks` (sizes) and of the class (hyper-parameters).

        Raises:
            ValueError: for an argument that neither has.
        """
        sizes = inspect.signature(cls.default_networks).parameters
        allowed = {*sizes, *_hyperparameters(cls)}
        for name in arguments:
            if name not in allowed:
                raise ValueError(unknown("argument", name, allowed))
        chosen = {k: v for k, v in arguments.items() if k in sizes}
        rest = {k: v for k, v in arguments.items() if k not in sizes}
        gan = cls(**cls.default_networks(**chosen), **rest)
        gan.sizes = chosen
        return gan

    # -- what a system may redefine ---------------------------------------------------------

    def unpack(self, data):
        """A dataset's element as a dict of tensors with equal first dimensions.

        Images may be uint8, or float in [-1, 1]; labels beside them are left out.
        """
        images = data[0] if isinstance(data, (tuple, list)) else data
        if images.dtype == tf.uint8:
            images = tf.cast(images, tf.float32) / 127.5 - 1
        return {"images": images}

    def after_update(self, name):
        """Called after a player moved."""

    def default_optimizers(self):
        """The paper's optimizers, one for each player."""
        raise NotImplementedError

    # -- compiling --------------------------------------------------------------------------

    def compile(self, optimizers=None, **kwargs):
        """Keras's `compile`, with one optimizer for each player.

        Args:
            optimizers: dict of player name to Keras optimizer; None for the paper's own.

        Raises:
            ValueError: if the players and the optimizers do not match.
        """
        optimizers = self.default_optimizers() if optimizers is None else optimizers
        if set(optimizers) != set(self.players):
            raise ValueError(
                f"`optimizers` must have one entry for each player {sorted(self.players)}. "
                f"Received: {sorted(optimizers)}"
            )
        super().compile(optimizer=None, loss=None, **kwargs)
        self.optimizers = dict(optimizers)
        self.trackers = {
            f"{name}/{term}": keras.metrics.Mean(name=f"{name}/{term}")
            for name, player in self.players.items()
            for term in player.terms + player.metrics
        }

    def build_optimizers(self):
        """Creates the optimizers' slots, if not yet there: before training or restoring."""
        for name, optimizer in self.optimizers.items():
            if not optimizer.built:
                with self.distribute_strategy.scope():
                    optimizer.build(self.variables_of(name))

    def make_train_function(self, force=False):
        if not self.optimizers:
            raise ValueError("`compile` must come before `fit`. Received: a model not compiled")
        self.build_optimizers()
        return super().make_train_function(force)

    def get_compile_config(self):
        if not self.optimizers:
            return None
        return {
            "optimizers": {
                n: keras.saving.serialize_keras_object(o) for n, o in self.optimizers.items()
            },
            "built": all(optimizer.built for optimizer in self.optimizers.values()),
        }

    def compile_from_config(self, config):
        self.compile(
            {n: keras.saving.deserialize_keras_object(o) for n, o in config["optimizers"].items()}
        )
        if config["built"]:
            self.build_optimizers()

    def without_slots(self):
        """A copy that shares no variables, compiled alike but with optimizers not yet built."""
        copy = type(self).from_config(self.get_config())
        for theirs, ours in zip(copy.variables, self.variables, strict=True):
            theirs.assign(ours)
        copy.compile_from_config(self.get_compile_config() | {"built": False})
        return copy

    # -- configuration ----------------------------------------------------------------------

    def get_config(self):
        """The arguments of `create`; of the class, if its networks came from a user.

        A folder thus names sizes, not layers: Keras's own configurations of layers change with
        its version, and ours load under them all.
        """
        config = {"seed": self.seed, "average_decay": self.average_decay, "name": self.name}
        if self.sizes is not None:
            return config | {"sizes": dict(self.sizes)}
        networks = {n: getattr(self, n) for n in self.network_names}
        return config | {
            "networks": {n: keras.saving.serialize_keras_object(v) for n, v in networks.items()}
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        if "sizes" in config:
            return cls.create(**config.pop("sizes"), **config)
        networks = config.pop("networks")
        networks = {n: keras.saving.deserialize_keras_object(v) for n, v in networks.items()}
        return cls(**networks, **config)

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
        """Gradients of a player's summed terms, ready to be summed over replicas by Keras."""
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        with tape:
            minimised = [tf.cast(terms[term], tf.float32) for term in self.players[name].terms]
            loss = tf.add_n(minimised) / replicas
        return tape.gradient(loss, self.variables_of(name))

    def apply(self, name, gradients):
        """Moves a player along its gradients; layers that follow the weights follow, once."""
        self.optimizers[name].apply(gradients, self.variables_of(name))
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
            self.trackers[f"{name}/{term}"].update_state(value)

    def train_step(self, data):
        """One training step, as `play` orders it; then the moving averages follow."""
        _DRAWS.set(Draws(self.seed, self.step.value))
        self.play(self.unpack(data))
        self.update_averages()
        self.step.assign_add(1)
        return {key: metric.result() for key, metric in self.trackers.items()}

    def play(self, batch):
        raise NotImplementedError("a system is an AlternatingGAN or a SimultaneousGAN")

    def update_averages(self):
        """average += (1 - decay) (raw - average), batch statistics included."""
        step = tf.cast(self.step.value, tf.float32)
        decay = tf.minimum(self.average_decay, (1 + step) / (10 + step))
        for name, average in self.averages.items():
            for slow, raw in zip(average.variables, getattr(self, name).variables, strict=True):
                slow.assign_add((1 - decay) * (raw - slow))

    def call(self, inputs):
        return self.averages["generator"](inputs, training=False)


def _hyperparameters(cls):
    """Names of the keyword-only arguments of a system and its bases."""
    return {
        parameter.name
        for base in cls.__mro__
        if issubclass(base, GAN)
        for parameter in inspect.signature(base.__init__).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY
    }


def _twin(network):
    """A copy with the same weights and variables of its own."""
    twin = network.__class__.from_config(network.get_config())
    twin.trainable = False
    for slow, raw in zip(twin.variables, network.variables, strict=True):
        slow.assign(raw)
    return twin
