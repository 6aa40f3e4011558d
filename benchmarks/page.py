"""Writes the results into docs/speed.md: `python benchmarks/page.py`.

In the page, the lines between `<!-- results: NAME COLUMN ... -->` and `<!-- /results -->` are
those columns of `results/NAME.csv` as a table.
"""

import csv
import pathlib
import re

from ganzoo import files

RESULTS = pathlib.Path(__file__).parent / "results"
PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "speed.md"
BLOCK = re.compile(r"(<!-- results: (\S+) (.+?) -->\n).*?(<!-- /results -->)", re.DOTALL)


def table(name, columns):
    """Columns of a CSV file, in Markdown."""
    with open(RESULTS / f"{name}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [columns, ["---"] * len(columns), *([row[c] for c in columns] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def page():
    """The page with its tables as they should be."""
    return BLOCK.sub(lambda b: b[1] + table(b[2], b[3].split()) + b[4], PAGE.read_text())


if __name__ == "__main__":
    files.write(PAGE, page().encode())
