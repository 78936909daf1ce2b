"""Tables of terms: TOML that says what the words of a foreign table mean. One is shipped with each importer."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec

from infra.importers.rows import ImportProblem

T = TypeVar("T")


def table(path: Path | None, shipped: str, kind: type[T]) -> T:
    """The table in a file, or the one that is shipped under a name. Raises `ImportProblem` if it is none."""
    try:
        text = (path or files("infra.importers") / shipped).read_text(encoding="utf-8")
        return msgspec.convert(tomllib.loads(text), kind)
    except OSError as error:
        raise ImportProblem(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, msgspec.ValidationError) as error:
        raise ImportProblem(f"{path} is no table of terms: {error}") from error
