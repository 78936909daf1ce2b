"""`danze run`: log, read models, clock, API and dashboard in one process. `danze api`: the last two beside workers."""

import logging
import os
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from typing import Annotated, Any

import msgspec
import orjson
import typer
from prometheus_client import CollectorRegistry

from cli.besides import Besides, Step
from cli.options import Store
from cli.screen import fail, out, said
from cli.taking import take
from cli.waiting import stopped
from cli.wiring import DEFAULT_STORE, System, now, opened
from domain.envelope import day_of
from domain.reader import Reader
from infra.city.simulation import simulate
from infra.doors.access import PAUSE, accesses_of
from infra.doors.doors import PROXIES, doors_of
from infra.intake import Intake
from infra.log.port import Claim
from infra.log.urls import parse, printable
from infra.log_lines import in_json
from infra.machine_time import TimeJumped
from infra.questions import Answers
from infra.seals.keys import key_of, log_signer
from infra.seals.sealer import Sealer, waits
from infra.views.behind import lacking
from infra.waiting import Waiting
from infra.watching import ClockWatch, FailWatch, PostWatch, SealWatch, ViewsWatch, tell_actions
from infra.webhooks.desk import Desk
from infra.webhooks.hosts import allowed
from infra.webhooks.postman import Postman
from infra.webhooks.subscriptions import Subscriptions, subscriptions_of
from projections.reporting import Reporter

VERSION = "0.1.0"
LOGGER = logging.getLogger("danze.api")
SIMULATED_SEED = 1
DAYS = 365
"""The simulated year ends yesterday, so that the clock of the running system goes on from it."""
MINUTE = 60
LOOK = 5
"""Seconds between two looks at what is to be counted, and at what is to be sent."""
REPORTERS_KEPT = 256
"""Scopes of those who report, of which it is kept how far they see."""
MARKS = 5
"""Of the archive of the past, made in a minute: what is not made yet is made when a question needs it."""
Host = Annotated[str, typer.Option(help="Address to listen on; the default is this machine only.")]
Port = Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on.")]
Rate = Annotated[
    float, typer.Option(min=0, max=1_000_000, envvar="DANZE_HTTP_RATE", help="Requests a second that one client may "
                        "make, five times as many at once; 0 for any number.")
]  # fmt: skip


class Door:
    """The intake as the API knows it: one batch at a time, read models kept up after each."""

    def __init__(self, intake: Intake, answers: Answers) -> None:
        self._intake, self._answers = intake, answers
        self._lock = threading.Lock()
        self._reporters: dict[Reader, Reporter] = {}

    def for_(self, reader: Reader) -> "ReportersDoor":
        """The same for who reports with a token."""
        return ReportersDoor(self, reader)

    def take(self, lines: Sequence[bytes], reader: Reader | None = None) -> list[dict[str, Any]]:
        try:
            with self._lock:
                outcomes = self._intake.take(lines, reporter=self._reporter(reader) if reader is not None else None)
        except TimeJumped as error:
            from api.problems import Problem

            raise Problem(503, "time-jumped", str(error), headers={"Retry-After": str(MINUTE)}) from None
        told = [msgspec.to_builtins(outcome) for outcome in outcomes]
        tell_actions(LOGGER, lines, told)
        return told

    def _reporter(self, reader: Reader) -> Reporter:
        """Who reports, with what was found out about how far he sees: each time is a walk over all units."""
        if reader.scope not in self._reporters:
            while len(self._reporters) >= REPORTERS_KEPT:
                self._reporters.pop(next(iter(self._reporters)))
            self._reporters[reader.scope] = Reporter(reader)
        return self._reporters[reader.scope]

    def rate(self, no: str, target: str, score: str, reason: str | None = None) -> dict[str, Any]:
        """A petitioner's rating, by himself: one for each target."""
        said = {"reason": reason} if reason else {}
        action = {
            "specversion": "1.0", "id": f"{no}/{target}/{score}", "source": "/danze/public", "time": now().isoformat(),
            "type": "petition.rated.v1", "subject": f"petition:{no}", "actor": "system:public",
            "data": {"target": target, "score": score, **said},
        }  # fmt: skip
        return self.take([orjson.dumps(action)])[0]

    def tick(self) -> int:
        """Records what was missed up to now."""
        with self._lock:
            return self._intake.advance(day_of(self._intake.now()))


class ReportersDoor:
    """The door as one reporter finds it: what is not his to report is refused, and kept like all that is refused."""

    def __init__(self, door: Door, reader: Reader) -> None:
        self._door, self._reader = door, reader

    def for_(self, reader: Reader) -> "ReportersDoor":
        return ReportersDoor(self._door, reader)

    def take(self, lines: Sequence[bytes]) -> list[dict[str, Any]]:
        return self._door.take(lines, self._reader)

    def rate(self, no: str, target: str, score: str, reason: str | None = None) -> dict[str, Any]:
        return self._door.rate(no, target, score, reason)


Tokens = Annotated[
    bool, typer.Option("--require-tokens", help="Answer nobody without a token, on this machine neither.")
]


def run(
    store: Store = DEFAULT_STORE,
    host: Host = "127.0.0.1",
    port: Port = 8430,
    rate: Rate = 100,
    simulated: Annotated[
        float,
        typer.Option(
            "--simulate", min=0, max=1000, help="Fill an empty store with a simulated Hengyang year of this scale."
        ),
    ] = 0.0,
    require_tokens: Tokens = False,
) -> None:
    """Everything in one process on one store, until Ctrl-C."""
    port = _free(host, port)
    with opened(store) as system:
        if simulated and system.log.head().position == 0:
            _fill(system, simulated)
        door, registry = Door(system.intake(clock=True), system.answers), CollectorRegistry()
        besides = Besides(stopped(), FailWatch(registry))
        besides.begin(MINUTE, **beside_answers(system, door, ClockWatch(registry)))
        _serve(system, door, host, port, require_tokens, rate, registry, besides)


def api(
    store: Store = DEFAULT_STORE,
    host: Host = "127.0.0.1",
    port: Port = 8430,
    require_tokens: Tokens = False,
    rate: Rate = 100,
) -> None:
    """HTTP and the dashboard on a store that workers keep (project, clock), until Ctrl-C."""
    with opened(store) as system:
        door, registry = Door(system.intake(), system.answers), CollectorRegistry()
        besides = Besides(stopped(), FailWatch(registry))
        _serve(system, door, host, port, require_tokens, rate, registry, besides)


def _free(host: str, port: int) -> int:
    """Before anything is begun; what is taken meanwhile is found when it is listened to."""
    from api.serve import AddressInUse, free

    try:
        return free(host, port)
    except AddressInUse as error:
        raise fail(str(error)) from None


def _serve(
    system: System, door: Door, host: str, port: int, require_tokens: bool, rate: float, registry: CollectorRegistry,
    besides: Besides,
) -> None:  # fmt: skip
    from api.app import create_app
    from api.limits import proxies_of
    from api.serve import AddressInUse, serve

    try:
        allowed()
    except ValueError as error:
        raise fail(str(error)) from None
    try:
        proxies = proxies_of(os.environ.get(PROXIES, ""))
    except ValueError as error:
        raise fail(f"{PROXIES}: {error}") from None
    here, place = host in ("127.0.0.1", "::1", "localhost"), parse(system.url)
    book = subscriptions_of(place)
    watch = PostWatch(registry, book.all)
    lacks, seals = Waiting(), Waiting()
    ViewsWatch(registry, lambda: lacking(system.log, system.views, lacks, now()))
    SealWatch(registry, lambda: waits(system.log, system.seals, seals, now()))
    keeper = Keeper(system)
    besides.begin(LOOK, sums=system.answers.judge_duties)
    besides.begin(MINUTE, sums=keeper.step, end=keeper.end)

    def ready(port: int) -> None:
        sentence = f"http://{host}:{port}/  store {printable(system.url)}"
        if in_json():
            said(sentence)
        else:
            out.print(f"danze: {sentence}")

    with accesses_of(place, now) as accesses:
        doors = doors_of(place, accesses, here=here, required=require_tokens)
        post = Post(Postman(book, system.answers, ended=doors.ended, counted=watch.counted), book)
        besides.begin(LOOK, letters=post.step, end=post.end)
        besides.begin(PAUSE, access=accesses.flush, end=accesses.flush)
        besides.begin(MINUTE, access_seals=accesses.seal)
        if not doors.open:
            said("nobody is answered without a token: `danze token issue` makes one")
        app = create_app(
            system.answers, door, version=VERSION, doors=doors, rate=rate, hooks=Desk(book), proxies=proxies,
            registry=registry, stop=besides.stop,
        )  # fmt: skip
        try:
            with besides:
                serve(app, host, port, stop=besides.stop, ready=ready)
        except AddressInUse as error:
            raise fail(str(error)) from None


class Post:
    """Carries news to subscribers, unless another process does."""

    def __init__(self, postman: Postman, book: Subscriptions) -> None:
        self._postman, self._book = postman, book
        self._alone = ExitStack()
        self._mine = False

    def step(self) -> float | None:
        try:
            self._mine = self._mine or self._alone.enter_context(self._book.alone())
            if self._mine:
                return 0 if self._postman.round() else 1
        except BaseException:
            self.end()  # another process may have more luck
            raise
        self.end()
        return None

    def end(self) -> None:
        self._mine = False
        self._alone.close()


class Keeper:
    """Keeps what is counted for who serves next. Of several processes one does, and another when it ends."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._claim: Claim | None = None

    def step(self) -> None:
        if self._claim is None or not self._claim.held():
            self._claim = self._system.log.claim("sums")
        if self._claim is not None:
            self._system.answers.keep_sums()
        else:
            self._system.answers.fetch_sums()

    def end(self) -> None:
        """Once more, for what came since."""
        try:
            self.step()
        finally:
            if self._claim is not None:
                self._claim.release()


def _fill(system: System, scale: float) -> None:
    out.print("danze: an empty store; simulating a year of Hengyang (about 30,000 items at scale 1.0) …")
    first = day_of(now()) - timedelta(days=DAYS)
    actions = simulate(SIMULATED_SEED, days=DAYS, scale=scale, start=first)
    counts = take(
        system, map(orjson.dumps, actions), history=True, title="simulate", total=75_000 + int(325_000 * scale)
    )
    out.print(f"danze: {counts['recorded']:,} events recorded, {counts['rejected']:,} refused")


def beside_answers(system: System, door: Door, watch: ClockWatch) -> dict[str, Step]:
    """Each minute: what was missed is recorded, what is new is sealed, the archive of the past goes on."""
    return {
        "clock": lambda: watch.looked(door.tick()),
        "seals": lambda: _seal(system),
        "archive": lambda: system.past.go_on(MARKS),
    }


def _seal(system: System) -> None:
    """A checkpoint over what is new, unless a `danze seal` is at work on the store."""
    claim = system.log.claim("seal")
    if claim is None:
        return
    try:
        Sealer(system.log, system.seals, log_signer(key_of(parse(system.url)), system.seals)).seal(now())
    finally:
        claim.release()
