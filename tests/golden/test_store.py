"""A store of an earlier release opens, verifies, is read on, and answers as that release did."""

from __future__ import annotations

import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.system.command import Danze, city, registered

STORES = sorted(Path(__file__).parent.glob("store-*.tar.xz"))
"""Each named by the commit that made it: log, keys, seals, read models of that day's format, and what it answered."""
WORDED = " explained en"
"""Sentences for people, in which `deputy_in_charge` was told then what is a "deputy in charge" now."""


@pytest.fixture(params=STORES, ids=lambda path: path.name)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Danze:
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path)  # our own file
    return Danze(tmp_path / "danze.db", XDG_DATA_HOME=str(tmp_path / "share"))


def told_then(danze: Danze) -> dict[str, Any]:
    return dict(json.loads(Path(danze.store).with_name("answers.json").read_bytes()))


def test_what_a_store_answered_it_answers_today(kept: Danze) -> None:
    for question, then in told_then(kept).items():
        missing = less(then, kept(*question.split(), "--json").json, question)
        assert missing == [], missing[:5]


def less(then: Any, now: Any, where: str) -> list[str]:
    """What was told then and is not told today; more may be told."""
    if isinstance(then, dict) and isinstance(now, dict):
        return [each for name in then for each in less(then[name], now.get(name), f"{where} {name}")]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [each for n, (a, b) in enumerate(zip(then, now, strict=True)) for each in less(a, b, f"{where} {n}")]
    if WORDED in where and isinstance(then, str):
        then = re.sub(r"(?<=[a-z])_(?=[a-z])", " ", then)
    return [] if then == now else [f"{where}: {then!r} then, {now!r} now"]


def test_it_verifies_against_its_own_seals_and_is_rebuilt_without_a_difference(kept: Danze) -> None:
    then, now = told_then(kept)["verify"], kept("verify", "--json").json
    assert (now["ok"], now["checkpoint"], now["seals"]["sealed"]) == (True, then["checkpoint"], then["events"])
    assert kept("findings").code == 0
    assert {*kept("replay", "--json").json["differences"].values()} == {0}


def test_it_takes_actions_on_and_opens_what_was_sealed_then(kept: Danze) -> None:
    before = kept.events()
    assert kept.emit(*city(), registered(1, personal={"name": "李大山"}))["recorded"] == 4
    assert kept("seal").code == 0
    assert kept("backup", Path(kept.store).with_name("backup"), "--json").json["sealed"] == before + 4
