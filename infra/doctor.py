"""Is everything in order, and if not, what is to be done? Each finding names a verb or a page of docs/runbooks.md."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from domain.envelope import day_of
from infra.backup import RESTORED
from infra.log.port import HELD, Log, StoreAway, StoreError, StoreFull, StoreMissing
from infra.log.times import of_micros
from infra.machine_time import AHEAD
from infra.questions import Answers
from infra.seals.keys import lost
from infra.seals.notes import SealError
from infra.seals.sealer import Folder, unsealed
from infra.views.opened import ANEW
from infra.views.store import Views
from infra.webhooks.subscriptions import Subscriptions

Check = dict[str, str]
UNSOUND = "danze verify, and docs/runbooks.md#the-log-does-not-verify"
REFUSED = "danze resubmit, and docs/runbooks.md#many-actions-are-refused"
FUTURE = "set the machine's time right, and docs/runbooks.md#the-time-is-wrong"
UNSEALED = "danze seal --follow, or danze run; docs/runbooks.md#nothing-is-sealed"
UNREAD = "danze seal --rebuild; docs/runbooks.md#nothing-is-sealed, step 3"
UNSIGNED = "nothing, where another machine seals; else docs/runbooks.md#the-signing-key-is-lost"
DAY = timedelta(days=1)
"""No event waits longer to be sealed, where somebody seals."""
LATE = "danze clock, or danze run; docs/runbooks.md#the-clock-stands"
QUIET = timedelta(days=31)
"""No record is silent for longer where a clock runs: each month units owe something."""
ENDED = "nothing, where the record is to end there; else danze clock, or danze run; docs/runbooks.md#the-clock-stands"
KEYLESS = "docs/runbooks.md#the-master-key-is-missing"
MISTYPED = "mend or unset it, and danze doctor again"
OURS = "DANZE_"
ELSEWHERE = (
    "DANZE_BENCH_", "DANZE_CHECK_PASSWORD", "DANZE_KAFKA_PORT", "DANZE_PM4PY", "DANZE_PORT", "DANZE_REQUIRE_SERVERS",
    "DANZE_SECRETS", "DANZE_SHARED_DATA", "DANZE_TEST_",
)  # fmt: skip
"""How those begin that docker-compose.yml, tests and benchmarks know."""
UNHEARD = "danze webhook list, and docs/runbooks.md#a-subscriber-gets-no-news"
AWAY = "danze doctor again when the store's server answers; docs/runbooks.md#postgresql-does-not-answer"
BUSY = "danze doctor again when the other process has let go of it"
NO_ROOM = "docs/runbooks.md#the-disk-is-full"
UNREADABLE = "make it readable, or put that of a backup there; docs/runbooks.md#a-part-of-a-process-fails"
SPOILT = "docs/runbooks.md#read-models-are-damaged"
COPY = "copy the store, with what lies beside it, to a disk that can be written, and danze doctor there"


class Examined(NamedTuple):
    """One store, and what lies beside it."""

    log: Log
    views: Views
    answers: Answers
    seals: Folder
    signing_key: Path
    vault: Callable[[], object]
    """Opens the keys, with the master key."""
    subscriptions: Subscriptions
    read_only: bool = False
    """Nothing can be written beside it: what questions need is made elsewhere, each time."""


def examine(store: Examined, now: datetime, mistyped: Sequence[str] = ()) -> list[Check]:
    """Checks of one store, each {level: fine | look | broken, what, found, do}. `mistyped` is what `unknown` found."""
    log, answers = store.log, store.answers
    looks: dict[str, Callable[[], list[Check]]] = {
        "medium": lambda: _medium(read_only=store.read_only),
        "log": lambda: [_log(log)],
        "time": lambda: [_time(log, now)],
        "seals": lambda: [_sealed(log, store, now)],
        "master key": lambda: [_keys(log, store.vault)],
        "read models": lambda: [_views(log, store.views, read_only=store.read_only)],
        "refused actions": lambda: [_refused(log)],
        "units": lambda: _directory(answers),
        "calendars": lambda: [_calendar(answers, now)],
        "clock": lambda: [_clock(answers, now)],
        "webhooks": lambda: _letters(store.subscriptions),
        "environment": lambda: [check("look", "environment", each, MISTYPED) for each in mistyped],
    }
    return [each for what, look in looks.items() for each in _looked(what, look)]


def _looked(what: str, look: Callable[[], list[Check]]) -> list[Check]:
    """What cannot be looked at is broken, and nothing else is left out for it."""
    try:
        return look()
    except StoreAway as error:
        return [check("broken", what, str(error), AWAY)]
    except StoreFull as error:
        return [check("broken", what, str(error), NO_ROOM)]
    except (OSError, StoreError) as error:
        named = isinstance(error, OSError) and error.filename
        found = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and named else str(error)
        return [check("broken", what, found, BUSY if HELD in found else SPOILT if ANEW in found else UNREADABLE)]


def _medium(*, read_only: bool) -> list[Check]:
    """Of a place that can be written nothing is said."""
    found = "nothing can be written here: nothing is recorded, sealed, kept or mended in this place"
    return [check("look", "medium", found, COPY)] if read_only else []


def check(level: str, what: str, found: str, do: str = "") -> Check:
    return {"level": level, "what": what, "found": found, "do": do}


def _log(log: Log) -> Check:
    head = log.head()
    if head.position == 0:
        return check(
            "look", "log", "empty", "send actions: danze emit FILE, or danze simulate | danze emit --history -"
        )
    restored = log.mark(RESTORED)
    since = f", restored from a backup at {restored:,}" if restored else ""
    return check("fine", "log", f"{head.position:,} events{since}")


def _time(log: Log, now: datetime) -> Check:
    """Nothing is recorded earlier than the event before it: one from the future makes all that follow as late."""
    newest = of_micros(log.head().recorded)
    if newest - now > AHEAD:
        found = f"the log's newest event was recorded in the future of this machine: {newest:%Y-%m-%d %H:%M}"
        return check("broken", "time", found, FUTURE)
    return check("fine", "time", f"{now:%Y-%m-%d %H:%M}, and the log agrees")


def _sealed(log: Log, store: Examined, now: datetime) -> Check:
    """Without a checkpoint a log that was rewritten verifies as well as one that was not."""
    try:
        missing = store.seals.newest() is None and store.seals.last() is not None
    except SealError as error:
        return check("broken", "seals", str(error), UNREAD)
    if missing:
        found = f"{store.seals.path / 'checkpoint'} is missing; danze seal makes it again of seals.jsonl"
        return check("look", "seals", found, UNSEALED)
    try:
        size, head, since = unsealed(log, store.seals)
    except SealError as error:
        return check("broken", "seals", str(error), UNSOUND)
    if since is None:
        return check("fine", "seals", f"a checkpoint over all {head:,} events" if head else "nothing to seal yet")
    found = f"{head - size:,} of {head:,} events under no checkpoint, since {since:%Y-%m-%d %H:%M}"
    if why := lost(store.signing_key, store.seals):
        return check("look", "seals", f"{found}, and {why}", UNSIGNED)
    late = size == 0 or now - since > DAY
    return check("look" if late else "fine", "seals", found, UNSEALED if late else "")


def _keys(log: Log, vault: Callable[[], object]) -> Check:
    """Who has the log alone reads all but what is personal, and takes no action."""
    if log.head().position == 0:
        return check("fine", "master key", "made with the first action, where none is there")
    try:
        vault()
    except StoreMissing as error:
        return check("look", "master key", str(error), KEYLESS)
    except StoreAway:
        raise
    except StoreError as error:
        return check("broken", "master key", str(error), KEYLESS)
    return check("fine", "master key", "fits the keys of this store")


def _letters(subscriptions: Subscriptions) -> list[Check]:
    """Of a store that nobody subscribed to nothing is said."""
    try:
        found = subscriptions.all()
    except StoreError as error:
        return [check("broken", "webhooks", str(error), UNHEARD)]
    paused, failing = sum(each.paused is not None for each in found), sum(each.failing for each in found)
    if not (paused or failing):
        return [check("fine", "webhooks", f"{len(found)} subscribers")] if found else []
    told = f"of {len(found)} subscribers {paused} are paused, and letters to {failing} are in vain"
    return [check("look", "webhooks", told, UNHEARD)]


def unknown(environment: Mapping[str, str], known: Collection[str]) -> list[str]:
    """A sentence for each variable that begins as those of danze do and is none."""
    found = sorted(name for name in environment if name.startswith(OURS) and name not in known)
    return [_unknown(name, known) for name in found if not name.startswith(ELSEWHERE)]


def _unknown(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, 1, 0.7)
    return f"{name} is no setting of danze" + (f"; {near[0]} is one" if near else "")


def _views(log: Log, views: Views, *, read_only: bool) -> Check:
    if read_only:
        return check("fine", "read models", "each question makes its own, in a temporary folder")
    live, head = views.live(), log.head()
    if live is None:
        return check("broken", "read models", "none of this format", "danze replay")
    views.look_at(live.tables)
    if live.position > head.position:
        return check("broken", "read models", "ahead of the log: the log lost its end", UNSOUND)
    behind = head.position - live.position
    return check(
        "look" if behind else "fine", "read models", f"{behind:,} events behind", "danze replay" if behind else ""
    )


def _refused(log: Log) -> Check:
    refused = log.rejected(limit=10_000)
    codes: dict[str, int] = {}
    for _, rejection, _ in refused:
        codes[rejection.code] = codes.get(rejection.code, 0) + 1
    if not codes:
        return check("fine", "refused actions", "none")
    return check("look", "refused actions", ", ".join(f"{c} {n}" for c, n in sorted(codes.items())), REFUSED)


def _directory(answers: Answers) -> list[Check]:
    book = answers.present()
    units, today = book.units, book.moment.date()
    standing = [each for each in units if each.ended_on is None]
    vacant = [each for each in standing if each.kind != "other" and not units.holding(each.unit, today, "principal")]
    told = f"{len(standing)} units, {len(vacant)} of them without a principal"
    return [check("look" if vacant else "fine", "units", told, "danze emit unit.role_given for them" if vacant else "")]


def _calendar(answers: Answers, now: datetime) -> Check:
    """Those that dates are counted by: of the newest event's year and of today's, and of the years after."""
    book = answers.present()
    needed = sorted({year + more for year in (book.moment.year, day_of(now).year) for more in (0, 1)})
    missing = [number for number in needed if number not in book.rules.calendar.years]
    if not missing:
        return check("fine", "calendars", f"{' and '.join(map(str, needed))} are adopted")
    years = " and ".join(map(str, missing))
    return check(
        "look", "calendars", f"{years} not adopted: dates there are provisional", "danze calendar adopt, once published"
    )


def _clock(answers: Answers, now: datetime) -> Check:
    """Whether what nobody did was recorded up to today. What units owe each month or quarter is in no list of
    deadlines: where nothing at all was recorded for long, nobody looked at it.
    """
    newest, today = answers.present().moment, day_of(now)
    unrecorded, first = answers.unrecorded(today)
    if now - newest > QUIET and answers.health()["position"]:
        since = f"the record ends on {newest:%Y-%m-%d}: what units owed since was not looked at"
        return check("look", "clock", f"{since}, and {unrecorded:,} deadlines passed unrecorded", ENDED)
    if first is not None:
        found = f"{unrecorded:,} deadlines passed unrecorded, the first on {first}"
        if today - first > QUIET:
            found += ": what units owed since was not looked at either, and is recorded with them"
        return check("look", "clock", found, LATE)
    return check("fine", "clock", "nothing passed unrecorded")
