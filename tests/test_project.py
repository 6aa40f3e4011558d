"""The project's own rules: imports point one way, files stay short, pages stay true."""

import ast
import configparser
import pathlib
import re
import textwrap

import pytest

import ganzoo
from ganzoo import paths

ROOT = pathlib.Path(ganzoo.__file__).parent.parent
PACKAGE = ROOT / "ganzoo"
pytestmark = pytest.mark.skipif(not (ROOT / "setup.cfg").exists(), reason="not in a checkout")

# A module may import from its own layer's folder, and from layers to the left of it.
LAYERS = [
    {
        "registry",
        "files",
        "checksums",
        "paths",
        "distribution",
        "draws",
        "tfgan",
        "recipes",
        "imaging",
        "safety",
        "hub",
        "remote",
    },
    {"layers"},
    {"losses", "networks"},
    {"models"},
    {"data"},
    {"metrics"},
    {"cards", "pretrained", "__init__"},
    {"callbacks"},
    {"building"},
    {"fit"},
    {"export", "hubcard"},
    {"savedmodels", "publish"},
    {"cli_sharing"},
    {"cli"},
]


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def layer_of(name):
    return next(i for i, names in enumerate(LAYERS) if name in names)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ganzoo"):
            parts = node.module.split(".")
            names = [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [a.name.split(".")[1] for a in node.names if a.name.startswith("ganzoo.")]
        else:
            continue
        for name in names:
            assert layer_of(name) <= layer_of(here), f"{here} imports {name}"


def test_no_file_is_above_300_lines():
    files = [p for folder in ("ganzoo", "training", "tests") for p in (ROOT / folder).rglob("*.py")]
    assert {str(p): n for p in files if (n := len(p.read_text().splitlines())) > 300} == {}


def test_setup_cfg_lists_every_package():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    listed = set(config["options"]["packages"].split())
    there = {".".join(p.parent.relative_to(ROOT).parts) for p in PACKAGE.rglob("__init__.py")}
    assert listed == there | {"ganzoo.training", "ganzoo.weights"}


def test_every_recipe_and_weight_goes_by_one_name():
    assert set(ganzoo.list_models()) <= {p.stem for p in paths.RECIPES.glob("*.py")}


def test_readme_fine_tuning_runs_in_five_lines(picture_folder, tmp_path, monkeypatch):
    readme = (ROOT / "README.md").read_text()
    code = re.search(r"<!-- fine-tune -->\s*```python\n(.*?)```", readme, re.S)[1]
    lines = [x for x in textwrap.dedent(code).splitlines() if x and not x.startswith("import")]
    assert len([x for x in lines if not x.startswith("from")]) <= 5
    monkeypatch.chdir(tmp_path)
    picture_folder.rename(tmp_path / "my_pictures")
    names = {}
    exec(code, names)
    assert ganzoo.load(tmp_path / "my_gan").sample(2).shape == (2, 32, 32, 3)


def test_no_page_names_the_abandoned_package():
    for page in ROOT.glob("*.md"):
        assert not re.search(r"pip install ganzoo\b", page.read_text()), page


def test_readme_s_table_of_the_zoo_is_what_the_folders_say():
    tables = paths.module_at(ROOT / "training" / "tables.py", "ganzoo_tables")
    assert tables.README.read_text() == tables.page(), "run python training/tables.py"


def test_the_page_on_speed_shows_the_results():
    page = paths.module_at(ROOT / "benchmarks" / "page.py", "ganzoo_page")
    assert page.PAGE.read_text() == page.page(), "run python benchmarks/page.py"
    assert len(page.BLOCK.findall(page.page())) == len(list(page.RESULTS.glob("*.csv")))
