"""查询码: with it and the number a petitioner asks for his item. Derived from the number, so nothing is stored."""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from threading import Lock
from time import monotonic

from infra import secret_files

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0, 1, I, L, O, U: a code is read from a slip of paper."""
KEY_BYTES = 32
LOST = "a new one is made with the next code, and no code that was given out fits any more"
LENGTH = 12
"""Signs: 30 to the power of 12, nearly 59 bits."""
FREE, LONGEST, FORGIVEN = 5, 60.0, 3_600.0
"""Wrong codes for one number that cost nothing; the longest wait after each more; seconds until all are forgiven."""
NUMBERS = 10_000


class QueryCodes:
    """The codes of one store; the key (0600) is made with the first of them."""

    def __init__(self, key: Path, clock: Callable[[], float] = monotonic) -> None:
        self._file, self._clock = key, clock
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def of(self, no: str) -> str:
        """The code of an item, in three groups of four."""
        number = int.from_bytes(hmac.digest(self._key(), f"query code {no}".encode(), sha256))
        signs = "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(LENGTH))
        return "-".join(signs[at : at + 4] for at in range(0, LENGTH, 4))

    def right(self, no: str, code: str) -> bool:
        """Whether this is its code; compared in the same time whatever it is. A wrong one is remembered."""
        right = hmac.compare_digest(_bare(self.of(no)).encode(), _bare(code).encode())
        with self._lock:
            if right:
                self._wrong.pop(no, None)
            else:
                self._wrong[no] = (self._tries(no) + 1, self._clock())
                self._wrong.move_to_end(no)
                while len(self._wrong) > NUMBERS:
                    self._wrong.popitem(last=False)
        return right

    def wait(self, no: str) -> float:
        """Seconds until another code is looked at for this number: longer with each wrong one."""
        with self._lock:
            tries, since = self._tries(no), self._wrong.get(no, (0, 0.0))[1]
            delay = min(2.0 ** (tries - FREE), LONGEST) if tries >= FREE else 0.0
            return max(0.0, since + delay - self._clock())

    def _tries(self, no: str) -> int:
        tries, since = self._wrong.get(no, (0, 0.0))
        return tries if self._clock() - since < FORGIVEN else 0

    def _key(self) -> bytes:
        if not secret_files.there(self._file):
            secret_files.make(self._file, secrets.token_bytes(KEY_BYTES))
        return secret_files.key(self._file, KEY_BYTES, LOST)


def _bare(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign in ALPHABET)
