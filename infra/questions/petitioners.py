"""What concerns a petitioner himself: who he is, the code that he asks with, and what he is told of his item by it."""

from collections.abc import Callable

from domain.moments import When
from domain.reader import OPERATOR, NotYours
from infra.doors.query_codes import QueryCodes
from infra.questions.asking import Answer, Asking
from infra.questions.library import Library
from infra.vault.vault import Vault
from projections.public_view import public_view
from projections.visibility import handles, registered


class OfPetitioners(Asking):
    """Answers that no other unit than the petitioner's own is given, and those to himself."""

    def __init__(self, library: Library, vault: Callable[[], Vault] | None, codes: QueryCodes | None) -> None:
        super().__init__(library)
        self._reader = OPERATOR
        self._vault = vault
        self._codes = codes
        self._everything = library
        """What a petitioner asks by his code is asked of the whole record, whoever has the page open."""

    def personal(self, no: str, noted: Callable[[], None], as_of: When = None) -> Answer | None:
        """The personal fields of an item, opened for the unit that handles it. `noted` is called before one is opened.

        Fields of a person who was forgotten read as None. Raises `NotYours` for any other unit.
        """
        book = self._library.at(as_of)
        item = book.item(no)
        if item is None:
            return None
        now = self._library.at(None).item(no)
        if self._vault is None or now is None or not handles(self._reader, now, book.units):
            raise NotYours("personal fields are for the unit that handles the item")
        noted()
        vault = self._vault()
        told = [
            {"position": event.position, "type": event.type, "time": event.time.isoformat(),
             "fields": vault.open(sealed)}
            for event in book.events(item.subject) if (sealed := getattr(event.data, "personal", None))
        ]  # fmt: skip
        return {**book.head(), "no": no, "personal": told}

    def query_code(self, no: str, noted: Callable[[], None]) -> Answer | None:
        """The code by which the petitioner asks for his item; `noted` is called before. Raises `NotYours`."""
        book = self._library.at(None)
        item = book.item(no)
        if item is None:
            return None
        if self._codes is None or not registered(self._reader, item, book.units):
            raise NotYours("the code is for the unit that registered the item, to hand it to the petitioner")
        noted()
        return {**book.head(), "no": no, "query_code": self._codes.of(no)}

    def tries(self, no: str) -> float:
        """Seconds until another code is looked at for a number."""
        return self._codes.wait(no) if self._codes is not None else 0.0

    def public(self, no: str, code: str) -> Answer | None:
        """What a petitioner is told of his item; None for another code, as for an unknown number."""
        book = self._everything.at(None)
        right, item = self._codes is not None and self._codes.right(no, code), book.item(no)
        if not right or item is None:
            return None
        return public_view(item, book.events(item.subject), book.rules, book.moment.date())
