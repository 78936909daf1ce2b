"""Every block of code on a page, run in its order in one folder, and the page with the outputs as they really are.

| block | is run as |
|---|---|
| `console` | each line after `$ `; what it prints stands below it |
| `bash`, `sh` | a script that may not fail; what it exports holds for the rest of the page |
| `python` | a program; `sql` by DuckDB, and each statement finds something |
| any, after "`NAME`:" | written into the file NAME, for the blocks below |
| `json` without a name | an action that danze takes; `toml` without one is read |

`<!-- not run: WHY -->` above a block leaves it out. `mermaid` and `text` are no code.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
FROM_NOTHING = ("README.md", "docs/tutorial.md", "docs/guides/emit-your-first-event.md")
"""Pages that begin without a store. The others have one of the README's petition and three weeks of a county."""
ON_KAFKA = ("docs/guides/emit-your-first-event.md", "clients/python/README.md")
KAFKA, HTTP = "127.0.0.1:9092", "127.0.0.1:8430"
"""Addresses as pages write them; they are replaced by those of the servers that the test started."""
BLOCK = re.compile(
    r"(?:`(?P<file>[\w./-]+)`:\n\n)?(?:^<!-- not run: (?P<why>[^\n]+) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
NO_CODE = {"mermaid", "text"}


def pages() -> dict[str, str]:
    """Text by path, of the pages that show code."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "clients").rglob("*.md")]
    told = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(found)}
    return {page: text for page, text in told.items() if {each["kind"] for each in BLOCK.finditer(text)} - NO_CODE}


def calls_http(text: str) -> bool:
    return any(HTTP in each["text"] and not each["why"] for each in BLOCK.finditer(text))


def not_run() -> list[tuple[str, str]]:
    """Page and reason of each block that is left out."""
    return [(page, each["why"]) for page, text in pages().items() for each in BLOCK.finditer(text) if each["why"]]


class Reader:
    """Somebody who does what a page says, in a folder of his own. `servers` are real addresses by written ones."""

    def __init__(self, folder: Path, servers: Mapping[str, str]) -> None:
        self.folder, self.servers = folder, servers
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        kept = {"HOME": str(folder), "COLUMNS": "150", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT / "clients/python")}
        self.environment = {"PATH": path, **kept}
        for each in ("docs/examples", "clients/kcat", "clients/verifier"):
            shutil.copytree(ROOT / each, folder / each)

    def follows(self, text: str) -> str:
        """The page with the outputs of all its commands. Raises AssertionError at the first block that fails."""
        return BLOCK.sub(self._block, text)

    def _block(self, found: re.Match[str]) -> str:
        file, why, kind, text = found.group("file", "why", "kind", "text")
        if file:
            (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / file).write_text(self._real(text), encoding="utf-8")
        if kind in NO_CODE or why or (file and kind != "console"):
            return found[0]
        run = getattr(self, f"_{kind}", None)
        assert run is not None, f"nothing here runs {kind}: say why above the block, `<!-- not run: … -->`"
        told = run(text)
        return found[0] if told is None else found[0].replace(text, told)

    def _console(self, text: str) -> str:
        commands = [line for line in text.splitlines() if line.startswith("$ ")]
        return "".join(f"{command}\n{self._said(command[2:])}" for command in commands)

    def _said(self, command: str) -> str:
        done = self._run(["bash", "-c", self._real(command)])
        return re.sub(r" +$", "", self._written(done.stdout), flags=re.MULTILINE)

    def _bash(self, text: str) -> None:
        kept = self.folder / ".environment"
        done = self._run(["bash", "-aeuo", "pipefail", "-c", f"{self._real(text)}\nenv -0 >{kept}"])
        assert done.returncode == 0, f"{text}\n{done.stdout}"
        lines = kept.read_text(encoding="utf-8").split("\0")
        self.environment = dict(line.split("=", 1) for line in lines if "=" in line)

    _sh = _bash

    def _python(self, text: str) -> None:
        done = self._run([sys.executable, "-c", self._real(text)])
        assert done.returncode == 0, f"{text}\n{done.stdout}"

    def _sql(self, text: str) -> None:
        with duckdb.connect() as base:
            base.execute(f"SET file_search_path = '{self.folder}'")
            for statement in duckdb.extract_statements(text):
                assert base.execute(statement).fetchall(), f"nothing found: {statement.query}"

    def _json(self, text: str) -> None:
        line = " ".join(text.split())
        done = self._run(["danze", "emit", "-", "--json"], line)
        assert '"recorded":1' in done.stdout.replace(" ", ""), f"{text}\n{done.stdout}"

    def _toml(self, text: str) -> None:
        tomllib.loads(text)

    def _run(self, command: list[str], given: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, input=given, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", timeout=5 * PATIENCE, check=False,
        )  # fmt: skip

    def _real(self, text: str) -> str:
        for written, real in self.servers.items():
            text = text.replace(written, real)
        return text

    def _written(self, text: str) -> str:
        for written, real in self.servers.items():
            text = text.replace(real, written)
        return text


def small_city(folder: Path) -> None:
    """The store that pages ask: `danze.db` with the README's petition, and three weeks of one county after it."""
    reader = Reader(folder, {})
    reader._bash(
        "danze emit --history docs/examples/parking.jsonl\n"
        "danze simulate --days 20 --scale 0.05 --counties 1 --start 2020-09-01 --out city.jsonl\n"
        "danze emit --history city.jsonl\n"
    )
    for name in ("docs", "clients", "city.jsonl", ".environment"):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def main() -> None:
    """Writes the outputs again, of those pages that need no server."""
    with TemporaryDirectory() as root:
        (city := Path(root, "city")).mkdir()
        small_city(city)
        for number, (page, text) in enumerate(pages().items()):
            if page in ON_KAFKA or calls_http(text) or "```console" not in text:
                continue
            folder = Path(root, str(number))
            folder.mkdir() if page in FROM_NOTHING else shutil.copytree(city, folder)
            (ROOT / page).write_text(Reader(folder, {}).follows(text), encoding="utf-8")


if __name__ == "__main__":
    main()
