"""Who is due to be forgotten is proposed: all is over and untouched for so long; a human decides and sends it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.system.command import Danze, action, city, registered

SAID = {"name": "周小华"}
HISTORY = ("--history",)
WHO = ("--actor", "official:a", "--unit", "unit:bureau")


def withdrawn(number: int, time: str = "2020-05-01T09:00:00+08:00") -> dict:
    return action(f"w-{number}", "petition.withdrawn", f"petition:P-{number}", time, {})


def told(danze: Danze, *options: str) -> list[str]:
    return [each["person"] for each in danze("keys", "retention", *options, "--json").json["persons"]]


@pytest.fixture
def danze(store_url: str, tmp_path: Path) -> Danze:
    """x has withdrawn all, y one of two, z all but lately; v sealed nothing."""
    danze = Danze(store_url, XDG_DATA_HOME=str(tmp_path / "share"))
    items = [
        registered(1, petitioners=["person:x"], personal=SAID),
        registered(2, petitioners=["person:y"], personal=SAID),
        registered(3, petitioners=["person:z", "person:y"], personal=SAID),
        registered(4, petitioners=["person:v"]),
        registered(5, petitioners=["person:y"], personal=SAID),
    ]
    past = [*city(), *items, withdrawn(1), withdrawn(2), withdrawn(4)]
    assert danze.emit(*past, options=HISTORY)["rejected"] == 0
    assert danze.emit(withdrawn(3))["recorded"] == 1
    return danze


def test_only_those_of_whom_all_is_over_for_so_long_are_named(danze: Danze) -> None:
    assert told(danze, "--older-than", "2y") == ["person:x"]
    assert told(danze, "--older-than", "24m") == ["person:x"]
    assert told(danze, "--older-than", "900m") == []


def test_a_human_sends_what_is_proposed_and_nobody_is_proposed_twice(danze: Danze, tmp_path: Path) -> None:
    file = tmp_path / "forget.jsonl"
    assert told(danze, "--older-than", "2y", "--actions", str(file), *WHO) == ["person:x"]
    (line,) = file.read_bytes().splitlines()
    assert (json.loads(line)["subject"], json.loads(line)["actor"]) == ("petitioner:x", "official:a")
    assert danze.emit(line)["recorded"] == 1
    assert told(danze, "--older-than", "2y") == []


def test_what_makes_no_sense_is_said(danze: Danze, tmp_path: Path) -> None:
    danze("keys", "retention", "--older-than", "long").refused("--older-than: 'long' is no length of time")
    danze("keys", "retention", "--older-than", "9999y").refused("9999y is before any calendar")
    file = tmp_path / "forget.jsonl"
    to_file = ("--older-than", "2y", "--actions", file)
    danze("keys", "retention", *to_file).refused("--actions needs --actor")
    danze("keys", "retention", *to_file, "--actor", "me", "--unit", "unit:bureau").refused("--actions needs --actor")
    danze("keys", "retention", *to_file, "--actor", "official:a", "--unit", "").refused("--unit is empty")
    assert not file.exists()
