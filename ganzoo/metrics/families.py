"""The scores that kinds of models can have: of samples, of codes, of translations."""

import numpy as np
import tensorflow as tf

from ganzoo import data
from ganzoo.metrics import inference, scores, translation
from ganzoo.metrics.wasserstein import sliced_wasserstein
from ganzoo.models.inference import Inference
from ganzoo.models.sampling import Sampling
from ganzoo.models.translation import DirectedTranslation

SLICED, PARTS = 2048, 4  # images for the sliced Wasserstein distance, parts for its interval
# A classifier learns from the codes of all training images, if they are no larger than so many
# numbers; from those of the first so many images otherwise.
LARGE_CODES, TRAIN_CODES = 1000, 10_000

# Name of a score, and what is better.
SAMPLES = {name: better for name, (_, better) in scores.SCORES.items()}
PIXELS = {"sliced_wasserstein": "lower"}
CODES = {
    "reconstruction_error": "lower",
    "neighbour_accuracy": "higher",
    "probe_accuracy": "higher",
}
TRANSLATION = {name: better for name, (_, better) in translation.SCORES.items()} | {
    "domain_accuracy": "higher"
}
BETTER = SAMPLES | PIXELS | CODES | TRANSLATION


def available(gan):
    """Names of the scores that a model can have."""
    return [name for known, suits, _ in FAMILIES if suits(gan) for name in known]


def _of_samples(evaluation, names):
    """Generated images against a reference, on a network's features."""
    gan, say = evaluation.gan, evaluation.say
    network, reference = evaluation.feature_network(), evaluation.reference()
    _, answers = evaluation.samples()
    for name in names:
        say(name)
        yield evaluation.record(
            network.metric_names.get(name, name),
            scores.score(name, reference, answers, evaluation.seed, evaluation.resamples),
            BETTER[name],
            network,
            resize=network.resize_of(gan.image_shape),
            split=evaluation.split,
            num_real=_num_real(name, reference),
            num_generated=evaluation.num,
        )


def _num_real(name, reference):
    whole = "frechet_distance", "mode_score", "reverse_kl"
    return reference.moments.num if name in whole else len(reference.features)


def _of_pixels(evaluation, names):
    """Generated images against real ones, both themselves."""
    gan, split = evaluation.gan, evaluation.split
    evaluation.say(f"reading {evaluation.dataset}, split {split}")
    real = data.load_images(evaluation.dataset, gan.image_shape, split, evaluation.data_dir)
    num = min(len(real), evaluation.num, SLICED)
    real = real[np.linspace(0, len(real) - 1, num).astype(int)]
    fake = gan.sample(num, seed=evaluation.seed, moving_average=evaluation.moving_average)
    evaluation.say(f"sliced_wasserstein of {num:,} images")
    distances = sliced_wasserstein(real, fake, seed=evaluation.seed)
    parts = [
        sliced_wasserstein(r, f, seed=evaluation.seed)
        for r, f in zip(np.array_split(real, PARTS), np.array_split(fake, PARTS), strict=True)
    ]
    for size, (same, distance) in distances.items():
        # A part varies by PARTS times the variance of the whole.
        deviation = np.std([part[size][1] for part in parts], ddof=1) / np.sqrt(PARTS)
        half = scores.NORMAL_95 * float(deviation)
        yield evaluation.record(
            names[0],
            scores.Score(distance, (distance - half, distance + half), {"real_to_real": same}),
            BETTER[names[0]],
            task=f"{size} px",
            split=split,
            num_real=num,
            num_generated=num,
        )


def _of_codes(evaluation, names):
    """Reconstructions of test images; and classes told from codes."""
    gan, dataset, average = evaluation.gan, evaluation.dataset, evaluation.moving_average
    classes = data.class_names(dataset, evaluation.data_dir)
    evaluation.say(f"reading {dataset}")
    (images, labels), (test_images, test_labels) = (
        data.load_labelled(dataset, gan.image_shape, classes, split, evaluation.data_dir)
        for split in ("train", "test")
    )
    evaluation.say(f"codes of {len(images) + len(test_images):,} images")
    codes = tf.nest.flatten(gan.encode(images, moving_average=average))
    test_codes = tf.nest.flatten(gan.encode(test_images, moving_average=average))
    for level, (x, x_test) in enumerate(zip(codes, test_codes, strict=True), 1):
        where = {"level": level} if len(codes) > 1 else {}
        x, x_test = (np.reshape(c, (len(c), -1)) for c in (x, x_test))
        x = np.float64(x if x.shape[1] <= LARGE_CODES else x[:TRAIN_CODES])
        for name in names:
            say = f"{name} at level {level}" if where else name
            evaluation.say(say)
            settings = {}
            if name == "reconstruction_error":
                again = gan.reconstruct(test_images, moving_average=average, **where)
                values = inference.squared_error(test_images, again)
            else:
                settings = {"num_train": len(x)}
                if name == "probe_accuracy":
                    answers = inference.linear_answers(x, labels[: len(x)], x_test, len(classes))
                else:
                    answers = inference.nearest_neighbour_answers(x, labels[: len(x)], x_test)
                values = answers == test_labels
            yield evaluation.record(
                name,
                evaluation.mean(values, settings),
                BETTER[name],
                task=f"level {level}" if where else None,
                split="test",
                num_real=len(test_images),
            )


def _of_translations(evaluation, names):
    """Translated test images against their true counterparts."""
    for task, translated, untranslated, true, domain in _translations(evaluation):
        for name in names:
            evaluation.say(f"{name}, {task}")
            network = None
            if name == "domain_accuracy":
                network = evaluation.feature_network()
                values, before = (
                    _is_of(network, evaluation, images, domain)
                    for images in (translated, untranslated)
                )
            else:
                values, before = (
                    translation.SCORES[name][0](images, true)
                    for images in (translated, untranslated)
                )
            settings = {"untranslated": float(np.mean(before))}
            yield evaluation.record(
                name,
                evaluation.mean(values, settings),
                BETTER[name],
                network,
                task=task,
                split=evaluation.examples_split,
                num_generated=len(translated),
            )


def _translations(evaluation):
    """(task, translated, untranslated, true images, domain's name) for each direction."""
    gan, splits = evaluation.gan, evaluation.examples_split
    if splits is None:
        raise ValueError(
            "`examples_split` must name images with counterparts: a pair of splits, or one of all "
            "domains. Received: None"
        )
    average = {"moving_average": evaluation.moving_average}
    joined = splits if isinstance(splits, str) else "+".join(splits)
    evaluation.say(f"reading {evaluation.dataset}, split {joined}")
    images = data.load_paired(evaluation.dataset, gan.image_shape, joined, evaluation.data_dir)
    if isinstance(gan, DirectedTranslation):
        x, y = images
        for direction, start, end in ("xy", x, y), ("yx", y, x):
            translated = gan.translate(images[start], direction, **average)
            yield f"{start} to {end}", translated, images[start], images[end], end
        return
    for end in gan.domains.names:
        for start in (name for name in images if name != end):
            translated = gan.translate(images[start], end, **average)
            yield f"{start} to {end}", translated, images[start], images[end], end


def _is_of(network, evaluation, images, domain):
    classes = data.class_names(evaluation.dataset, evaluation.data_dir)
    return network(images).logits.argmax(1) == classes.index(domain)


# Names of scores, whether a model can have them, and the generator of their records.
FAMILIES = (
    (SAMPLES, lambda gan: isinstance(gan, Sampling), _of_samples),
    (PIXELS, lambda gan: isinstance(gan, Sampling), _of_pixels),
    (CODES, lambda gan: isinstance(gan, Inference), _of_codes),
    (TRANSLATION, lambda gan: hasattr(gan, "translate"), _of_translations),
)
