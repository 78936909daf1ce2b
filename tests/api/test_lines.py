"""How many lines of the stream stand, for how long, and whose."""

import asyncio
import json
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack
from time import monotonic

import pytest

from api.routes.stream import LONGEST, OF_ONE_ADDRESS, OF_ONE_TOKEN, Lines, stream
from api.stream import told
from domain.reader import Reader
from tests.api.fuzz import filled, served
from tests.patience import PATIENCE


class Asking:
    """A request of a reader from an address."""

    def __init__(self, name, address):
        self.state = type("State", (), {"reader": Reader("auditor", name=name)})
        self.scope = {"client": (address, 1), "headers": []}
        self.headers = {}


async def stands(lines, *asking):
    """Lines that have begun."""
    begun = [lines.taken(each).held(forever()) for each in asking]
    for each in begun:
        await anext(each)
    return begun


async def forever():
    while True:
        yield b": still here\n\n"


def refused(lines, asking):
    with pytest.raises(Exception, match="stand already") as problem:
        lines.taken(asking)
    return problem.value.status


def test_one_token_holds_ten_lines_and_frees_one_by_ending_it():
    async def story():
        lines, one = Lines(), Asking("token:1", "10.0.0.1")
        begun = []
        for _ in range(OF_ONE_TOKEN):
            begun += await stands(lines, one)
        assert refused(lines, one) == 429
        begun += await stands(lines, Asking("token:2", "10.0.0.1"))
        await begun[0].aclose()
        await stands(lines, one)

    asyncio.run(story())


def test_one_address_holds_no_more_whatever_tokens_it_has_and_others_have_theirs():
    async def story():
        lines, begun = Lines(), []
        for number in range(OF_ONE_ADDRESS):
            begun += await stands(lines, Asking(f"token:{number}", "10.0.0.1"))
        assert refused(lines, Asking("token:new", "10.0.0.1")) == 429
        for number in range(150):
            begun += await stands(lines, Asking(f"token:{number}", f"10.0.1.{number}"))
        assert refused(lines, Asking("token:new", "10.9.9.9")) == 503

    asyncio.run(story())


def test_a_line_counts_from_when_it_is_taken_until_it_ends_though_nobody_began_to_read_it():
    lines, one = Lines(), Asking("token:1", "10.0.0.1")
    unread = [lines.taken(one).held(forever()) for _ in range(OF_ONE_TOKEN)]
    assert refused(lines, one) == 429
    unread.pop()
    unread.append(lines.taken(one).held(forever()))
    assert refused(lines, one) == 429


def test_lines_taken_and_lost_leave_room_for_others():
    async def story():
        lines, one = Lines(), Asking("token:1", "10.0.0.1")
        for _ in range(3 * OF_ONE_TOKEN):
            lines.taken(one)
            for line in await stands(lines, one):
                await line.aclose()
        await stands(lines, *[one] * OF_ONE_TOKEN)

    asyncio.run(story())


def test_a_line_ends_after_ten_minutes_at_the_latest(questions, monkeypatch):
    """On a clock that runs a minute at each look at it; what the browser does then is to come back."""
    minutes = iter(range(0, 10_000, 60))
    monkeypatch.setattr("api.stream.monotonic", lambda: float(next(minutes)))
    monkeypatch.setattr("api.stream.LOOK", 0)
    questions.news = lambda after, unit: {"as_of": "", "read": 1, "more": False, "changes": []}

    async def heard():
        return [each async for each in told(questions, 0, None, LONGEST, threading.Event())]

    assert asyncio.run(heard())[0].startswith(b"retry:")
    assert next(minutes) > LONGEST


def test_a_line_looks_at_the_log_once_though_its_time_is_over_before_it_has_its_turn(questions, monkeypatch):
    monkeypatch.setattr("api.stream.LOOK", 0)
    questions.news = lambda after, unit: {"as_of": "", "read": 1, "more": False, "changes": []}
    questions.sums = lambda unit: {"as_of": "", "snapshots": {"counters": {}}}

    async def heard():
        return [each async for each in told(questions, 0, None, monotonic() - 1, threading.Event())]

    assert [each.partition(b":")[0] for each in asyncio.run(heard())] == [b"retry", b"event"]


def test_while_a_line_asks_about_its_unit_others_are_served(questions):
    board, served_another = questions.scoreboard, threading.Event()
    questions.scoreboard = lambda unit: board(unit) if served_another.wait(PATIENCE) else None

    async def story():
        asked = stream.fn(Asking("token:1", "10.0.0.1"), questions, Lines(), "430408-zjj", None, None)
        line = asyncio.create_task(asked)
        await asyncio.sleep(0.1)
        served_another.set()
        assert (await line).media_type == "text/event-stream"

    asyncio.run(story())


def test_over_http_the_eleventh_line_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    filled(store := f"sqlite:///{tmp_path}/danze.db")
    with served(store) as url, ExitStack() as standing:
        for _ in range(OF_ONE_TOKEN):
            standing.enter_context(urllib.request.urlopen(f"{url}/v1/stream?seconds={LONGEST}")).readline()
        with pytest.raises(urllib.error.HTTPError) as told_off:
            urllib.request.urlopen(f"{url}/v1/stream")
        assert (told_off.value.code, json.load(told_off.value)["code"]) == (429, "too-many-requests")
        assert told_off.value.headers["retry-after"] == "30"
