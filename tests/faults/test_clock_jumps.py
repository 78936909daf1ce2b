"""The machine's time is set ahead, and back: nobody has missed anything by it, and the order of the log holds."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from prometheus_client import CollectorRegistry

from cli import running
from cli.besides import Besides
from cli.running import Door
from cli.wiring import opened
from domain.envelope import SHANGHAI
from infra.kafka.topics import Topics
from infra.machine_time import MachineTime, TimeJumped
from infra.watching import ClockWatch, FailWatch
from tests.faults.machine import Machine
from tests.patience import PATIENCE, until
from tests.system.command import Danze, action, city, ndjson, registered

TODAY = datetime.now(UTC)


class Desk(Machine):
    """With a store on it."""

    def __init__(self, danze: Danze, ahead: Path) -> None:
        super().__init__(ahead)
        self.danze = danze
        self.set(0)

    def begin(self, *call: object, **more: Any) -> subprocess.Popen[bytes]:
        arguments = [sys.executable, "-m", "tests.faults.machine", str(self.ahead), *map(str, call)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(arguments, env=self.danze.environment, **{**pipes, **more})

    def emit(self, *actions: dict) -> str:
        out, err = self.begin("emit", "-", "--json").communicate(ndjson(actions), PATIENCE)
        refused = b'"rejected": 0' not in out
        assert err.startswith(b"danze: the first refused: ") if refused else not err, err
        return str(out.decode())


@pytest.fixture
def machine(danze: Danze, tmp_path: Path) -> Iterator[Desk]:
    """A petition that came in a minute ago."""
    time = (TODAY - timedelta(minutes=1)).isoformat()
    danze.emit(*city(), {**registered(1), "time": time})
    return Desk(danze, tmp_path / "ahead")


def test_a_clock_set_ahead_records_nothing_until_it_is_set_back(machine: Desk, tmp_path: Path) -> None:
    before, said = machine.danze.events(), tmp_path / "said"
    with said.open("wb") as output, machine.begin("clock", "--every", "0.2", stderr=output) as clock:
        try:
            until(lambda: "danze clock: " in said.read_text(), lambda: "it does not stand")
            machine.set(400)
            until(lambda: "jumped ahead by 400 days" in said.read_text(), said.read_text)
            assert machine.danze.events() == before
            machine.set(0)
            overdue = (TODAY - timedelta(days=100)).isoformat()
            assert machine.danze.emit({**registered(2), "time": overdue})["recorded"] == 1
            until(lambda: machine.danze.events() > before + 1, said.read_text)
        finally:
            clock.terminate()


def test_http_takes_nothing_meanwhile_and_says_when_to_come_back(machine: Desk) -> None:
    with machine.begin("run", "--port", "0") as run:
        try:
            assert run.stdout is not None
            address = run.stdout.readline().decode().split()[1]
            machine.set(400)
            status, headers, told = _posted(address, 2)
            assert (status, headers["retry-after"], told["code"]) == (503, "60", "time-jumped")
            assert "jumped ahead by 400 days" in told["detail"]
            machine.set(0)
            assert _posted(address, 2)[2]["recorded"] == 1
        finally:
            run.terminate()
    _nothing_is_late(machine)


def test_sealing_goes_on_meanwhile(machine: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(machine.danze.store) as system:
        monkeypatch.setattr(system, "time", MachineTime(lambda: TODAY, iter([86400 * 400.0, *[0.0] * 9]).__next__))
        stop, before = threading.Event(), system.log.head()
        stop.set()
        door, registry = Door(system.intake(clock=True), system.answers), CollectorRegistry()
        besides = Besides(stop, FailWatch(registry))
        besides.begin(0, **running.beside_answers(system, door, ClockWatch(registry)))
        with besides:
            pass
        assert registry.get_sample_value("danze_failures_total", {"what": "clock"}) == 1
        assert (system.answers.checkpoint()["size"], system.log.head()) == (before.position, before)


@pytest.mark.kafka
def test_the_intake_waits_with_what_lies_on_kafka_and_takes_it_when_the_time_is_right(
    machine: Desk, tmp_path: Path, kafka_url: str, topics: Topics
) -> None:
    to, said = ("--kafka", kafka_url, "--topics", topics.prefix), tmp_path / "said"
    before, sealed_for = machine.danze.events(), machine.danze("keys", "--json").json["intake"]["public"]
    with said.open("wb") as output, machine.begin("intake", *to, stderr=output) as intake:
        try:
            until(lambda: topics.actions in said.read_text(), said.read_text)
            machine.set(400)
            machine.danze("emit", "-", *to, "--intake-key", sealed_for, sent=ndjson([_now(2), _now(3)]))
            until(lambda: "jumped ahead by 400 days" in said.read_text(), said.read_text)
            assert (machine.danze.events(), intake.poll()) == (before, None)
            machine.set(0)
            until(lambda: machine.danze.events() == before + 2, said.read_text)
        finally:
            intake.terminate()
    assert said.read_text().count("jumped ahead") == 1
    _nothing_is_late(machine)


def _posted(address: str, number: int) -> tuple[int, Any, Any]:
    sent = Request(f"{address}v1/actions", json.dumps(_now(number)).encode(), {"content-type": "application/json"})
    try:
        with urlopen(sent) as answer:
            return answer.status, answer.headers, json.load(answer)
    except HTTPError as error:
        return error.code, error.headers, json.load(error)


def _now(number: int) -> dict[str, Any]:
    return {**registered(number), "time": (TODAY - timedelta(minutes=1)).isoformat()}


def _nothing_is_late(machine: Desk) -> None:
    """Neither an entry (F13) nor the log's own time."""
    late = machine.danze("findings", "--rule", "F13", "--json").json
    assert (late["findings"], late["as_of"][:10] <= f"{datetime.now(SHANGHAI):%Y-%m-%d}") == ([], True)


def test_a_log_that_was_written_in_the_future_is_told_of(machine: Desk) -> None:
    assert "time" not in _to_mend(machine)
    machine.set(400)
    machine.emit(_now(2))  # a single call cannot know
    machine.set(0)
    assert "the future of this machine" in _to_mend(machine)["time"]


def _to_mend(machine: Desk) -> dict[str, str]:
    checks = machine.danze("doctor", "--json").json["checks"]
    return {each["what"]: each["found"] for each in checks if each["level"] == "broken"}


def test_what_comes_in_while_the_time_jumps_keeps_its_order_and_is_taken_once(machine: Desk) -> None:
    for number, days in ((10, 3), (11, -200)):
        machine.set(days)
        time = (TODAY + timedelta(days=min(days, 0)) - timedelta(hours=1)).isoformat()
        assert '"recorded": 1' in machine.emit({**registered(number), "time": time})
    assert machine.danze.events() == 6
    assert machine.danze("search", "--json").json["total"] == 3
    assert {*machine.danze("replay", "--json").json["differences"].values()} == {0}


def test_what_happened_lies_in_the_future_of_a_clock_set_back_and_can_be_sent_again(machine: Desk) -> None:
    now = action("W", "petition.worked", "petition:P-1", TODAY.isoformat(), {"what": "来电询问"})
    machine.set(-30)
    assert '"rejected": 1' in machine.emit(now)
    machine.set(0)
    assert '"recorded": 1' in machine.emit(now)


@pytest.mark.parametrize(
    ("ahead", "passed", "jumped"), [(0, 0, False), (0.9, 0, False), (1.1, 0, True), (48, 48, False), (-48, 0, False)]
)
def test_hours_that_did_not_pass_are_a_jump(ahead: float, passed: float, jumped: bool) -> None:
    hours = [0.0, 0.0]
    time = MachineTime(lambda: TODAY + timedelta(hours=hours[0]), lambda: hours[1] * 3600)
    hours[:] = ahead, passed
    if jumped:
        with pytest.raises(TimeJumped, match="by 1 hours"):
            time.today()
    else:
        assert time.today()
