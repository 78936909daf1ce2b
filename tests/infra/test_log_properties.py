"""Whatever the order of appends, conflicts and reopenings, the log is one gap-free history."""

from __future__ import annotations

import itertools
import sqlite3
from array import array
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.log import index
from infra.log.index import Filter, Index, Run, _pack, unpacked
from infra.log.open import open_log
from infra.log.port import Conflict, Log, NewEntry
from infra.log.verify import verify
from tests.infra.samples import entry

_numbers = itertools.count(1)
NAMES = [f"{kind}:{n}" for kind in ("petition", "unit") for n in range(4)]

attempts = st.lists(
    st.tuples(
        st.integers(0, 1),  # which of two writers
        st.lists(st.sampled_from(NAMES), min_size=0, max_size=5),  # subjects appended
        st.sampled_from((0, 0, 0, 1, 3)),  # how far behind the writer's head is
    ),
    max_size=25,
)


def decided(log: Log, subjects: list[str], behind: int, number: itertools.count[int]) -> tuple[list[NewEntry], int]:
    """Entries as a writer makes them that has seen all but the last `behind` events."""
    after = max(0, log.head().position - behind)
    versions = {subject: len(log.stream(subject, upto=after)) for subject in subjects}
    made = []
    for subject in subjects:
        versions[subject] += 1
        n = next(number)
        touches = (f"t:{subject}",) if n % 4 == 0 and subject.startswith("unit:") else ()
        made.append(entry(subject, versions[subject], n, seconds=n // 3, touches=touches))
    return made, after


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=15)
@given(attempts=attempts)
def test_any_interleaving_is_one_history(store_url: str, monkeypatch: pytest.MonkeyPatch, attempts: list[Any]) -> None:
    monkeypatch.setattr(index, "TAIL", 3)  # so that runs are written, merged and read back
    monkeypatch.setattr(index, "BULK", 10)
    url = f"{store_url}_{next(_numbers)}"
    writers = [open_log(url), open_log(url)]
    number = itertools.count(1)
    expected: list[NewEntry] = []
    for writer, subjects, behind in attempts:
        made, after = decided(writers[writer], subjects, behind, number)
        try:
            head = writers[writer].append(made, [], after=after)
        except Conflict:
            assert after < len(expected)
            continue
        assert after == len(expected)
        expected += made
        assert head.position == len(expected)

    for log in (*writers, open_log(url)):
        found = log.read(0)
        assert [(e.position, e.body) for e in found] == [(n, e.body) for n, e in enumerate(expected, 1)]
        for name in NAMES:
            assert log.stream(name) == [e for e in found if e.subject == name]
        assert log.streams(NAMES[:3]) == [e for e in found if e.subject in NAMES[:3]]
        assert [*log.of_kind("unit")] == [e for e in found if e.subject.startswith("unit:")]
        touched = [n for n, e in enumerate(expected, 1) if "t:unit:1" in e.touches]
        assert [e.position for e in log.touching("t:unit:1")] == touched
        assert log.known([e.key for e in expected]) == {e.key: (n, e.digest) for n, e in enumerate(expected, 1)}
        for recorded in {e.recorded + shift for e in expected for shift in (-1, 0, 1)}:
            assert log.at(recorded) == sum(e.recorded <= recorded for e in expected)
        assert verify(log)["ok"]
        log.close()


@given(st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=60, unique=True))
def test_the_filter_never_hides_a_key(keys: list[bytes]) -> None:
    seen = Index()
    seen.note(range(1, len(keys) + 1), [f"petition:{n}" for n in range(len(keys))], [1] * len(keys), keys)
    run = Run(1, len(keys), 0, unpacked(_pack(array("Q", sorted(seen.postings)))))
    fresh = Index()
    fresh.install([run])
    fresh.filter = Filter([run])
    for position, key in enumerate(keys, 1):
        assert position in list(fresh.key_candidates({key}))


def test_a_sqlite_log_survives_vacuum(tmp_path: Path) -> None:
    log: Any = open_log(str(tmp_path / "log.db"))
    log.append([entry("petition:A", 1, 1), entry("petition:A", 2, 2)], [], after=0)
    log.close()
    sqlite3.connect(tmp_path / "log.db").execute("VACUUM")
    log = open_log(str(tmp_path / "log.db"))
    assert [e.version for e in log.stream("petition:A")] == [1, 2]
    assert verify(log)["ok"]
