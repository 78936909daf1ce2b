"""The answers of one reader: the same questions, over a record that holds what he may see."""

from typing import Any

from domain.moments import When
from domain.reader import NotYours, Reader
from infra.questions import cases
from infra.questions.answers import Answers
from infra.questions.asking import Answer
from infra.questions.book import Book
from infra.questions.library import Library
from infra.questions.readers_book import ReadersBook
from projections.orders import Log
from projections.visibility import EVERYTHING, Reach


class ReadersLibrary(Library):
    """Opens books for one reader, out of a library that others use as well."""

    def __init__(self, library: Library, reader: Reader) -> None:
        self._library, self._scope = library, reader.scope
        self.hashed = library.hashed

    def at(self, when: When) -> Book:
        return self.for_reader(self._library.at(when))

    def recalled(self, book: Book) -> Any:
        return self._library.recalled(book)

    def for_reader(self, whole: Book) -> Book:
        """What he sees of a book; the book itself where that is all."""
        known = self._library.reaches.of(self._scope, whole, lambda: self._library.at(None))
        return whole if known == EVERYTHING else ReadersBook(whole, known)


class ReadersAnswers(Answers):
    """Answers for one reader. A unit that is asked for by name must be of his jurisdiction."""

    def __init__(self, answers: Answers, reader: Reader) -> None:
        self.__dict__.update(answers.__dict__)
        self._reader = reader
        library = ReadersLibrary(answers._library, reader)  # noqa: SLF001 -- of the same kind
        self._library = library
        self._tallies = answers._tallies.for_(library.for_reader)  # noqa: SLF001 -- the same

    def secret(self, no: str) -> bool:
        book = self._library.at(None)
        return isinstance(book, ReadersBook) and book.secret(no)

    def threads(self) -> frozenset[str]:
        return self._reach().threads

    def _reach(self) -> Reach:
        return self._library.at(None).reach

    def _govern(self, unit: str | None) -> None:
        if unit is not None and not self._reach().governs(unit):
            raise NotYours(f"{unit} is outside your jurisdiction")

    def _whole(self) -> None:
        """For questions that cannot be asked of a part."""
        if self._reach() != EVERYTHING:
            raise NotYours("this is asked of the whole record, of which you see a part")

    def record(self, official: str, *asked: Any, **wanted: Any) -> Answer | None:
        """Of who serves or served in the jurisdiction, and one's own."""
        reach = self._reach()
        seats = self.present().units.seats_ever(official)
        if seats and official != self._reader.official and not any(map(reach.governs, seats)):
            raise NotYours(f"{official} is outside your jurisdiction")
        return super().record(official, *asked, **wanted)

    def three_none(self, unit: str | None = None, *asked: Any, **wanted: Any) -> Answer | None:
        if unit is None and self._reach().within is not None:
            unit = self._reader.units[0]
        return super().three_none(unit, *asked, **wanted)

    def preview(self, *asked: Any, **wanted: Any) -> Any:
        self._whole()
        return super().preview(*asked, **wanted)

    def diff(self, *asked: Any, **wanted: Any) -> Answer:
        self._whole()
        return super().diff(*asked, **wanted)

    def log(self, after: int | None = None, limit: int = 100, as_of: When = None, *, sort: Log = "position") -> Answer:
        """As of any time, of each event what he may see of it today."""
        present = self._library.at(None)
        book = present if as_of is None else self._library.at(as_of)
        return cases.log(book, after, limit, present.told if isinstance(present, ReadersBook) else None, sort)

    def proof(self, position: int) -> Answer | None:
        """As the log has the event, or not at all: of one that is told him without a hidden item there is no proof."""
        book, entry = self._library.at(None), self._log.get(position)
        if entry is None or (isinstance(book, ReadersBook) and book.told(entry) is not entry):
            return None
        return super().proof(position)
