"""How far does a reader see of a book? Found out once (`projections.visibility`), with what is read from its rows."""

from collections.abc import Callable
from datetime import date

from msgspec.structs import replace

from domain.reader import Reader
from infra.past.sight import Sight
from infra.questions.book import Book
from infra.questions.past import PastBook
from infra.questions.recent import Recent
from infra.questions.seen import SeenTables
from infra.views.tables import Tables
from projections.ledgers.entry import unpack_entry
from projections.visibility import Reach, reach

REACHES_KEPT = 256


class Reaches:
    """Of the readers of one library, by their scopes."""

    def __init__(self) -> None:
        self._by_directory: Recent[tuple[Reader, Sight | tuple[int, date]], Reach] = Recent(REACHES_KEPT)
        """By the directory on a day, or the past record that is asked about."""
        self._by_rows: Recent[tuple[Reach, int, int, int], Reach] = Recent(REACHES_KEPT)
        """The same with what goes on about hidden items alone, by what that is read from."""

    def of(self, scope: Reader, book: Book, present: Callable[[], Book]) -> Reach:
        """Of the past he sees no more than of the present: an accusation of who is his colleague today is hidden as of
        any day.
        """
        if not isinstance(book, PastBook):
            return self._of_present(scope, book)
        then, now = self._known(scope, book, book.seen), self._of_present(scope, present())
        organs, officials = then.organs | now.organs, then.officials | now.officials
        former = (then.former | now.former) - officials
        own = then.own & now.own
        return replace(then, organs=organs, officials=officials, former=former, own=own, threads=now.threads)

    def _known(self, scope: Reader, book: Book, directory: Sight | tuple[int, date]) -> Reach:
        return self._by_directory.get((scope, directory), lambda: reach(scope, book.units, book.moment.date()))

    def _of_present(self, scope: Reader, book: Book) -> Reach:
        known = self._known(scope, book, (book.units.taken, book.moment.date()))
        if not known.secret:
            return known
        unread = frozenset(no for no, *accused in book.unread if known.about(*accused))
        known = replace(known, unread=unread) if unread else known
        rows = book.tables.number, book.moved, 0 if book.moved <= book.read else book.places
        return self._by_rows.get((known, *rows), lambda: replace(known, threads=_threads(book, known)))


def seen_tables(book: Book, reach: Reach) -> SeenTables:
    """The selections of a reach over a generation, which are worked out once: they hold no row."""
    tables = book.tables
    assert isinstance(tables, Tables)
    if reach not in tables.seen:
        while len(tables.seen) >= REACHES_KEPT:
            tables.seen.pop(next(iter(tables.seen)), None)
        unread = book.among(sorted(reach.unread)) if reach.unread else None
        tables.seen[reach] = SeenTables(tables, reach, unread)
    found: SeenTables = tables.seen[reach]
    return found


def _threads(book: Book, reach: Reach) -> frozenset[str]:
    """What goes on about a hidden item alone: disputes, gatherings, what a conference agreed (`visibility.thread`)."""
    seen = seen_tables(book, reach)
    if not book.select(seen.hidden(whoever=True).limit(1)):
        return frozenset()
    entries = [unpack_entry(bytes(row.body)) for row in book.select(seen.threads())]
    return frozenset(
        f"{each.subject}:{each.about['item']}" if each.ledger == "conference" else each.subject for each in entries
    )
