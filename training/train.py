"""Trains a GAN by a recipe: `python training/train.py --recipe NAME --out FOLDER`.

The same as `ganzoo train`.
"""

import os
import sys

from absl import app, flags, logging

FLAGS = flags.FLAGS
flags.DEFINE_string("recipe", None, "Name in training/recipes, or path of a recipe's .py file.")
flags.DEFINE_string("out", None, "Folder for checkpoints, logs and the trained model.")
flags.DEFINE_string("data_dir", None, "TFDS's folder of prepared data sets; its default if unset.")
flags.DEFINE_float("max_minutes", None, "End with a checkpoint after that many minutes.", 0)
flags.DEFINE_integer("max_steps", None, "End with a checkpoint at that step.", 1)
flags.DEFINE_bool("resume", False, "Go on from the newest checkpoint in --out, if there is one.")
flags.DEFINE_bool("skip_unreadable", False, "Leave out files of an image folder that are none.")
flags.DEFINE_enum(
    "strategy",
    None,
    ["one", "mirrored", "multi_worker", "tpu"],
    "Where to compute, see docs/distributed.md; what the machine calls for if unset.",
)
flags.DEFINE_multi_string("set", [], "Sets a key of the recipe: --set width=32; may be repeated.")
flags.mark_flags_as_required(["recipe", "out"])


def main(argv):
    if len(argv) > 1:
        raise app.UsageError(f"no arguments but flags are taken. Received: {argv[1:]}")
    # TensorFlow leaves oneDNN off on CPUs without AVX-512, where it halves a training step, too.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    from ganzoo import recipes

    logging.set_verbosity(logging.WARNING)
    try:
        name, recipe = recipes.load(FLAGS.recipe, FLAGS.set)
        from ganzoo import fit

        fit.run(
            name,
            recipe,
            FLAGS.out,
            data_dir=FLAGS.data_dir,
            max_minutes=FLAGS.max_minutes,
            max_steps=FLAGS.max_steps,
            resume=FLAGS.resume,
            skip_unreadable=FLAGS.skip_unreadable,
            strategy=FLAGS.strategy,
        )
    except (ValueError, OSError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    app.run(main)
