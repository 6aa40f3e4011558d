"""Notices training that has gone wrong: values not finite, a saturated discriminator, a score."""

import math

import keras
import tensorflow as tf

from ganzoo.registry import unknown

SATURATED = 1e-3  # a discriminator's loss below it: it tells all real from all fake
EXPLODED = 1e8  # a loss or a gradient's norm beyond it is as good as infinite
# A network's weights, as root mean square, may not grow so many times between two looks. Measured
# over 20 steps: 1.02 at the recipes' rates, 2.2 at most at .01, 20 to 50 at .5.
GROWN = 5
LOOK_EVERY = 20
NOTHING = {"saturated": 0, "risen": 0, "score": None}


class Watchdog(keras.callbacks.Callback):
    """Ends training at the first trouble; what to do about it is the caller's.

    Trouble is

    * a loss or a gradient that is not finite, or beyond 1e8 (with float16, whose loss scaling
      leaves out steps of infinite gradients, only a loss);
    * a network whose weights, as root mean square, have grown fivefold within 20 steps: an absurd
      learning rate shows so even where no loss grows;
    * a weight, optimizer slot or average that is not finite (looked for before a checkpoint, as
      growth is);
    * a discriminator whose terms all stay below 1e-3 for `saturated_steps` steps on end;
    * a score that has risen for `rising_evaluations` evaluations on end.

    `trouble` says which, or is None; `lost` says whether the weights are of no more use (the first
    three kinds). Callbacks that add scores to the logs come before this one,
    `Checkpoint` comes after it and asks `is_sound`.

    Args:
        saturated_steps: int, or None for never.
        rising_score: name in the logs of a value that is better the lower, there at the steps that
            evaluate it: "score/<metric>", or a term; or None.
        rising_evaluations: int.
        counts: what `counts` was when the run was left, to go on from; a JSON-able dict.

    Raises:
        ValueError: at the start of training, if `rising_score` is unknown, or `saturated_steps` is
            given for a system whose losses cannot saturate (`GAN.saturates`).
    """

    def __init__(self, saturated_steps=None, rising_score=None, rising_evaluations=3, counts=None):
        super().__init__()
        self.saturated_steps = saturated_steps
        self.rising_score, self.rising_evaluations = rising_score, rising_evaluations
        self.counts = dict(counts or NOTHING)
        self.trouble, self.lost = None, False

    def on_train_begin(self, logs=None):
        optimizers = self.model.optimizers
        scaled = [
            f"{player}/gradient_norm"
            for player, optimizer in optimizers.items()
            if isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        ]
        self.watched = [name for name in self.model.trackers if name not in scaled]
        terms = self.model.players["discriminator"].terms
        self.discriminator = [f"discriminator/{term}" for term in terms]
        score, terms = self.rising_score, self.model.trackers
        if score is not None and not score.startswith("score/") and score not in terms:
            raise ValueError(unknown("rising_score", score, ["score/<metric>", *terms]))
        if self.saturated_steps and not self.model.saturates:
            raise ValueError(
                f"`saturated_steps` must be None for {type(self.model).__name__}, whose losses "
                f"have no floor. Received: {self.saturated_steps!r}"
            )
        self.seen, self.sizes = 0, self._sizes()

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1
        self._end(self._not_finite(logs), lost=True)
        if self.seen % LOOK_EVERY == 0:
            self._end(self._grown(), lost=True)
            self.sizes = self._sizes()
        self._end(self._saturated(logs) or self._risen(logs), lost=False)

    def is_sound(self):
        """Whether there is no trouble, and all that a checkpoint holds is finite."""
        if self.trouble is None:
            slots = [v for o in self.model.optimizers.values() for v in o.variables]
            bad = [v.path for v in (*self.model.variables, *slots) if not _is_finite(v)]
            self._end(f"{bad[0]} is not finite" if bad else self._grown(), lost=True)
        return self.trouble is None

    def _end(self, trouble, lost):
        if trouble and self.trouble is None:
            self.trouble, self.lost, self.counts = trouble, lost, dict(NOTHING)
            self.model.stop_training = True

    def _not_finite(self, logs):
        for name in self.watched:
            if not abs(logs[name]) <= EXPLODED:  # so written, it holds for NaN
                return f"{name} is {logs[name]:g}"

    def _grown(self):
        for name, size in self._sizes().items():
            if size > GROWN * self.sizes[name] > 0:
                return f"the {name}'s weights have grown {size / self.sizes[name]:.3g} times"

    def _sizes(self):
        """Root mean square of each network's trainable weights."""
        sizes = {}
        for name in self.model.network_names:
            variables = getattr(self.model, name).trainable_variables
            squares = sum(float(tf.nn.l2_loss(v.value)) * 2 for v in variables)
            sizes[name] = math.sqrt(squares / max(1, sum(math.prod(v.shape) for v in variables)))
        return sizes

    def _saturated(self, logs):
        if not self.saturated_steps:
            return None
        low = max(logs[name] for name in self.discriminator) < SATURATED
        self.counts["saturated"] = self.counts["saturated"] + 1 if low else 0
        if self.counts["saturated"] >= self.saturated_steps:
            return f"the discriminator was saturated for {self.saturated_steps} steps"

    def _risen(self, logs):
        if self.rising_score not in logs:
            return None
        before, score = self.counts["score"], float(logs[self.rising_score])
        risen = before is not None and not score <= before
        self.counts["risen"] = self.counts["risen"] + 1 if risen else 0
        self.counts["score"] = score if math.isfinite(score) else before
        if self.counts["risen"] >= self.rising_evaluations:
            return f"{self.rising_score} has risen for {self.rising_evaluations} evaluations"


def _is_finite(variable):
    floating = keras.backend.is_float_dtype(variable.dtype)
    return not floating or bool(tf.reduce_all(tf.math.is_finite(variable.value)))
