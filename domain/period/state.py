"""What decide and the clock must remember of a time of special protection."""

from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import AnyEvent
from domain.period import events as e


class Protection(Struct, frozen=True, kw_only=True):
    """One time of special protection: days with both ends in it."""

    version: int
    levels: tuple[str, ...]
    since: date
    until: date
    ended: bool = False

    def on(self, day: date) -> bool:
        """Whether the day is protected."""
        return self.since <= day <= self.until


def evolve(protection: Protection | None, event: AnyEvent) -> Protection | None:
    """The protection after the event. An event seen before changes nothing."""
    fact = event.data
    if protection is None:
        if not isinstance(fact, e.ProtectionDeclared):
            return None
        return Protection(version=event.version, levels=fact.levels, since=event.day, until=fact.until)
    if event.version <= protection.version:
        return protection
    if isinstance(fact, e.ProtectionEnded):
        until = min(protection.until, event.day - timedelta(days=1))
        return replace(protection, version=event.version, until=until, ended=True)
    return replace(protection, version=event.version)
