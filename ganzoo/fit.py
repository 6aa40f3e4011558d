"""A recipe, run: data, model, optimizers, callbacks, and at the end a pretrained folder."""

import contextlib
import dataclasses
import functools
import json
import pathlib
import time

import keras
import tensorflow as tf

from ganzoo import callbacks, cards, data, distribution, files, pretrained
from ganzoo.building import build, precision, set_rates
from ganzoo.callbacks.checkpoint import checkpoints, newest, restore, step_of

# Keys that may differ between a run's start and its resumption.
MAY_DIFFER = {"steps", "checkpoint_every", "log_every", "grid_every", "paper", "note"}
MAY_DIFFER |= {"keep_checkpoints", "keep_checkpoint_every", "on_trouble", "rate_factor"}
MAY_DIFFER |= {"troubles_allowed", "saturated_steps", "rising_score", "rising_evaluations"}
MAY_DIFFER |= {"micro_batches", "score_every", "score_features", "score_num", "score_by"}
EVENTS = "events.json"


def run(
    name,
    recipe,
    out,
    data_dir=None,
    max_minutes=None,
    max_steps=None,
    resume=False,
    skip_unreadable=False,
    strategy=None,
):
    """Trains by a recipe. A resumed run ends in the same weights, bit for bit, as one at a go.

    Args:
        name: of the run and the model, usually the recipe's.
        recipe: a `ganzoo.recipes.Recipe`.
        out: folder: `checkpoints/`, `logs/` for TensorBoard, `recipe.json`, `events.json` if the
            watchdog had to act and, at the end, the pretrained folder `model/`. Several workers
            must share it.
        data_dir: TFDS's folder of prepared data sets.
        max_minutes: end (with a checkpoint) after that many minutes.
        max_steps: end (with a checkpoint) at that step.
        resume: go on from the newest checkpoint in `out`, or start if there is none.
        skip_unreadable: leave out files of an image folder that are no images.
        strategy: a name from `ganzoo.distribution.STRATEGIES`; None for what the machine calls
            for. It may differ between a run's start and its resumption.

    Returns:
        The trained model.

    Raises:
        ValueError: if `out` holds another run; if its recipe, or the size of its data set, differs
            from this one's; if the batches cannot be divided among the replicas, and theirs into
            `micro_batches`; or if training came to nothing (see `Recipe.on_trouble`) before the
            first checkpoint.
        OSError: if `out` cannot be written, another process trains there, or a worker died.
    """
    out = pathlib.Path(out).expanduser()
    strategy = distribution.make(strategy)
    replicas, parts = strategy.num_replicas_in_sync, recipe.micro_batches
    if recipe.batch_size % (replicas * parts):
        raise ValueError(
            "`batch_size` must be a multiple of the number of replicas times `micro_batches`, "
            f"{replicas} times {parts}. Received: {recipe.batch_size}"
        )
    unreadable = "skip" if skip_unreadable else "raise"
    with contextlib.ExitStack() as stack:
        if distribution.is_chief(strategy):
            _check(out, recipe, resume)
            stack.enter_context(files.only_writer(out))
            files.prepare_folder(out)
            files.prepare_folder(out / "checkpoints")
        stack.enter_context(distribution.a_lost_worker_is_one_error(strategy))
        with precision(recipe.precision):
            training = Run(
                name,
                recipe,
                out,
                strategy,
                lambda gan: data.for_training(gan, recipe, data_dir, unreadable),
                min(recipe.steps, max_steps or recipe.steps),
                callbacks.Stop(max_minutes),
                data_dir,
            )
            while training.goes_on():
                pass
        print(f"ended at step {training.step} ({training.ending})", flush=True)
        if training.chief:
            training.save(out / "model", "final")
            print(f"model written to {out / 'model'}", flush=True)
        for scores in training.scores:
            scores.set_model(training.gan)  # which `fit` did not, if the run had come to its end
            scores.finish(out / "model")
        distribution.total(strategy, 0)  # no worker leaves before the chief has done
    return training.gan


class Run:
    """A model in training, as of the newest checkpoint or of the start.

    Args:
        name, recipe, out, strategy, data_dir: as for `run`.
        source_of: function of the model to what `data.for_training` gives.
        stop_at: step.
        stop: a `callbacks.Stop`.
    """

    def __init__(self, name, recipe, out, strategy, source_of, stop_at, stop, data_dir):
        self.name = name
        self.recipe, self.out, self.strategy, self.stop_at = recipe, out, strategy, stop_at
        self.stop, self.ending = stop, "done"
        self.chief = distribution.is_chief(strategy)
        self.source_of, self.source = source_of, None
        events = out / EVENTS
        self.begin(json.loads(events.read_text()) if events.exists() else [])
        self.before = {key: self.state.get(key, 0.0) for key in ("seconds", "cpu_seconds")}
        if self.chief:
            files.write(out / pretrained.RECIPE, json.dumps(_plain(recipe), indent=1).encode())
        if self.step:
            print(f"resumed at step {self.step} from {out / 'checkpoints'}", flush=True)
        self.log = callbacks.Log(
            out / "logs",
            stop_at,
            recipe.log_every,
            recipe.grid_every,
            images_per_step=self.batch_size,
            examples=self.source.examples(),
        )

        self.scores = []
        if recipe.score_every:
            measure = callbacks.measuring(self.gan, recipe, name, data_dir)
            every = max(1, round(recipe.score_every / self.batch_size))
            save = functools.partial(self.save, checkpoint="best")
            self.scores = [callbacks.Scores(measure, out, every, recipe.score_by, save)]

    @property
    def step(self):
        return int(self.gan.step.numpy())

    @property
    def batch_size(self):
        """Images that a step uses."""
        return self.recipe.batch_size * self.gan.batches_per_step

    def begin(self, events):
        """Goes to the newest checkpoint, with draws and rates as `events` until then left them."""
        path = newest(self.out / "checkpoints", self.strategy)
        step = 0 if path is None else step_of(path)
        self.events = [event for event in events if event["resumed_at"] <= step]
        with self.strategy.scope():
            self.gan = build(self.recipe, self.events)
            self.source = self.source or self._read()
            self.state = {} if path is None else restore(self.gan, path, self.check)
            set_rates(self.gan, self.recipe, self.events)

    def _read(self):
        source = self.source_of(self.gan)
        self.began, self.cpu_began = time.monotonic(), time.process_time()
        return source

    def check(self, state):
        """Raises if a checkpoint's state is of another recipe or data set."""
        _check_recipe(self.recipe, state.get("recipe", {}), self.out)
        if state.get("images", self.source.sizes) != self.source.sizes:
            raise ValueError(
                f"`dataset` must have as many images as when the run in {self.out} was there, "
                f"{state['images']}. Received: {self.recipe.dataset!r} with {self.source.sizes}"
            )

    def goes_on(self):
        """Trains until the end or the first trouble; says whether the run goes on after it."""
        recipe, start = self.recipe, self.step
        if start >= self.stop_at or self.stop.reason:
            return False
        watchdog = callbacks.Watchdog(
            recipe.saturated_steps,
            recipe.rising_score,
            recipe.rising_evaluations,
            self.state.get("watchdog"),
        )
        checkpoint = callbacks.Checkpoint(
            self.out / "checkpoints",
            recipe.checkpoint_every,
            lambda: {
                **self.spent(),
                "recipe": _plain(recipe),
                "images": self.source.sizes,
                "watchdog": watchdog.counts,
            },
            recipe.keep_checkpoints,
            recipe.keep_checkpoint_every,
            watchdog.is_sound,
        )
        seed, size = self.gan.seed, self.batch_size
        dataset = distribution.distribute(
            self.strategy,
            lambda part: self.source.batches(size, seed=seed, start=start, part=part),
            size,
        )
        self.gan.fit(
            dataset,
            steps_per_epoch=self.stop_at - start,
            shuffle=False,
            verbose=0,
            # Scores first, for the others to see; stop last, to let signals through.
            callbacks=[*self.scores, watchdog, self.log, checkpoint, self.stop],
        )
        self.ending = self.stop.reason or "done"
        return watchdog.trouble is not None and self.act(watchdog, checkpoint)

    def act(self, watchdog, checkpoint):
        """Does what the recipe says about trouble; says whether the run goes on."""
        recipe, step, trouble = self.recipe, self.step, watchdog.trouble
        action = recipe.on_trouble if len(self.events) < recipe.troubles_allowed else "stop"
        if action != "roll_back" and not watchdog.lost:  # the weights are good to go on from
            watchdog.trouble = None
            checkpoint.save()
        path = newest(self.out / "checkpoints", self.strategy)
        if path is None and action == "stop":
            raise ValueError(
                f"training came to nothing at step {step}, before the first checkpoint: {trouble}"
            )
        event = {"step": step, "trouble": trouble, "action": action}
        event |= {"rate_factor": recipe.rate_factor, "resumed_at": step_of(path) if path else 0}
        self.log.note(cards.event(event))
        events = [*self.events, event]
        if self.chief:
            files.write(self.out / EVENTS, json.dumps(events, indent=1).encode())
        self.begin(events)
        self.ending = trouble
        return action != "stop"

    def spent(self):
        """Wall-clock and CPU seconds since the run's start."""
        return {
            "seconds": self.before["seconds"] + time.monotonic() - self.began,
            "cpu_seconds": self.before["cpu_seconds"] + time.process_time() - self.cpu_began,
        }

    def save(self, folder, checkpoint):
        """Writes a pretrained folder of the run's "best" or "final" weights."""
        facts = {
            **self.spent(),
            "checkpoint": checkpoint,
            "step": self.step,
            "images_seen": self.step * self.batch_size,
            "training_images": sum(self.source.sizes),
            "machine": distribution.machine(self.strategy),
            "versions": {"tensorflow": tf.__version__, "keras": keras.__version__},
            "events": self.events,
        }
        pretrained.save(
            self.gan,
            folder,
            name=self.name,
            recipe=self.recipe,
            training=facts,
            examples=self.source.examples(),
            overwrite=True,
        )


def _plain(recipe):
    """A recipe as it reads back from JSON."""
    return json.loads(json.dumps(dataclasses.asdict(recipe)))


def _check(out, recipe, resume):
    """Raises if `out` holds a run that this one must not go on with."""
    record = out / pretrained.RECIPE
    there = record.exists() or checkpoints(out / "checkpoints")
    if there and not resume:
        raise ValueError(
            f"`out` holds a run already; go on with it (--resume) or choose another folder. "
            f"Received: {str(out)!r}"
        )
    if record.exists():
        _check_recipe(recipe, json.loads(record.read_text()), out)


def _check_recipe(recipe, theirs, out):
    """Raises if a run's recipe, a dict, differs; a key that it does not have had its default."""
    mine = _plain(recipe)
    fields = dataclasses.fields(recipe)
    defaults = {f.name: f.default for f in fields if f.default is not dataclasses.MISSING}
    theirs = (defaults | theirs) if theirs else mine
    differing = [
        f"{k}: {theirs.get(k)!r} there, {mine.get(k)!r} here"
        for k in sorted(mine.keys() | theirs.keys())
        if mine.get(k) != theirs.get(k) and k not in MAY_DIFFER
    ]
    if differing:
        raise ValueError(f"`recipe` differs from the run's in {out}: {'; '.join(differing)}")
