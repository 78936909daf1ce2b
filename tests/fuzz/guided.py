"""The same targets, led by coverage: needs Google's atheris (`pip install atheris`), which danze does not.

    python -m tests.fuzz.guided TARGET [INPUTS]

libFuzzer stops at the first find and keeps it in the corpus.
"""

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found] -- see above

with atheris.instrument_imports(include=["domain", "infra", "api"]):
    from tests.fuzz.__main__ import MEMORY, SECONDS, tried


def main() -> None:
    name, inputs = sys.argv[1], int((*sys.argv, "100000")[2])

    def one(data: bytes) -> None:
        if ended := tried(name, data):
            raise AssertionError(ended)

    kept = Path(__file__).parent / "corpus" / name
    with tempfile.TemporaryDirectory() as seen:
        limits = [f"-runs={inputs}", "-max_len=65536", f"-timeout={SECONDS}", f"-rss_limit_mb={MEMORY >> 20}"]
        atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={kept}/find-", seen, str(kept)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
