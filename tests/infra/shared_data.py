"""Where the real tables lie that never come into the repository."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def shared(name: str) -> Path:
    """A file of the shared data; the test skips with one line where it is absent."""
    path = Path(os.environ.get("DANZE_SHARED_DATA") or ROOT.parent / "shared" / "data") / name
    if not path.is_file():
        pytest.skip(f"shared data is absent: {name}")
    return path
