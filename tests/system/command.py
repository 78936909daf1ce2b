"""`danze` as its users have it: a process with arguments, standard input, two outputs and an exit code."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from multiprocessing import reduction
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from tests.patience import PATIENCE

DANZE = str(Path(sys.executable).with_name("danze"))


class Said(NamedTuple):
    """How a call of `danze` ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code in (0, 1), self
        return json.loads(self.out)

    def refused(self, *words: str) -> None:
        """Exit code 2 and one sentence with these words."""
        assert self.code == 2, self
        assert self.err.startswith("danze: "), self
        assert len(self.err.strip().splitlines()) == 1, self
        assert all(word in self.err for word in words), self


class Running:
    """A verb on its way."""

    def __init__(self, process: BaseProcess, said: Path) -> None:
        self._process, self._said = process, said
        assert process.pid is not None
        self.pid: int = process.pid

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> int:
        """Waits for it; the exit code, or the signal that ended it as a negative number."""
        self._process.join(PATIENCE)
        if self._process.exitcode is None:
            self.kill()
            raise TimeoutError(self.said())
        return self._process.exitcode

    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")


class Danze:
    """One store, asked from the command line."""

    def __init__(self, store: str | Path, **environment: str) -> None:
        self.store = str(store)
        self.environment = {**os.environ, "DANZE_STORE": self.store, **environment}

    def start(self, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([DANZE, *map(str, arguments)], env=self.environment, **{**pipes, **options})

    def begin(self, said: Path, *arguments: object, first: Callable[[], None] | None = None) -> Running:
        """Runs a verb in a process that can be disturbed, and does something `first`; what it says goes to a file."""
        said.touch()
        process = _forks.Process(target=_to_file, args=([*map(str, arguments)], self.environment, said, first))
        process.start()
        return Running(process, said)

    def __call__(self, *arguments: object, sent: bytes | None = None, **options: Any) -> Said:
        """Runs a verb to its end."""
        if not options:
            return _forked([*map(str, arguments)], self.environment, sent or b"")
        with self.start(*arguments, **options) as process:
            try:
                out, err = process.communicate(timeout=PATIENCE)
            except BaseException:
                process.kill()
                raise
        return _checked(process.returncode, out or b"", err or b"")

    def emit(self, *actions: dict[str, Any] | bytes, options: Iterable[str] = ()) -> dict[str, int]:
        counts: dict[str, int] = self("emit", "-", "--json", *options, sent=ndjson(actions)).json
        return counts

    def events(self) -> int:
        """Checks the log and tells its length."""
        answer = self("verify", "--json").json
        assert answer["ok"], answer
        return int(answer["events"])


if "COLUMNS" not in os.environ:
    os.unsetenv("COLUMNS")  # readline, which pytest loads, sets it where Python does not see it: pipes are wide

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["cli.verbs", "infra.log.sqlite", "infra.log.postgres"])


def _forked(arguments: list[str], environment: dict[str, str], sent: bytes) -> Said:
    """In a process of its own that has imported everything already: a call costs a tenth, and hundreds are made."""
    with TemporaryFile() as stdin, TemporaryFile() as stdout, TemporaryFile() as stderr:
        stdin.write(sent)
        stdin.seek(0)
        files = [reduction.DupFd(file.fileno()) for file in (stdin, stdout, stderr)]
        process = _forks.Process(target=_danze, args=(arguments, environment, files))
        process.start()
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(arguments)
        stdout.seek(0)
        stderr.seek(0)
        return _checked(process.exitcode, stdout.read(), stderr.read())


def _danze(arguments: list[str], environment: dict[str, str], files: list[Any]) -> None:
    _run(arguments, environment, [file.detach() for file in files])


def _to_file(arguments: list[str], environment: dict[str, str], said: Path, first: Callable[[], None] | None) -> None:
    if first is not None:
        first()
    output = os.open(said, os.O_WRONLY | os.O_TRUNC)
    _run(arguments, environment, [os.open("/dev/null", os.O_RDONLY), output, output])


def _run(arguments: list[str], environment: dict[str, str], files: list[int]) -> None:
    from cli.verbs import main

    for number, file in enumerate(files):
        os.dup2(file, number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["danze", *arguments]
    main()


def _checked(code: int, out: bytes, err: bytes) -> Said:
    said = Said(code, out.decode(), err.decode())
    assert "Traceback" not in said.err, said.err
    return said


def ndjson(actions: Iterable[dict[str, Any] | bytes]) -> bytes:
    lines = (a if isinstance(a, bytes) else json.dumps(a, ensure_ascii=False).encode() for a in actions)
    return b"".join(line + b"\n" for line in lines)


def action(id: str, type: str, subject: str, time: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    envelope = {"specversion": "1.0", "id": id, "source": "/test", "actor": "official:a", "unit": "unit:bureau"}
    return {**envelope, "type": f"{type}.v1", "subject": subject, "time": time, "data": data, **more}


def city() -> list[dict[str, Any]]:
    """A petition bureau, an organ and an organ below it."""
    told = {
        "unit:bureau": {"name": "市信访局", "level": "city", "kind": "bureau", "division": "430400"},
        "unit:organ": {"name": "区住建局", "level": "county", "kind": "department", "division": "430408"},
        "unit:below": {
            "name": "房管所", "level": "township", "kind": "other", "division": "430408", "parent": "unit:organ"
        },
    }  # fmt: skip
    return [
        action(subject, "unit.established", subject, "2019-01-02T09:00:00+08:00", data)
        for subject, data in told.items()
    ]


def registered(number: int, **data: Any) -> dict[str, Any]:
    """The registration of `petition:P-<number>`, a visit by one person about parking."""
    said = {
        "channel": "visit", "purpose": "settlement", "category": "城乡建设", "place": "430408", "persons": 1,
        "petitioners": [f"person:{number:04}"], "title": "小区停车收费", **data,
    }  # fmt: skip
    return action(f"P-{number}", "petition.registered", f"petition:P-{number}", "2020-04-10T09:12:00+08:00", said)


def beside(store: Path) -> list[Path]:
    """Every file of a store, also what SQLite keeps beside it."""
    return sorted(store.parent.glob(store.name + "*"))
