"""A worker that is asked to end does so, at whatever moment it is asked."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import typer

from cli import waiting
from cli.waiting import stopped, there
from tests.patience import PATIENCE
from tests.system.command import Danze, city, ndjson, registered


@pytest.fixture
def handlers(monkeypatch):
    """Those of the tests come back, and the tests do not end when time is up."""
    monkeypatch.setattr(waiting, "LAST_SECONDS", 0.1)
    monkeypatch.setattr(waiting, "_gives_up", lambda: None)
    monkeypatch.setattr(waiting, "_STOP", threading.Event())
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def test_a_signal_while_the_event_is_being_looked_at_is_heard(handlers):
    stop = stopped()
    with stop._cond:  # as `wait` holds it for a moment
        os.kill(os.getpid(), signal.SIGTERM)
    assert stop.wait(PATIENCE)


def test_who_is_asked_to_end_while_a_server_answers_is_not_asked_in_vain(handlers):
    """The server answers, and what comes next must hear of it: a worker went on for 45 s, and was ended then."""
    assert there("intake", lambda: os.kill(os.getpid(), signal.SIGTERM)) is None
    assert stopped().wait(PATIENCE)
    with pytest.raises(typer.Exit):
        there("intake", lambda: pytest.fail("asked all the same"))


def test_who_does_not_come_to_an_end_is_ended_and_says_so():
    """As where a store that hangs is asked, which hears of no event."""
    hangs = (
        "import os, signal, threading; from cli import waiting; waiting.LAST_SECONDS = 1; waiting.stopped();"
        "os.kill(os.getpid(), signal.SIGTERM); threading.Event().wait()"
    )
    ended = subprocess.run([sys.executable, "-c", hangs], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ended.returncode, "did not end within 1 s" in ended.stderr) == (1, True)


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_is_asked_to_end_before_all_of_danze_is_there_ends_without_a_word(how, code):
    """SIGTERM as the first process of a container: the kernel keeps it from who does not ask for it."""
    begins = (
        f"import os, sys; sys.meta_path.insert(0, sys); pid = os.getpid(); os.getpid = lambda: 1;"
        f"sys.find_spec = lambda name, *_: os.kill(pid, {int(how)}) if name == 'cli.verbs' else None;"
        f"from cli.__main__ import main; main()"
    )
    ended = subprocess.run([sys.executable, "-c", begins], capture_output=True, timeout=PATIENCE, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, b"", b"")


JUST_BEFORE = """
import os, pkgutil, signal, sys
from cli.__main__ import main

place, name, how, *sys.argv = sys.argv[1:]
place = pkgutil.resolve_name(place)
before = getattr(place, name)
setattr(place, name, lambda *given, **more: (os.kill(os.getpid(), int(how)), before(*given, **more))[1])
main()
"""
"""Is danze, which is sent a signal just before it calls something."""


@pytest.fixture
def danze(tmp_path):
    danze = Danze(tmp_path / "danze.db", XDG_DATA_HOME=str(tmp_path / "share"), PYTHONPATH=str(Path.cwd()))
    danze.emit(*city())
    return danze


@pytest.mark.parametrize(
    ("verb", "place", "name", "how"),
    [
        (("api", "--port", "0"), "api.serve", "free", signal.SIGTERM),
        (("run", "--port", "0"), "api.serve", "_serve", signal.SIGINT),
        (("witness", "--key", "key", "--state", "state", "--port", "0", "--log"), "api.serve", "free", signal.SIGTERM),
        (("seal", "--follow"), "infra.seals.sealer:Sealer", "seal", signal.SIGINT),
        (("clock",), "cli.workers", "tick", signal.SIGTERM),
    ],
    ids=("api", "run", "witness", "seal", "clock"),
)
def test_who_is_asked_to_end_just_before_his_work_begins_ends_in_order(danze, tmp_path, verb, place, name, how):
    if verb[-1] == "--log":
        verb = (*verb, danze("seal", "--json").json["key"])
    call = [sys.executable, "-c", JUST_BEFORE, place, name, str(int(how)), "danze", *verb]
    ended = subprocess.run(
        call, cwd=tmp_path, env=danze.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (ended.returncode, "Traceback" in ended.stderr) == (0, False), ended


def begun(danze, code, *arguments):
    """A server of ours that a line of Python begins, and its address."""
    call = [sys.executable, "-c", code, *arguments, "run", "--port", "0"]
    server = subprocess.Popen(
        call, env=danze.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    return server, server.stdout.readline().split()[1].removeprefix("http://").rstrip("/")


def test_a_server_that_waits_for_a_store_for_ever_is_ended_and_says_so(danze):
    """What was sent to it waits for another process, which holds the store."""
    ends_soon = f"from cli import waiting; waiting.LAST_SECONDS = 1; {JUST_BEFORE}"
    server, address = begun(danze, ends_soon, "infra.intake:Intake", "take", str(int(signal.SIGTERM)), "danze")
    with closing(sqlite3.connect(danze.store, isolation_level=None, timeout=PATIENCE)) as another:
        another.execute("BEGIN IMMEDIATE")
        kind = {"content-type": "application/x-ndjson"}
        with suppress(OSError):  # it is never answered
            urlopen(Request(f"http://{address}/v1/actions", ndjson([registered(1)]), kind), timeout=PATIENCE)
        said = server.communicate(timeout=PATIENCE)[1]
    assert (server.returncode, "did not end within 1 s" in said) == (1, True), said


MAIN = "from cli.__main__ import main; main()"


def test_who_listens_to_what_happens_hears_the_end_when_the_server_is_asked_to_end(danze):
    """It waited for him, up to ten minutes."""
    server, address = begun(danze, MAIN)
    with urlopen(f"http://{address}/v1/stream", timeout=PATIENCE) as line:
        line.readline()
        server.send_signal(signal.SIGTERM)
        line.read()  # to its end, or it raises IncompleteRead
    said = server.communicate(timeout=PATIENCE)[1]
    assert (server.returncode, said) == (0, "")


def test_who_sent_half_a_request_is_cut_off_when_the_server_is_asked_to_end(danze):
    server, address = begun(danze, f"from api import serve; serve.LAST_SECONDS = 1; {MAIN}")
    head = f"POST /v1/actions HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: 9\r\n"
    with socket.create_connection(address.split(":"), PATIENCE) as half:
        half.sendall(f"{head}expect: 100-continue\r\n\r\n".encode())
        assert half.recv(99).startswith(b"HTTP/1.1 100 ")
        server.send_signal(signal.SIGTERM)
        said = server.communicate(timeout=PATIENCE)[1]
    assert (server.returncode, said) == (0, "")


STILL_AT_IT = """
import sys, threading, time
from asyncio import selector_events

class Slow:
    def __del__(self, sleep=time.sleep):
        sleep(0.3)

told, sys.slow = selector_events.BaseSelectorEventLoop._write_to_self, Slow()

def tells(loop):
    told(loop)
    while threading.current_thread() is not threading.main_thread():
        time.sleep(0.001)

selector_events.BaseSelectorEventLoop._write_to_self = tells
"""
"""What granian's thread that told of the end still does in Python for ever; to take Python down takes a while."""


def test_a_thread_that_still_wants_python_does_not_turn_an_orderly_end_into_an_abort(danze):
    """It was rare, on a busy machine: "panic in a function that cannot unwind", and exit code -6."""
    server, _ = begun(danze, f"{STILL_AT_IT}{MAIN}")
    server.send_signal(signal.SIGTERM)
    said = server.communicate(timeout=PATIENCE)[1]
    assert (server.returncode, said) == (0, "")


@pytest.mark.parametrize(
    ("ends", "code"), [("sys.exit()", 0), ("sys.exit(3)", 3), ("sys.exit('why')", 1), ("1 / 0", 1), ("0", 0)]
)
def test_the_exit_code_and_what_is_still_to_be_written_outlive_the_end(ends, code):
    script = (
        "import atexit, sys; from cli import verbs; from cli.__main__ import main; print('begun', end=' ');"
        f"verbs.main = lambda: (atexit.register(print, 'ended', end=''), {ends}); main()"
    )
    call = [sys.executable, "-c", script]
    ended = subprocess.run(call, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ended.returncode, ended.stdout) == (code, "begun ended")
    assert ("why" in ended.stderr, "ZeroDivisionError" in ended.stderr) == ("why" in ends, "/" in ends)
