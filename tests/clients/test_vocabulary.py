"""The library checks as the intake does, by code written from the domain."""

from pathlib import Path

import msgspec
import pytest
from danze_producer import check, facts

from cli.reference.producer import modules
from domain.codec import decode_action
from domain.vocabulary import LOG_MADE, SUBJECT_KIND, TYPES
from tests.domain.test_codec import GOOD, REFUSED, sent

LIBRARY = Path(check.__file__).parent


@pytest.mark.parametrize("name", modules())
def test_the_written_modules_are_fresh(name):
    assert (LIBRARY / name).read_text(encoding="utf-8") == modules()[name], "`make docs` writes them again"


def test_the_vocabulary_is_the_domains():
    assert {name: fact.__name__ for name, fact in facts.TYPES.items()} == {n: f.__name__ for n, f in TYPES.items()}
    assert (facts.LOG_MADE, facts.SUBJECT_KIND) == (LOG_MADE, SUBJECT_KIND)


@pytest.mark.parametrize("line", [sent(), *(line for line, _, _ in REFUSED)], ids=range(len(REFUSED) + 1))
def test_what_the_intake_takes_or_refuses_the_library_does(line):
    ours, theirs = check.decode_action(line), decode_action(line)
    assert msgspec.to_builtins(ours) == msgspec.to_builtins(theirs)
    assert isinstance(ours, check.Rejected) == (line != sent(GOOD["data"]))


def test_the_library_imports_what_it_declares_and_nothing_of_danze():
    declared = msgspec.toml.decode((LIBRARY.parent / "pyproject.toml").read_bytes())["project"]
    assert [each.partition(">")[0] for each in declared["dependencies"]] == ["kafka-python", "msgspec"]
    words = {"domain", "infra", "projections", "consumers", "api", "cli", "orjson", "faust", "typer"}
    for path in LIBRARY.glob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(("import ", "from ")):
                assert line.split()[1].partition(".")[0] not in words, f"{path.name}: {line}"
