"""f-divergences as a table: Nowozin, Cseke and Tomioka 2016, 1606.00709, tables 1, 2 and 6.

D_f(P || Q) = E_Q f(p/q) >= E_P T - E_Q f*(T), with equality at T = f'(p/q). A network's output v
becomes T = g(v), g increasing onto the domain of the conjugate f*. All functions take and return
float tensors of any shape and keep float64; none gives a NaN, value or gradient, for |v| <= 1e4.
"""

import dataclasses
import math
from collections.abc import Callable

import tensorflow as tf

from ganzoo.registry import unknown

LOG2 = math.log(2)


@dataclasses.dataclass(frozen=True)
class Divergence:
    """One row of the table.

    Attributes:
        f: the generator function, of u = p/q > 0.
        conjugate: f*, of t inside `domain`.
        domain: (lower, upper) bounds of the domain of f*.
        activation: g, a network's output to T.
        conjugate_of_activation: f*(g(v)), written so that it is stable.
        optimum: T*(u) = f'(u), where the bound is tight.
        threshold: f'(1): a critic that says T > threshold says "real".
    """

    f: Callable
    conjugate: Callable
    domain: tuple
    activation: Callable
    conjugate_of_activation: Callable
    optimum: Callable
    threshold: float

    def bound(self, real_outputs, fake_outputs):
        """E g(v(x)) - E f*(g(v(x~))): a lower bound of the divergence, a scalar.

        Args:
            real_outputs, fake_outputs: a network's outputs v on samples of P and of Q.
        """
        conjugate = tf.reduce_mean(self.conjugate_of_activation(fake_outputs))
        return tf.reduce_mean(self.activation(real_outputs)) - conjugate


def _log_softplus(x):
    """log softplus(x), which tends to x for very negative x, where softplus underflows."""
    return tf.where(x < -20, x, tf.math.log(tf.math.softplus(tf.maximum(x, -20.0))))


@tf.custom_gradient
def _log_wright_omega(z):
    """y with e^y + y = z, by Newton's method: 4 steps reach float64's precision."""
    y = tf.where(z < 1, tf.minimum(z, tf.zeros_like(z)), tf.math.log(tf.maximum(z, 1.0)))
    for _ in range(5):
        y -= (tf.exp(y) + y - z) / (1 + tf.exp(y))
    return y, lambda upstream: upstream / (1 + tf.exp(y))


@tf.custom_gradient
def _jeffrey_conjugate(t):
    """1/w - 1 - log w with w = wrightomega(1 - t); its derivative is 1/w."""
    y = _log_wright_omega(1 - t)
    return tf.exp(-y) - 1 - y, lambda upstream: upstream * tf.exp(-y)


TABLE = {
    "total_variation": Divergence(
        f=lambda u: tf.abs(u - 1) / 2,
        conjugate=lambda t: t,
        domain=(-0.5, 0.5),
        activation=lambda v: tf.tanh(v) / 2,
        conjugate_of_activation=lambda v: tf.tanh(v) / 2,
        optimum=lambda u: tf.sign(u - 1) / 2,
        threshold=0.0,
    ),
    "kl": Divergence(
        f=lambda u: u * tf.math.log(u),
        conjugate=lambda t: tf.exp(t - 1),
        domain=(-math.inf, math.inf),
        activation=lambda v: v,
        conjugate_of_activation=lambda v: tf.exp(v - 1),
        optimum=lambda u: 1 + tf.math.log(u),
        threshold=1.0,
    ),
    "reverse_kl": Divergence(
        f=lambda u: -tf.math.log(u),
        conjugate=lambda t: -1 - tf.math.log(-t),
        domain=(-math.inf, 0.0),
        activation=lambda v: -tf.exp(-v),
        conjugate_of_activation=lambda v: v - 1,
        optimum=lambda u: -1 / u,
        threshold=-1.0,
    ),
    "pearson": Divergence(
        f=lambda u: (u - 1) ** 2,
        # The supremum over u >= 0 is -1 below t = -2; the quadratic still gives a valid bound.
        conjugate=lambda t: tf.where(t < -2, -tf.ones_like(t), t**2 / 4 + t),
        domain=(-math.inf, math.inf),
        activation=lambda v: v,
        conjugate_of_activation=lambda v: v**2 / 4 + v,
        optimum=lambda u: 2 * (u - 1),
        threshold=0.0,
    ),
    "neyman": Divergence(
        f=lambda u: (1 - u) ** 2 / u,
        conjugate=lambda t: 2 - 2 * tf.sqrt(1 - t),
        domain=(-math.inf, 1.0),
        activation=lambda v: -tf.math.expm1(-v),
        conjugate_of_activation=lambda v: -2 * tf.math.expm1(-v / 2),
        optimum=lambda u: 1 - u**-2,
        threshold=0.0,
    ),
    "squared_hellinger": Divergence(
        f=lambda u: (tf.sqrt(u) - 1) ** 2,
        conjugate=lambda t: t / (1 - t),
        domain=(-math.inf, 1.0),
        activation=lambda v: -tf.math.expm1(-v),
        conjugate_of_activation=tf.math.expm1,
        optimum=lambda u: 1 - u**-0.5,
        threshold=0.0,
    ),
    "jeffrey": Divergence(
        f=lambda u: (u - 1) * tf.math.log(u),
        conjugate=_jeffrey_conjugate,
        domain=(-math.inf, math.inf),
        activation=lambda v: v,
        conjugate_of_activation=_jeffrey_conjugate,
        optimum=lambda u: 1 + tf.math.log(u) - 1 / u,
        threshold=0.0,
    ),
    # The paper's scaling: twice the Jensen-Shannon divergence, at most log 4.
    "jensen_shannon": Divergence(
        f=lambda u: u * tf.math.log(u) - (u + 1) * tf.math.log((1 + u) / 2),
        conjugate=lambda t: -tf.math.log(2 - tf.exp(t)),
        domain=(-math.inf, LOG2),
        activation=lambda v: LOG2 - tf.math.softplus(-v),
        conjugate_of_activation=lambda v: tf.math.softplus(v) - LOG2,
        optimum=lambda u: tf.math.log(2 * u / (1 + u)),
        threshold=0.0,
    ),
    # Not zero at P = Q: twice the Jensen-Shannon divergence less log 4.
    "gan": Divergence(
        f=lambda u: u * tf.math.log(u) - (u + 1) * tf.math.log(u + 1),
        conjugate=lambda t: -tf.math.log(-tf.math.expm1(t)),
        domain=(-math.inf, 0.0),
        activation=lambda v: -tf.math.softplus(-v),
        conjugate_of_activation=tf.math.softplus,
        optimum=lambda u: tf.math.log(u / (u + 1)),
        threshold=-LOG2,
    ),
}


def weighted_jensen_shannon(pi):
    """pi KL(P || M) + (1 - pi) KL(Q || M), M = pi P + (1 - pi) Q; at pi = 1/2 the JS divergence.

    Raises:
        ValueError: unless 0 < pi < 1.
    """
    if not 0 < pi < 1:
        raise ValueError(f"`pi` must be in (0, 1). Received: {pi!r}")

    def conjugate_of_activation(v):
        # log(1 - sigmoid(v)^(1/pi)) = log(1 - e^-s) with s = softplus(-v) / pi, through log s,
        # since s underflows where v is large.
        s = tf.math.softplus(-v) / pi
        tiny = s < 1e-3
        ratio = tf.where(tiny, 1 - s / 2, -tf.math.expm1(-s) / tf.where(tiny, tf.ones_like(s), s))
        log_rest = _log_softplus(-v) - math.log(pi) + tf.math.log(ratio)
        return (1 - pi) * (math.log(1 - pi) - log_rest)

    return Divergence(
        f=lambda u: pi * u * tf.math.log(u) - (1 - pi + pi * u) * tf.math.log(1 - pi + pi * u),
        conjugate=lambda t: (1 - pi) * tf.math.log((1 - pi) / (1 - pi * tf.exp(t / pi))),
        domain=(-math.inf, -pi * math.log(pi)),
        activation=lambda v: -pi * math.log(pi) - tf.math.softplus(-v),
        conjugate_of_activation=conjugate_of_activation,
        optimum=lambda u: pi * tf.math.log(u / (1 - pi + pi * u)),
        threshold=0.0,
    )


def alpha_divergence(alpha):
    """f(u) = (u^alpha - 1 - alpha (u - 1)) / (alpha (alpha - 1)).

    Half of Pearson's at alpha = 2, half of Neyman's at -1, twice the squared Hellinger at 1/2.

    Raises:
        ValueError: for alpha of 0 or 1, the limits "reverse_kl" and "kl".
    """
    if alpha in (0, 1) or not math.isfinite(alpha):
        raise ValueError(
            "`alpha` must be a finite number other than 0 and 1, whose limits are 'reverse_kl' "
            f"and 'kl'. Received: {alpha!r}"
        )
    power = alpha / (alpha - 1)

    def conjugate(t):
        return tf.maximum(1 + (alpha - 1) * t, 0.0) ** power / alpha - 1 / alpha

    def conjugate_of_activation(v):
        if alpha > 1:
            return conjugate(v)
        log_base = math.log(1 - alpha) + _log_softplus(-v)
        return tf.exp(power * log_base) / alpha - 1 / alpha

    return Divergence(
        f=lambda u: (u**alpha - 1 - alpha * (u - 1)) / (alpha * (alpha - 1)),
        conjugate=conjugate,
        domain=(-math.inf, 1 / (1 - alpha) if alpha < 1 else math.inf),
        activation=lambda v: v if alpha > 1 else 1 / (1 - alpha) - tf.math.softplus(-v),
        conjugate_of_activation=conjugate_of_activation,
        optimum=lambda u: (u ** (alpha - 1) - 1) / (alpha - 1),
        threshold=0.0,
    )


NAMES = (*TABLE, "weighted_jensen_shannon", "alpha")


def get(name, pi=0.5, alpha=0.5):
    """The row called `name`; `pi` and `alpha` are for the two families.

    Raises:
        ValueError: for an unknown name, or a parameter out of range.
    """
    if name not in NAMES:
        raise ValueError(unknown("divergence", name, NAMES))
    if name == "weighted_jensen_shannon":
        return weighted_jensen_shannon(pi)
    return alpha_divergence(alpha) if name == "alpha" else TABLE[name]
