"""Is everything in order, and if not, what is to be done? Each finding names a verb or a page of docs/runbooks.md."""

from datetime import datetime, timedelta

from infra.backup import RESTORED
from infra.log.port import Log
from infra.log.times import of_micros
from infra.machine_time import AHEAD
from infra.questions import Answers
from infra.seals.notes import SealError
from infra.seals.sealer import Folder, unsealed
from infra.views.store import Views

Check = dict[str, str]
UNSOUND = "danze verify, and docs/runbooks.md#the-log-does-not-verify"
REFUSED = "danze resubmit, and docs/runbooks.md#many-actions-are-refused"
FUTURE = "set the machine's time right, and docs/runbooks.md#the-time-is-wrong"
UNSEALED = "danze seal --follow, or danze run; docs/runbooks.md#nothing-is-sealed"
DAY = timedelta(days=1)
"""No event waits longer to be sealed, where somebody seals."""
LATE = "danze clock, or danze run; docs/runbooks.md#the-clock-stands"


def examine(log: Log, views: Views, answers: Answers, seals: Folder, now: datetime) -> list[Check]:
    """Checks of one store, each {level: fine | look | broken, what, found, do}."""
    return [
        _log(log), _time(log, now), _sealed(log, seals, now), _views(log, views), _refused(log), *_directory(answers),
        _calendar(answers), _clock(answers),
    ]  # fmt: skip


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


def _sealed(log: Log, seals: Folder, now: datetime) -> Check:
    """Without a checkpoint a log that was rewritten verifies as well as one that was not."""
    try:
        size, head, since = unsealed(log, seals)
    except SealError as error:
        return check("broken", "seals", str(error), UNSOUND)
    if since is None:
        return check("fine", "seals", f"a checkpoint over all {head:,} events" if head else "nothing to seal yet")
    found = f"{head - size:,} of {head:,} events under no checkpoint, since {since:%Y-%m-%d %H:%M}"
    late = size == 0 or now - since > DAY
    return check("look" if late else "fine", "seals", found, UNSEALED if late else "")


def _views(log: Log, views: Views) -> Check:
    live, head = views.live(), log.head()
    if live is None:
        return check("broken", "read models", "none of this format", "danze replay")
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


def _calendar(answers: Answers) -> Check:
    book = answers.present()
    year = book.moment.year
    missing = [number for number in (year, year + 1) if number not in book.rules.calendar.years]
    if not missing:
        return check("fine", "calendars", f"{year} and {year + 1} are adopted")
    years = " and ".join(map(str, missing))
    return check(
        "look", "calendars", f"{years} not adopted: dates there are provisional", "danze calendar adopt, once published"
    )


def _clock(answers: Answers) -> Check:
    if unrecorded := answers.unrecorded():
        return check("look", "clock", f"{unrecorded:,} deadlines passed unrecorded", LATE)
    return check("fine", "clock", "nothing passed unrecorded")
