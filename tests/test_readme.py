"""The README tells the truth: its commands are run, its outputs compared. `make docs` writes them again."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def told(block: str, folder: Path) -> str:
    """A console block with the outputs as they really are."""
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{_output(command[2:], folder)}" for command in commands)


def _output(command: str, folder: Path) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {"PATH": path, "HOME": str(folder), "COLUMNS": "150", "PYTHONUTF8": "1"}
    run = subprocess.run(
        command, shell=True, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    return re.sub(r" +$", "", run.stdout, flags=re.MULTILINE)


def as_it_is(text: str, folder: Path) -> str:
    """The README with the outputs of all its commands."""
    (folder / "docs").mkdir()
    shutil.copytree(ROOT / "docs/examples", folder / "docs/examples")

    def rerun(found: re.Match[str]) -> str:
        return f"```console\n{told(found[2], folder)}```" if found[1] == "console" else found[0]

    return BLOCK.sub(rerun, text)


def test_every_command_of_the_readme_gives_what_it_says(tmp_path):
    text = README.read_text(encoding="utf-8")
    assert as_it_is(text, tmp_path) == text, "`make docs` writes the outputs again"


def test_the_readme_has_no_code_that_is_not_run():
    assert {name for name, _ in BLOCK.findall(README.read_text(encoding="utf-8"))} == {"mermaid", "console"}


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        README.write_text(as_it_is(README.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")
