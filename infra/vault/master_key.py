"""The master key: 32 bytes that wrap every person's key.

From the environment, from a command (a key service's client), else from a file only its owner can read. The key itself
stands in no sentence that is printed or logged, and neither does what a command says.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from infra import secret_files
from infra.log.port import StoreError, StoreLocked
from infra.log.urls import StoreUrl
from infra.one_at_a_time import alone
from infra.seals.keys import beside
from infra.secret_files import announced

KEY_BYTES = 32
VARIABLE = "DANZE_MASTER_KEY"
COMMAND_VARIABLE = "DANZE_MASTER_KEY_COMMAND"
FILE_VARIABLE = "DANZE_MASTER_KEY_FILE"
COMMAND_SECONDS = 30.0
"""How long a command may take to answer."""


class Source(NamedTuple):
    """Where the master key of a store comes from."""

    name: str
    """The variable that holds it or its command, or the path of its file."""
    path: Path | None
    """Its file, where it is one."""
    default: bool = False
    """Nobody named one: a store that is new is given one."""

    def keys(self, *, fresh: bool) -> Iterator[bytes]:
        """The key; where that one does not fit, one that a rotation left waiting.

        Only a `fresh` key store may be given a new one: an old one could never be read again.
        """
        if self.path is None:
            yield _decoded(os.fsencode(os.environ[VARIABLE]), VARIABLE) if self.name == VARIABLE else _asked()
            return
        if self.default and not self.path.exists():
            if not fresh:
                what = f"put it there or set {FILE_VARIABLE}"
                raise StoreLocked(f"the master key of this store is not at {self.path}; {what}")
            make(self.path)
        # A rotation that ends just now may put the waiting key in place between two looks, or after a look.
        for path in (self.path, announced(self.path), self.path):
            try:
                key = read(path)
            except StoreError as error:
                if path == self.path or not isinstance(error.__cause__, FileNotFoundError):
                    raise
            else:
                yield key

    def settle(self, key: bytes) -> None:
        """Puts the key that waits in place, when it is the one that fits: ends a rotation that was stopped half way."""
        if self.path is not None and announced(self.path).exists():
            # One under way ends by itself; a file to be read only stays, and fits where it is.
            with suppress(OSError), alone(self.path.parent, wait=False):
                put_in_place(self.path, key)


def source_of(place: StoreUrl) -> Source:
    """Where the environment says that the key of a store is; else beside the store."""
    for variable in (VARIABLE, COMMAND_VARIABLE):
        if os.environ.get(variable):
            return Source(variable, None)
    if named := os.environ.get(FILE_VARIABLE):
        return Source(named, Path(named))
    path = beside(place, "master")
    return Source(str(path), path, default=True)


def make(path: Path) -> None:
    """A new key, where there is none."""
    secret_files.make(path, base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")


def put_in_place(path: Path, key: bytes) -> None:
    """The waiting key replaces the one in the file, if it is this one. Only for who is alone."""
    secret_files.settle(path, lambda held: _decoded(held, str(announced(path))) == key)


def read(path: Path) -> bytes:
    try:
        return _decoded(secret_files.read(path), str(path))
    except StoreError as error:
        if isinstance(why := error.__cause__, OSError):
            raise StoreError(f"the master key cannot be read from {path} ({why.strerror})") from why
        raise


def _asked() -> bytes:
    """What the command answers on its standard output."""
    try:
        command = shlex.split(os.environ[COMMAND_VARIABLE])
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, start_new_session=True, **pipes) as process:  # noqa: S603 -- the operator's own
            try:
                answer, _ = process.communicate(timeout=COMMAND_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise StoreError(f"the command in {COMMAND_VARIABLE} took longer than {COMMAND_SECONDS:g} s") from None
    except (ValueError, IndexError):
        raise StoreError(f"{COMMAND_VARIABLE} is no command line") from None
    except OSError as error:
        raise StoreError(f"the command in {COMMAND_VARIABLE} cannot be run ({error.strerror})") from None
    if process.returncode:
        raise StoreError(f"the command in {COMMAND_VARIABLE} ended with exit code {process.returncode}")
    return _decoded(answer, f"the answer of {COMMAND_VARIABLE}")


def _decoded(value: bytes, where: str) -> bytes:
    try:
        key = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreError(f"{where} holds no master key: it must be {KEY_BYTES} bytes in base64")
    return key
