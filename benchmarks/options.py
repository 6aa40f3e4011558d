"""What Keras and TensorFlow offer to make a training step faster: which of it does?

    python benchmarks/options.py

Protocol: DCGAN as `training_steps.py` has it, and the largest step of the small networks, f-GAN's
(the sizes of the recipe `fgan_gan_mnist`), float32, random images in memory. Each option runs in a
process of its own, in turn, `--rounds` times, on a model compiled with it: `--warm_up` calls of
the training function, then `--calls` timed ones. The table has the median time of a step in
milliseconds and its ratio to the step as `ganzoo train` makes it (oneDNN, no XLA, one step a call).

* `xla`: `compile(jit_compile=True)`.
* `8_steps_a_call`: `compile(steps_per_execution=8)`.
* `onednn_off`: `TF_ENABLE_ONEDNN_OPTS` not set; TensorFlow's own choice for this CPU.
"""

import argparse
import statistics

import protocol
from contenders import SETTINGS, Setting

FGAN = {"image_shape": (28, 28, 1), "latent_size": 100, "width": 600, "critic_width": 240}
SYSTEMS = {
    "dcgan": SETTINGS["dcgan"],
    "fgan": Setting("fgan", FGAN | {"objective": "practical"}, 512, (5e-4, 0.0, 0.99)),
}
OPTIONS = {
    "as_it_is": {},
    "xla": {"jit_compile": True},
    "8_steps_a_call": {"steps_per_execution": 8},
    "onednn_off": {},
}


def one(system, option, warm_up, calls):
    """Trains in this process and reports."""
    from contenders.ours import fit_step

    import ganzoo

    setting = SYSTEMS[system]
    gan = ganzoo.create(setting.system, **setting.arguments)
    gan.compile(**OPTIONS[option])
    step = fit_step(gan, setting)
    steps = OPTIONS[option].get("steps_per_execution", 1)
    times = protocol.milliseconds(step, warm_up, calls)
    protocol.report(milliseconds=[time / steps for time in times])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=protocol.ROUNDS)
    parser.add_argument("--warm_up", type=int, default=2)
    parser.add_argument("--calls", type=int, default=5)
    parser.add_argument("--system", choices=SYSTEMS, help="run this one here and report")
    parser.add_argument("--option", choices=OPTIONS, default="as_it_is")
    parser.add_argument("--busy", action="store_true", help=protocol.BUSY)
    arguments = parser.parse_args()
    if arguments.system:
        one(arguments.system, arguments.option, arguments.warm_up, arguments.calls)
        return
    idle = protocol.is_idle(arguments.busy)
    times = {(system, option): [] for system in SYSTEMS for option in OPTIONS}
    for _ in range(arguments.rounds):
        for (system, option), found in times.items():
            flags = ["--system", system, "--option", option]
            flags += ["--warm_up", arguments.warm_up, "--calls", arguments.calls]
            on = option != "onednn_off"
            report = protocol.in_fresh_process("options.py", *flags, onednn=on)
            found.append(statistics.median(report["milliseconds"]))
            print(f"{system:6} {option:15} {found[-1]:8.1f} ms", flush=True)
    rows = []
    for (system, option), found in times.items():
        ours = statistics.median(times[system, "as_it_is"])
        rows.append(
            {
                "system": system,
                "option": option,
                "median_ms": protocol.median(found),
                "ratio": f"{statistics.median(found) / ours:.2f}",
                "rounds": len(found),
            }
        )
    protocol.write(f"options_{arguments.rounds}rounds_{arguments.calls}calls", rows, idle)


if __name__ == "__main__":
    main()
