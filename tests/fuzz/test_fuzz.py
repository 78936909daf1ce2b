"""Some thousand broken inputs with every run of the tests; `make fuzz N=1000000` tries more."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from domain.codec import decode_action
from domain.envelope import Action
from infra.importers.messages import messages
from infra.importers.records import records
from infra.importers.rows import ImportProblem
from infra.importers.workorders import REQUIRED, workorders
from infra.importers.xes import traces
from infra.log import bundle
from infra.log.lookups import Lookups
from infra.log.port import RawEntry, leaf_of
from infra.log.verify import verify
from tests.fuzz.__main__ import fuzz
from tests.fuzz.targets import TARGETS
from tests.infra.test_importers_workorders import ORDER

CORPUS = Path(__file__).parent / "corpus"
NESTED = b'{"a":' * 5_000 + b"1" + b"}" * 5_000


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_broken_is_refused_in_a_sentence(name):
    assert fuzz(name, {"intake": 20, "copy": 50}.get(name, 200), seed=1) == 0


# what was found, each once


def test_an_event_of_nested_brackets_is_altered_and_no_traceback():
    class Log:
        def raw_entries(self, after=0, limit=1):
            return [RawEntry(1, "petition:A", 1, "x", 1, NESTED, b"", bytes(16), leaf_of(NESTED))][after:]

        def lookups(self, after):
            return Lookups(after=after)

        def lowest(self):
            return 1

    assert verify(Log())["first_bad"]["position"] == 1
    with pytest.raises(bundle.BrokenLine):
        bundle.read(NESTED)


@pytest.mark.parametrize("line", sorted(CORPUS.glob("line/event-*")), ids=lambda path: path.name)
def test_a_line_is_the_one_that_danze_wrote_to_the_letter(line):
    row, _ = bundle.read(line.read_bytes())
    digest = row.digest.hex().encode()
    with pytest.raises(bundle.BrokenLine):
        bundle.read(line.read_bytes().replace(digest, digest.upper()))


def test_a_time_without_offset_is_no_event_of_ours():
    line = (CORPUS / "line/find-recorded-without-offset").read_bytes()
    with pytest.raises(bundle.BrokenLine, match=r"\$\.recorded has no offset"):
        bundle.read(line)


def test_a_record_without_the_unit_that_registered_it_is_told(tmp_path):
    path = tmp_path / "week.csv"
    path.write_text("信访件编号,登记机构,重复,重复信访件编号\nP-1,,是,P-0\n", encoding="utf-8")
    problems = []
    list(records(path, problems=problems, seen="2026-01-01T00:00:00+08:00"))
    assert "no unit is named" in " ".join(problem.sentence for problem in problems)


def test_xes_in_an_encoding_that_nobody_knows_is_told(tmp_path):
    path = tmp_path / "log.xes"
    path.write_text('<?xml version="1.0" encoding="UTFS-8"?><log/>', encoding="utf-8")
    with pytest.raises(ImportProblem, match="not readable XES"):
        list(traces(path))


def test_a_header_of_several_lines_is_told_on_one(tmp_path):
    path = tmp_path / "messages.csv"
    path.write_text('message_id,"user\n\n_id",' + "x" * 10_000 + "\n", encoding="utf-8")
    with pytest.raises(ImportProblem, match="lacks the columns") as told:
        list(messages(path))
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 700


def test_a_count_that_no_machine_counts_to_is_kept_as_it_was_written(tmp_path):
    path = tmp_path / "orders.csv"
    order = {**ORDER, "OPERATE_NUM": "9" * 30, "INTIME_ARCHIVE_NUM": "9" * 5_000}
    path.write_text(",".join(REQUIRED) + "\n" + ",".join(order[name] for name in REQUIRED), encoding="utf-8")
    for made in workorders(path):
        assert isinstance(decode_action(orjson.dumps(made)), Action)
