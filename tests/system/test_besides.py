"""What `danze run` does beside its answers goes on, whatever fails, and says, counts and mends itself."""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import yaml
from prometheus_client import CollectorRegistry

from cli import screen
from cli.besides import Besides
from cli.running import Door, beside_answers
from cli.wiring import opened
from cli.workers import tick
from infra import durable
from infra.intake import Intake
from infra.watching import ClockWatch, FailWatch, PostWatch
from tests.faults.embedded import filled, mounted
from tests.patience import PATIENCE, until
from tests.system.command import Danze, city, registered

ALERTS = Path(__file__).parents[2] / "ops/alerts.yml"


class Beside:
    """Steps at work beside the test; what they said and how often each failed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.registry, self._capsys, self._said = CollectorRegistry(), capsys, ""
        self.besides = Besides(threading.Event(), FailWatch(self.registry))

    @contextmanager
    def working(self, **steps: Any) -> Iterator[None]:
        self.besides.begin(0.02, **steps)
        with self.besides:
            yield

    def failed(self, what: str) -> float:
        return self.registry.get_sample_value("danze_failures_total", {"what": what}) or 0

    def said(self) -> str:
        self._said += self._capsys.readouterr().err
        return self._said


@pytest.fixture
def beside(capsys: pytest.CaptureFixture[str]) -> Beside:
    return Beside(capsys)


def test_a_step_that_fails_is_said_once_and_stops_no_other(beside: Beside) -> None:
    ways: list[Exception | None] = [OSError(28, "No space left on device", f"/x/{n}") for n in range(3)] + [None]
    sealed, done = iter(ways), threading.Event()

    def seals() -> None:
        if (why := next(sealed, None)) is not None:
            raise why

    with beside.working(clock=lambda: None, seals=seals, archive=done.set):
        assert done.wait(PATIENCE)
        until(lambda: "sealing works again" in beside.said(), beside.said)
    assert beside.said().splitlines() == [
        "danze: sealing failed and is tried again: /x/0: No space left on device", "danze: sealing works again",
    ]  # fmt: skip
    assert [beside.failed(what) for what in ("clock", "seals", "archive")] == [0, 3, 0]
    assert 'danze_failures_total{what="clock"} 0.0' in exposed(beside.registry), "what never failed is told, too"


def test_what_fails_to_the_end_is_not_said_to_work_again(beside: Beside) -> None:
    def seals() -> None:
        raise OSError(28, "No space left on device", "/x")

    with beside.working(access_seals=seals):
        until(lambda: beside.failed("access_seals") > 1, beside.said)
    assert beside.said() == "danze: sealing the access log failed and is tried again: /x: No space left on device\n"


def test_where_no_file_can_be_made_the_reason_is_said_once(beside: Beside, tmp_path: Path) -> None:
    """It bore the name of a draft, another one each time."""
    keys = tmp_path / "gone/keys"
    with beside.working(seals=lambda: durable.put(keys, b"")):
        until(lambda: beside.failed("seals") > 2, beside.said)
    assert beside.said() == f"danze: sealing failed and is tried again: {keys}: No such file or directory\n"


def test_a_fault_of_ours_is_logged_with_its_traceback_once(beside: Beside, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), beside.working(sums=lambda: 1 // 0):
        until(lambda: beside.failed("sums") > 2)
    (record,) = caplog.records
    assert (record.name, record.exc_info is not None) == ("danze.besides", True)


def exposed(registry: CollectorRegistry) -> str:
    from prometheus_client import generate_latest

    return generate_latest(registry).decode()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    if not mounted(place, 3):
        pytest.skip("a file system can be mounted by root only")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_sealing_goes_on_when_there_is_room_and_the_clock_meanwhile(
    danze: Danze, small_disk: Path, beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANZE_SEALS", str(small_disk / "seals"))
    danze.emit(*city(), registered(1))
    ballast = small_disk / "ballast"
    filled(ballast, 0)
    with opened(str(danze.store)) as system:
        door, watch = Door(system.intake(clock=True), system.answers), ClockWatch(beside.registry)
        with beside.working(**beside_answers(system, door, watch)):
            until(lambda: beside.failed("seals") > 2, beside.said)
            assert beside.failed("clock") == beside.failed("archive") == 0
            assert beside.registry.get_sample_value("danze_clock_events_total") > 0
            ballast.unlink()
            until(lambda: "sealing works again" in beside.said(), beside.said)
        assert system.answers.checkpoint()["size"] == system.log.head().position
    assert beside.said().count("No space left on device") == 1
    assert danze("verify").code == 0


def test_a_clock_of_its_own_goes_on_when_there_is_room(danze: Danze, capsys: pytest.CaptureFixture[str]) -> None:
    """`danze clock`: what it opens lies on a full disk the first time."""
    danze.emit(*city(), registered(1))
    stop, looks = threading.Event(), list[int | None]()
    with opened(str(danze.store)) as system:

        def begun() -> Intake:
            if "No space left on device; trying again" not in capsys.readouterr().err:
                Path("/dev/full").write_text("key")
            return system.intake(clock=True)

        def looked(recorded: int | None) -> None:
            looks.append(recorded)
            stop.set()

        tick(system.log, begun, system.time.today, stop, 0.1, looked)
    assert len(looks) == 1


def test_seals_of_another_log_stop_neither_clock_nor_archive(danze: Danze, tmp_path: Path, beside: Beside) -> None:
    other = Danze(tmp_path / "other.db")
    for each in (danze, other):
        each.emit(*city())
        assert each("seal").code == 0
    shutil.rmtree(f"{danze.store}.seals")
    (tmp_path / "other.db.seals").rename(f"{danze.store}.seals")
    with opened(str(danze.store)) as system:
        door, watch = Door(system.intake(clock=True), system.answers), ClockWatch(beside.registry)
        with beside.working(**beside_answers(system, door, watch)):
            until(lambda: beside.failed("seals") > 1, beside.said)
    assert beside.failed("clock") == beside.failed("archive") == 0
    assert beside.said().count("sealing failed and is tried again: ") == 1
    assert "was sealed with another key" in beside.said()


# over HTTP


class Served:
    """`danze run` or `danze api` on a store; what it said lies in a file."""

    def __init__(self, danze: Danze, said: Path, verb: str = "run") -> None:
        self.said = said
        with said.open("wb") as output:
            self.process = danze.start(verb, "--port", "0", stderr=output)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().decode().split()[1]

    def asked(self, path: str, *actions: dict[str, Any]) -> tuple[int, Any, bytes]:
        sent = json.dumps(actions).encode() if actions else None
        try:
            with urlopen(Request(self.address + path, sent, {"content-type": "application/json"})) as answer:
                return answer.status, answer.headers, answer.read()
        except HTTPError as error:
            return error.code, error.headers, error.read()

    def ended(self) -> str:
        self.process.terminate()
        assert self.process.wait(PATIENCE) == 0
        return self.said.read_text()


def test_a_full_disk_over_http_is_503_until_there_is_room(small_disk: Path, tmp_path: Path) -> None:
    danze = Danze(small_disk / "danze.db", SQLITE_TMPDIR=str(tmp_path))
    danze.emit(*city())
    served = Served(danze, tmp_path / "said")
    try:
        filled(small_disk / "ballast", 0)
        many = [registered(n, title="停车" * 200) for n in range(1, 400)]
        status, headers, body = served.asked("v1/actions", *many)
        problem = json.loads(body)
        assert (status, headers["retry-after"], problem["code"]) == (503, "60", "no-space"), served.said.read_text()
        assert problem["detail"].startswith("no space left")
        assert served.asked("v1/health")[0] == 200
        (small_disk / "ballast").unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
        assert json.loads(served.asked("v1/actions", *many)[2])["recorded"] == 399
    finally:
        said = served.ended()
    assert "no space left to write" in said
    assert "Traceback" not in said


def test_a_damaged_file_of_subscriptions_takes_nothing_else_along(danze: Danze, tmp_path: Path) -> None:
    danze.emit(*city())
    Path(f"{danze.store}.webhooks").write_bytes(os.urandom(9000))
    served = Served(danze, tmp_path / "said")
    try:
        until(lambda: "sending letters to subscribers failed" in served.said.read_text(), served.said.read_text)
        status, _, told = served.asked("metrics")
        assert status == 200
        assert b"danze_webhooks_paused NaN" in told
        for what in ("access", "access_seals"):
            assert f'danze_failures_total{{what="{what}"}} 0.0'.encode() in told, "it is watched"
        status, _, body = served.asked("v1/webhooks")
        assert (status, json.loads(body)["code"]) == (503, "damaged")
    finally:
        said = served.ended()
    assert said.count("sending letters to subscribers failed and is tried again: ") == 1
    assert f"{danze.store}.webhooks: this file of subscriptions is damaged (file is not a database)" in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_said_before_anything_is_begun(danze: Danze) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        danze("run", "--simulate", "0.8", "--port", port).refused("Address already in use; choose another with --port")
    for host in ("no.such.invalid", "a" * 64, "203.0.113.7"):
        danze("run", "--simulate", "0.8", "--host", host).refused(f"--host {host}", "name an address of this machine")
    assert not Path(danze.store).exists()
    said = danze("run", "--simulate", "-1")
    assert (said.code, "greater than or equal to 0" in said.err) == (2, True), said


def test_letters_are_told_before_the_first_one() -> None:
    registry = CollectorRegistry()
    PostWatch(registry, int)
    assert 'danze_webhook_letters_total{outcome="in vain"} 0.0' in exposed(registry)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool (Debian: apt-get install prometheus)")
@pytest.mark.parametrize(("failures", "fires"), [("0x5 1+1x40", True), ("0x5 1+0x40", False)])
def test_who_watches_hears_of_what_fails_again_and_again_and_not_of_one_failure(
    tmp_path: Path, failures: str, fires: bool
) -> None:
    told = {
        "summary": "seals of api:8430 fails again and again",
        "runbook": "docs/runbooks.md#a-part-of-a-process-fails",
    }
    labels = {"what": "seals", "instance": "api:8430"}
    alert = {"exp_labels": {**labels, "severity": "ticket"}, "exp_annotations": told}
    story = {
        "rule_files": [str(ALERTS)],
        "tests": [{
            "interval": "1m",
            "input_series": [
                {"series": 'danze_failures_total{what="seals",instance="api:8430"}', "values": failures}
            ],
            "alert_rule_test": [
                {"eval_time": "30m", "alertname": "DanzeFails", "exp_alerts": [alert] if fires else []}
            ],
        }],
    }  # fmt: skip
    (tmp_path / "story.yml").write_text(yaml.safe_dump(story), encoding="utf-8")
    done = subprocess.run(
        ["promtool", "test", "rules", tmp_path / "story.yml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("log", ["text", "json"])
def test_a_clock_that_nobody_hears_goes_on(danze: Danze, tmp_path: Path, log: str) -> None:
    """Its standard error lies on a full disk."""
    danze.emit(*city())
    pulse = tmp_path / "pulse"
    with Path("/dev/full").open("wb") as full:
        process = Danze(danze.store, DANZE_LOG=log).start("clock", "--every", "0.1", "--pulse", pulse, stderr=full)
        until(pulse.exists)
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_what_fails_beside_answers_is_tried_again_though_nobody_hears_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tried, done, ends, begins = [], threading.Event(), *os.pipe()
    os.close(ends)

    def step() -> None:
        tried.append(1)
        if len(tried) < 3:
            raise OSError(28, "No space left on device", f"/{'ab'[len(tried) - 1]}")
        done.set()

    besides = Besides(threading.Event(), FailWatch(CollectorRegistry()))
    besides.begin(0.01, clock=step)
    with suppress(BrokenPipeError), os.fdopen(begins, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr(screen.err, "file", pipe)
        with besides:
            assert done.wait(PATIENCE)
    assert len(tried) >= 3
