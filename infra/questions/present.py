"""What is counted of the present record: all rows, and of these what each reader sees who asked of late."""

import logging
from collections import OrderedDict
from collections.abc import Callable

from domain.envelope import AnyEvent
from infra.questions.book import Book, Recalled
from infra.questions.counted import Counted
from infra.questions.keeping import Unreadable
from infra.questions.owing import Owing
from infra.questions.share import Share
from infra.questions.whole import Whole
from infra.views.sums import Stale, Sums
from projections.visibility import EVERYTHING, Reach

log = logging.getLogger("danze.views")
SHARES_KEPT = 256
ROWS_KEPT = 500_000
"""Of all shares together: some 300 MB. The share of who sees the whole city holds but what is hidden from him."""


class Present:
    """One whole, and the shares that follow it. Asked under the library's lock, but for `load`."""

    def __init__(self, recalled: Callable[[Book], Recalled]) -> None:
        self._recalled = recalled
        self._whole: Whole | None = None
        self._shares: OrderedDict[Reach, Share] = OrderedDict()
        """By what readers see, which for most is what their unit does; who asked last stands last."""

    def hear(self, event: AnyEvent) -> None:
        """What the log gained."""
        if self._whole is not None:
            self._whole.hear(event)

    def whole(self, everything: Book) -> Whole | None:
        """All rows, as they are now; None where another process keeps newer sums than this look at the store knows.

        Raises `StoreError`: then the next who asks begins anew.
        """
        whole = self._whole
        if whole is None or (whole.rules, whole.number) != (everything.rules, everything.tables.number):
            whole = self._begun(everything)
        try:
            looked = whole.catch_up(everything)
        except Stale:
            self.forget(whole)
            return None
        except BaseException:  # in the middle: of what was noted it is not known what was counted
            self.forget(whole)
            raise
        for share in self._shares.values() if looked else ():
            share.wait_for(looked)
        return whole

    def _begun(self, everything: Book) -> Whole:
        sums, owing = Sums(everything.views, everything.tables.number), Owing(everything, self._recalled)
        self._whole = None
        self._shares.clear()
        try:
            self._whole = Whole(everything, owing, sums)
        except Unreadable as error:
            log.warning("the kept sums cannot be read (%s): every row is counted, and they are kept anew", error)
            self._whole = Whole(everything, owing, sums)
        return self._whole

    def forget(self, whole: Whole) -> None:
        """Another process keeps other sums: the next who asks begins with these."""
        if self._whole is whole:
            self._whole = None

    def of(self, book: Book, whole: Whole) -> Counted | None:
        """What a reader sees, counted; None where it is to be loaded first."""
        if book.reach == EVERYTHING:
            return whole
        if book.reach not in self._shares:
            self._shares[book.reach] = Share(book, whole, self._recalled)
            self._make_room()
        share = self._shares[book.reach]
        self._shares.move_to_end(book.reach)
        if not share.ready:
            return None
        try:
            share.catch_up(book)
        except Stale:
            self.forget(whole)
            return None
        return share

    def load(self, book: Book) -> None:
        """Makes a reader's share ready. It takes a while, in which others ask."""
        share = self._shares.get(book.reach)
        if share is None or share.whole.number != book.tables.number:  # the whole began anew
            return
        try:
            share.load(book)
        except Stale:
            self.forget(share.whole)

    def _make_room(self) -> None:
        """Lets those go that nobody asked for longest."""
        rows = sum(share.rows for share in self._shares.values())
        while len(self._shares) > 1 and (len(self._shares) > SHARES_KEPT or rows > ROWS_KEPT):
            rows -= self._shares.popitem(last=False)[1].rows
