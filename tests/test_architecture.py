"""What keeps the house in shape: where arrows point, what is pure, what a committed file may say."""

import ast
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PURE = {"domain": {"domain", "msgspec"}, "projections": {"domain", "projections", "msgspec"}}
"""What pure folders may import beside the standard library."""
IMPURE_MODULES = {"asyncio", "os", "random", "secrets", "socket", "sqlite3", "subprocess", "threading", "time", "uuid"}
IMPURE_CALLS = {"now", "utcnow", "today", "open", "uuid1", "uuid4", "input", "print"}
"""Last words of calls that reach for the clock, for chance or for the world."""
NEEDED_BY_SOME = {"aiokafka", "duckdb", "eventsourcing", "faust", "granian", "jinja2", "kafka", "litestar", "pyarrow"}
"""Libraries that take long to load."""
LONGEST, SECOND_LOOK = 400, 200
"""Lines of a module: more than the first fails, more than the second is worth a reviewer's second look."""
REGISTRIES = (
    r"pypi\.org", r"pythonhosted\.org", r"registry\.npmjs\.org", r"registry\.yarnpkg\.com", r"crates\.io",
    r"proxy\.golang\.org", r"repo1?\.maven(?:\.apache)?\.org", r"repo\.maven\.apache\.org", r"deb\.debian\.org",
)  # fmt: skip
NAMES_A_REGISTRY = re.compile("|".join(REGISTRIES))
NAMES_A_MACHINE = re.compile(r"(?<![\w.~-])/(?:work|root|opt/wheels|Users/[\w.]+|home/[\w.]+)/[\w.]")


class SecondLook(UserWarning):
    """Not wrong, but look again."""


@cache
def committed() -> dict[str, bytes]:
    """The files that are or are about to be committed, by path from the root."""
    ask = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(ask, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git work tree")
    paths = {path for path in listed.stdout.decode().split("\0") if path and (ROOT / path).is_file()}
    return {path: (ROOT / path).read_bytes() for path in sorted(paths)}


def modules(folder: str = "") -> Iterator[tuple[str, ast.Module]]:
    for path, content in committed().items():
        if path.endswith(".py") and path.startswith(folder):
            yield path, ast.parse(content, path)


def places(
    folder: str, found: Callable[[ast.AST], Iterator[tuple[int, str]]], wrong: Callable[[str], bool]
) -> list[str]:
    """Where something wrong was found in a folder's modules, as `path:line: word`."""
    return [f"{path}:{line}: {word}" for path, tree in modules(folder) for line, word in found(tree) if wrong(word)]


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and top-level name of everything imported, also inside functions; a relative import is the folder's own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name.partition(".")[0]) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, str(node.module).partition(".")[0]


def called(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and last word of everything called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func).rpartition(".")[2]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, content in committed().items()
        if b"\0" not in content and pattern.search(text := content.decode("utf-8", "replace"))
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_imports_point_one_way():
    linter = Path(sys.executable).with_name("lint-imports")  # a process of its own: it switches off the loggers of this
    told = subprocess.run([linter, "--no-cache", "--no-logo"], check=False, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("folder", PURE)
def test_pure_folders_import_the_standard_library_and_msgspec_only(folder):
    allowed = (sys.stdlib_module_names | PURE[folder]) - IMPURE_MODULES
    assert places(f"{folder}/", imported, lambda name: name not in allowed) == []


@pytest.mark.parametrize("folder", PURE)
def test_pure_folders_ask_neither_the_clock_nor_chance_nor_the_disk(folder):
    asked = places(f"{folder}/", called, IMPURE_CALLS.__contains__)
    assert asked == [], "time, ids and files are arguments here"


def test_a_hidden_clock_would_be_seen():
    tree = ast.parse("import datetime as d\ndef f(): return d.datetime.now(), open('x'), uuid.uuid4()\n")
    assert [name for _, name in called(tree)] == ["now", "open", "uuid4"]


def test_no_committed_file_names_a_registry():
    assert lines_with(NAMES_A_REGISTRY) == []


def test_no_committed_file_knows_a_work_machine():
    assert lines_with(NAMES_A_MACHINE) == []


@pytest.mark.parametrize("line", ["see /" + "work/main/x", "file:///" + "root/x", '"/' + 'home/ann/x"'])
def test_a_path_of_a_work_machine_would_be_seen(line):
    assert NAMES_A_MACHINE.search(line)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_carry_versions_and_hashes_and_name_no_index(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-(?:-index|-extra-index|-find-links|-trusted|i |f )|file:", text, re.MULTILINE)
    pins = re.split(r"\n(?=\w)", text)[1:]
    locked = re.compile(r"[\w.-]+==\S+ .*--hash=sha256:", re.DOTALL)
    assert pins
    assert [pin.partition("\n")[0] for pin in pins if not locked.match(pin)] == []


def test_the_dev_lock_holds_the_run_time_lock():
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==\S+", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_modules_are_short():
    written = b"# Written by `make docs`"
    product = [
        path for path, content in committed().items() if path.endswith(".py") and not content.startswith(written)
    ]
    product = [path for path in product if not path.startswith("tests/")]
    lengths = {path: committed()[path].count(b"\n") for path in product}
    for path, lines in lengths.items():
        if SECOND_LOOK < lines <= LONGEST:
            warnings.warn(f"{path} has {lines} lines", SecondLook, stacklevel=1)
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


def test_each_folder_of_tests_is_a_package():
    folders = {Path(path).parent for path in committed() if path.startswith("tests/") and path.endswith(".py")}
    assert [str(folder) for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []


def test_only_one_module_of_the_command_line_knows_rich() -> None:
    """Text reaches a screen through `cli/screen.py`, which prints it as it is: rich would read markup in it."""
    assert {found.partition(":")[0] for found in places("cli/", imported, "rich".__eq__)} == {"cli/screen.py"}


def test_what_one_verb_alone_needs_is_not_loaded_for_all():
    """Each question waited until the client of Kafka was there, because workers know Kafka."""
    ask = f"import sys, cli.verbs; print(*sorted({NEEDED_BY_SOME} & sys.modules.keys()))"
    loaded = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
