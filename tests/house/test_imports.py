"""The rules of the house about imports (docs/architecture.md), read from the source with ``ast``."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "plugins" / "pmf"

# Which rooms a room may import; a room may always import itself and the ground floor.
GROUND = {"value", "period", "finding", "status"}
MAY_IMPORT = {
    "settings": set(),
    "register": {"settings"},
    "series": {"register"},
    "form": {"register"},
    "source": {"register", "form"},
    "registerbook": {"settings", "register", "form"},
    "page": {"register"},
    "validation": {"register", "series", "form", "page"},
    "rating": {"register", "series", "form", "page"},
    "reporting": {"register", "series", "form", "page"},
    "warehouse": {"settings", "register", "page"},
    "store": {"register", "page"},
    "mail": {"settings", "register", "page"},
    "website": {"register", "page"},
    "connector": {"settings", "register"},
}
LOWER = {*GROUND, *MAY_IMPORT}
MAY_IMPORT |= {
    "assurance": LOWER,
    "cycle": LOWER | {"assurance"},
    "operations": LOWER | {"assurance", "cycle"},
    "orchestration": LOWER | {"assurance", "cycle", "operations"},
    "demo": LOWER | {"assurance", "cycle", "orchestration"},
    "cli": LOWER | {"assurance", "cycle", "operations", "orchestration", "demo"},
}
AIRFLOW_ROOMS = {"orchestration"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def rooms_imported(path: Path) -> set[str]:
    parts = (name.split(".") for name in imported_names(path))
    return {part[1] for part in parts if part[0] == "pmf" and len(part) > 1} - {"__version__"}


def test_the_package_has_modules_to_check() -> None:
    """The tests below look at real files: the rooms of the house are there."""
    assert {room_of(path) for path in modules()} >= {"value", "register", "form", "validation", "rating", "reporting", "cycle", "cli"}


def test_imports_run_one_way() -> None:
    """A module imports its own room, the ground floor and rooms below it, never one beside or above."""
    wrong = {
        str(path.relative_to(PACKAGE)): sorted(forbidden)
        for path in modules()
        if (room := room_of(path)) != "__init__" and (forbidden := rooms_imported(path) - GROUND - {room} - MAY_IMPORT.get(room, set()))
    }
    assert wrong == {}


def test_only_orchestration_imports_airflow() -> None:
    """The whole cycle runs without Airflow: only its own room and the DAG files know it."""
    importers = {room_of(path) for path in modules() if any(name.split(".")[0] == "airflow" for name in imported_names(path))}
    assert importers <= AIRFLOW_ROOMS


def test_the_verbs_of_the_cycle_do_not_import_each_other() -> None:
    """Verbs meet in the warehouse, so any of them can be run, killed and repeated alone."""
    cycle = {"open", "chase", "collect", "fetch", "pull", "validate", "rate", "report", "publish", "send", "history"}
    verbs = cycle | {"entering", "releasing", "lifecycle", "template_signing", "waiving", "answering", "boardlist", "linting"}
    verbs |= {"askingsignoff", "calendarwatch", "lookinto", "intervening"}
    for verb in verbs:
        names = imported_names(PACKAGE / "cycle" / f"{verb}.py")
        assert not {name for name in names if name.startswith("pmf.cycle.") and name.split(".")[2] in verbs - {verb}}, verb


def test_no_module_shadows_the_standard_library() -> None:
    """Airflow runs plugin files under their bare names, so a name of the standard library would replace it."""
    assert {path.stem for path in modules()} & set(sys.stdlib_module_names) == set()


def test_airflow_is_told_to_leave_the_package_alone() -> None:
    """The ignore file keeps Airflow from running every module of the package as a plugin."""
    assert (ROOT / "plugins" / ".airflowignore").read_text(encoding="utf-8").split() == ["pmf/"]


def test_there_are_no_drawers() -> None:
    """No module is called utils, helpers or common: everything has a name that says what it is."""
    assert not {
        path for path in modules() if set(path.parts) & {"utils.py", "helpers.py", "common.py", "utils", "helpers", "common", "misc.py"}
    }


def test_importing_does_no_work() -> None:
    """Importing every module opens no file for writing, no socket and no database, and neither Airflow nor Great Expectations."""
    light = [room for room in sorted({room_of(path) for path in modules()}) if room not in {"__init__", "cli", "demo", "orchestration"}]
    code = f"""
import importlib, pkgutil, sys, sqlite3, socket
def refuse(*args, **kwargs): raise AssertionError("work at import")
sqlite3.connect = refuse
socket.socket.connect = refuse
import pmf
for name in {light!r}:
    module = importlib.import_module("pmf." + name)
    for item in pkgutil.iter_modules(getattr(module, "__path__", [])):
        if item.name != "__main__":
            importlib.import_module("pmf." + name + "." + item.name)
print(" ".join(sorted({{"great_expectations", "airflow"}} & set(sys.modules))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
