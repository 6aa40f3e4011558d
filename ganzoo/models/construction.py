"""How a GAN is made: from arguments or a user's networks, compiled, saved and made again."""

import inspect

import keras

from ganzoo.registry import unknown


class Construction(keras.Model):
    """Networks, moving averages, optimizers and configuration of a `GAN`.

    Args:
        networks: dict of name to Keras model; each becomes an attribute.
        seed: int; with the step it determines every random draw of training.
        average_decay: float in [0, 1), of the exponential moving average of the networks named
            in `averaged`, per training step; it warms up as (1 + step) / (10 + step).
    """

    players = {}
    averaged = ("generator",)  # networks with a moving average, used for sampling
    micro_batches = 1  # parts of a minibatch, see `compile`

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
    def arguments(cls):
        """Names of the arguments of `create`: of `default_networks` and of the class."""
        return {*_sizes(cls), *_hyperparameters(cls)}

    @classmethod
    def create(cls, **arguments):
        """An untrained model with `default_networks`.

        Args:
            **arguments: of `default_networks` (sizes) and of the class (hyper-parameters).

        Raises:
            ValueError: for an argument that neither has.
        """
        for name in arguments:
            if name not in cls.arguments():
                raise ValueError(unknown("argument", name, cls.arguments()))
        chosen = {name: arguments.get(name, default) for name, default in _sizes(cls).items()}
        # Some, as StarGAN's domains, are of both.
        own = _hyperparameters(cls)
        rest = {k: v for k, v in (chosen | arguments).items() if k in own}
        gan = cls(**cls.default_networks(**chosen), **rest)
        gan.sizes = chosen
        return gan

    def default_optimizers(self):
        """The paper's optimizers, one for each player."""
        raise NotImplementedError

    # -- compiling --------------------------------------------------------------------------

    def compile(self, optimizers=None, *, micro_batches=1, **kwargs):
        """Keras's `compile`, with one optimizer for each player.

        Args:
            optimizers: dict of player name to Keras optimizer; None for the paper's own.
            micro_batches: int >= 1, for minibatches that do not fit in memory: into how many equal
                parts each one is split. Gradients are computed one part after another, and the
                player moves once, by their mean: the whole minibatch's, up to rounding. Only what
                mixes rows is each part's own: batch statistics (which move at every part), the
                order of StarGAN's labels, CycleGAN's pools.

        Raises:
            ValueError: if the players and the optimizers do not match, or `micro_batches` is below
                1; in training, if it does not divide each replica's rows of a minibatch.
        """
        optimizers = self.default_optimizers() if optimizers is None else optimizers
        if set(optimizers) != set(self.players):
            raise ValueError(
                f"`optimizers` must have one entry for each player {sorted(self.players)}. "
                f"Received: {sorted(optimizers)}"
            )
        if micro_batches < 1:
            raise ValueError(f"`micro_batches` must be at least 1. Received: {micro_batches!r}")
        super().compile(optimizer=None, loss=None, **kwargs)
        self.micro_batches = int(micro_batches)
        self.optimizers = dict(optimizers)
        self.trackers = {
            f"{name}/{term}": keras.metrics.Mean(name=f"{name}/{term}")
            for name, player in self.players.items()
            for term in (*player.terms, *player.metrics, "gradient_norm")
        }

    def build_optimizers(self):
        """Creates the optimizers' slots, if not yet there: before training or restoring."""
        for name, optimizer in self.optimizers.items():
            if not optimizer.built:
                with self.distribute_strategy.scope():
                    optimizer.build(self.variables_of(name))

    def make_train_function(self, force=False):
        self.build_optimizers()
        return super().make_train_function(force)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Nothing: the networks are built. Keras would first average a batch over the replicas,
        which fails on several workers if it is a pair."""

    def get_compile_config(self):
        if not self.optimizers:
            return None
        return {
            "optimizers": {
                n: keras.saving.serialize_keras_object(o) for n, o in self.optimizers.items()
            },
            "built": all(optimizer.built for optimizer in self.optimizers.values()),
            "micro_batches": self.micro_batches,
        }

    def compile_from_config(self, config):
        self.compile(
            {n: keras.saving.deserialize_keras_object(o) for n, o in config["optimizers"].items()},
            micro_batches=config.get("micro_batches", 1),  # older folders have none
        )
        if config["built"]:
            self.build_optimizers()

    def without_slots(self):
        """A copy that shares no variables, compiled alike but with optimizers not yet built, and
        without loss scaling and `micro_batches`, which belong to a run's precision and memory."""
        copy = type(self).from_config(self.get_config())
        for theirs, ours in zip(copy.variables, self.variables, strict=True):
            theirs.assign(ours)
        copy.compile_from_config(self.get_compile_config() | {"built": False, "micro_batches": 1})
        copy.optimizers = {
            name: getattr(optimizer, "inner_optimizer", optimizer)
            for name, optimizer in copy.optimizers.items()
        }
        return copy

    # -- configuration ----------------------------------------------------------------------

    def get_config(self):
        """The arguments of `create`; of the class, if its networks came from a user.

        A folder thus names sizes, not layers: Keras's own configurations of layers change with
        its version, and ours load under them all.
        """
        config = {"seed": self.seed, "average_decay": self.average_decay, "name": self.name}
        if self.sizes is not None:
            own = _hyperparameters(type(self))  # which the system's own config adds
            return config | {"sizes": {k: v for k, v in self.sizes.items() if k not in own}}
        networks = {n: getattr(self, n) for n in self.network_names}
        return config | {
            "networks": {n: keras.saving.serialize_keras_object(v) for n, v in networks.items()}
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        if "sizes" in config:
            return cls.create(**(config.pop("sizes") | config))
        networks = config.pop("networks")
        networks = {n: keras.saving.deserialize_keras_object(v) for n, v in networks.items()}
        return cls(**networks, **config)


def _sizes(cls):
    """The arguments of a system's `default_networks`, with their defaults."""
    parameters = inspect.signature(cls.default_networks).parameters.values()
    return {p.name: p.default for p in parameters}


def _hyperparameters(cls):
    """Names of the keyword-only arguments of a system and its bases."""
    return {
        parameter.name
        for base in cls.__mro__
        if issubclass(base, Construction)
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
