"""Items that nobody touches at the moment rest as bytes: little memory, at hand in microseconds."""

from itertools import islice

import msgspec

from domain.petition.item import Item

pack = msgspec.msgpack.Encoder().encode
unpack_item = msgspec.msgpack.Decoder(Item).decode


class Shelf:
    """Items by subject: those in hand as objects, all others as bytes, `room` of them."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._in_hand: dict[str, Item | None] = {}
        self._resting: dict[str, bytes] = {}

    def __contains__(self, subject: str) -> bool:
        return subject in self._in_hand or subject in self._resting

    def __len__(self) -> int:
        return len(self._in_hand) + len(self._resting)

    @property
    def in_hand(self) -> int:
        return len(self._in_hand)

    def get(self, subject: str) -> Item | None:
        """The item, taken in hand; None where there is none, or none is known."""
        item = self._in_hand.get(subject)
        if item is not None:
            return item
        body = self._resting.pop(subject, None)
        if body is None:
            return None
        item = self._in_hand[subject] = unpack_item(body)
        return item

    def put(self, subject: str, item: Item | None) -> None:
        """Takes a new state in hand; None says that it is known that there is no such item."""
        self._in_hand[subject] = item

    def rest(self, subject: str, item: Item) -> bytes:
        """Lays a new state down at once, and answers it as it lies there."""
        self._in_hand.pop(subject, None)
        body = self._resting[subject] = pack(item)
        return body

    def lay_down(self) -> None:
        """Lays down all that is in hand. Without more room, the longest untouched go."""
        for subject, item in self._in_hand.items():
            if item is not None:
                self._resting[subject] = pack(item)
        self._in_hand = {}
        if len(self._resting) > self.room:
            self.let_go(self.room // 2)

    def quietest(self, count: int) -> list[str]:
        """So many of those that lie down: the longest untouched."""
        return list(islice(self._resting, count))

    def let_go(self, count: int) -> list[str]:
        """Lets so many go of those that lie down, the longest untouched; answers which."""
        gone = self.quietest(count)
        for subject in gone:
            del self._resting[subject]
        return gone

    def clear(self) -> None:
        self._in_hand, self._resting = {}, {}
