"""Times one contender's training steps in this process: `training_steps.py` starts it.

    python benchmarks/one_contender.py --contender ours --system dcgan --precision float32

Reports milliseconds of each step after the warm-up, trainable parameters, and peak memory.
"""

import argparse
import importlib

import protocol
from contenders import NAMES, SETTINGS


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contender", choices=NAMES, required=True)
    parser.add_argument("--system", choices=SETTINGS, required=True)
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--warm_up", type=int, default=3)
    parser.add_argument("--steps", type=int, default=10)
    arguments = parser.parse_args()
    contender = importlib.import_module(f"contenders.{arguments.contender}")
    with contender.training(SETTINGS[arguments.system], arguments.precision) as training:
        times = protocol.milliseconds(training.step, arguments.warm_up, arguments.steps)
    protocol.report(milliseconds=times, parameters=training.parameters)


if __name__ == "__main__":
    main()
