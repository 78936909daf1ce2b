"""Inputs made of good ones: bytes turned, cut, doubled and spliced; words and numbers put where they hurt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

LARGEST = 1 << 16
WORDS = [
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b\x08\0", b"\r\n", b"\n\n", b",", b'"', b'""', b"\\",
    b"\\u0000", b"\\ud800", b"{", b"}", b"[", b"]", b":", b"[" * 2_000, b'{"a":' * 2_000,
    b"null", b"true", b"-1", b"0", b"1e400", b"1e-400", b"9" * 25, b"-9223372036854775809", b"NaN", b"Infinity",
    b"2020-02-30", b"0001-01-01T00:00:00+08:00", b"9999-12-31T23:59:59.999999-23:59", b"24:00:00",
    b"2020-04-10T09:12:60Z", b"2020-04-10T09:12:00", b"unit:", b"person:", b"petition:", b"official:x",
    "信访".encode(), "𠮷".encode(), "\u202e".encode(), "\u2028".encode(),
    b'<!DOCTYPE a [<!ENTITY b "c">]>', b"&b;", b"&#0;", b"<trace/>",
    b"=cmd|' /C calc'!A0", b"../../etc/passwd", b"%00", b"' OR 1=1 --",
]  # fmt: skip
Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]


def mutated(random: Random, pool: Sequence[bytes]) -> bytes:
    """One of the pool after one to eight changes."""
    data = random.choice(pool)
    for _ in range(1 << random.randrange(4)):
        data = random.choice(MUTATIONS)(random, data, pool)[:LARGEST]
    return data


def _place(random: Random, data: bytes) -> int:
    return random.randrange(len(data) + 1)


def _stretch(random: Random, data: bytes) -> tuple[int, int]:
    first = _place(random, data)
    return first, min(len(data), first + (1 << random.randrange(9)))


def turn_a_bit(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def put_a_byte(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at = _place(random, data)
    return data[:at] + bytes([random.randrange(256)]) + data[at:]


def cut(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    first, last = _stretch(random, data)
    return data[:first] + data[last:]


def double(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    first, last = _stretch(random, data)
    return data[:last] + data[first:last] * (1 << random.randrange(5)) + data[last:]


def put_a_word(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at = _place(random, data)
    return data[:at] + random.choice(WORDS) + data[at:]


def replace_a_field(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """What stands between two commas, quotes or tags becomes a word."""
    mark = random.choice((b",", b'"', b"\n", b">", b":"))
    parts = data.split(mark)
    parts[random.randrange(len(parts))] = random.choice(WORDS)
    return mark.join(parts)


def splice(random: Random, data: bytes, pool: Sequence[bytes]) -> bytes:
    other = random.choice(pool)
    return data[: _place(random, data)] + other[_place(random, other) :]


def swap_lines(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    random.shuffle(lines)
    return b"\n".join(lines)


MUTATIONS: list[Mutation] = [
    turn_a_bit, put_a_byte, cut, double, put_a_word, replace_a_field, replace_a_field, splice, swap_lines,
]  # fmt: skip
