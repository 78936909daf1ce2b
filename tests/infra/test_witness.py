"""A witness keeps its one promise, whatever its disk does; and who asks witnesses gets on, whatever these answer."""

import os
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from hashlib import sha256
from http.client import HTTPResponse
from itertools import count
from pathlib import Path

import pytest

from infra.seals import asking
from infra.seals.asking import Asked, ask_all
from infra.seals.checkpoints import Checkpoint
from infra.seals.keys import fresh
from infra.seals.notes import LOG, WITNESS, Note, SealError
from infra.seals.tiles import Tiles
from infra.seals.witness import Witness
from tests.infra.test_secret_files import no_room

LOG_KEY, WITNESS_KEY = fresh(LOG, "example.org/log"), fresh(WITNESS, "example.net/w1")
LEAVES = [sha256(b"%d" % number).digest() for number in range(20)]


@pytest.fixture
def tiles(tmp_path: Path) -> Tiles:
    tiles = Tiles(tmp_path / "seals")
    tiles.extend(0, LEAVES)
    return tiles


def note(tiles: Tiles, size: int) -> Note:
    text = Checkpoint(LOG_KEY.verifier.name, size, tiles.root(size)).text
    return Note(text, (LOG_KEY.sign(text),))


def asked(witness: Witness, tiles: Tiles, old: int, size: int) -> int:
    """The status of the answer."""
    proof = "".join(f"{b64encode(each).decode()}\n" for each in tiles.consistency(old, size))
    return witness.add_checkpoint(f"old {old}\n{proof}\n{note(tiles, size)}".encode(), 1).status


def begun(state: Path) -> Witness:
    return Witness(WITNESS_KEY, [LOG_KEY.verifier], state)


def test_a_witness_goes_on_from_what_it_wrote_down(tiles, tmp_path):
    state = tmp_path / "state"
    assert asked(begun(state), tiles, 0, 7) == 200
    assert state.read_text() == f'{{"example.org/log":[7,"{tiles.root(7).hex()}"]}}'
    assert asked(begun(state), tiles, 0, 20) == 409
    assert asked(begun(state), tiles, 7, 20) == 200


@pytest.mark.parametrize("left", [b"", b"{", b"\xff", b'{"example.org/log": [7]}', b'{"example.org/log": [7, "zz"]}'])
def test_a_witness_does_not_begin_without_its_memory(tmp_path, left):
    state = tmp_path / "state"
    state.write_bytes(left)
    with pytest.raises(SealError, match=f"^{state} does not say what was vouched for: put its newest copy in place"):
        begun(state)


def test_what_cannot_be_written_down_is_not_signed_and_not_remembered(tiles, tmp_path):
    witness = begun(tmp_path / "state")
    assert asked(witness, tiles, 0, 7) == 200
    with no_room():
        assert asked(witness, tiles, 7, 20) == 503
    assert [path.name for path in tmp_path.iterdir()] == ["seals", "state"]
    assert asked(witness, tiles, 7, 12) == 200, "it stands where its file says"


def test_what_was_signed_is_on_the_disk_with_its_name(tiles, tmp_path, monkeypatch):
    synced, fsync = list[str](), os.fsync

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        synced.append(os.path.realpath(f"/proc/self/fd/{descriptor}"))

    monkeypatch.setattr("os.fsync", noted)
    asked(begun(tmp_path / "state"), tiles, 0, 7)
    assert (len(synced), synced[-1]) == (2, str(tmp_path))


# asking

Answers = Callable[[socket.socket], object]


@contextmanager
def answering(answer: Answers) -> Iterator[Asked]:
    """A witness that answers each question in its own way."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    with closing(server.accept()[0]) as line, suppress(OSError):
                        line.recv(65_536)
                        answer(line)
                        line.shutdown(socket.SHUT_WR)
                        while line.recv(65_536):  # closed with something unread, a line is reset
                            pass

        threading.Thread(target=serve, daemon=True).start()
        yield Asked(WITNESS_KEY.verifier, f"http://127.0.0.1:{server.getsockname()[1]}")


def said(*answers: bytes) -> Answers:
    return lambda line: [line.sendall(each) for each in answers]


def dripping(head: bytes) -> Answers:
    def drip(line: socket.socket) -> None:
        line.sendall(head)
        while True:
            line.sendall(b"x")
            time.sleep(0.05)

    return drip


def silent(head: bytes) -> Answers:
    def wait(line: socket.socket) -> None:
        line.sendall(head)
        while line.recv(65_536):
            pass

    return wait


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (said(b"SSH-2.0-dropbear\r\n"), "does not answer: BadStatusLine: SSH-2.0-dropbear"),
        (said(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nabc"), "does not answer: IncompleteRead"),
        (said(), "does not answer: RemoteDisconnected: Remote end closed connection without response"),
        (said(b"HTTP/1.1 409 No\r\ncontent-length: 3\r\n\r\nabc"), "w1 says that it has seen 'abc' events"),
        (said(b"HTTP/1.1 409 No\r\ncontent-length: 2\r\n\r\n-5"), "w1 says that it has seen '-5' events"),
        (said(b"HTTP/1.1 409 No\r\ncontent-length: 2\r\n\r\n\xd9\xa3"), "w1 says that it has seen '٣' events"),
        (said(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xff"), "can't decode"),
        (said(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabc\n"), "is no signature line"),
    ],
    ids=["no http", "cut off", "nothing", "no size", "less than nothing", "other digits", "no text", "no signature"],
)
def test_a_witness_that_does_not_know_its_way_is_a_sentence(tiles, answer, why):
    with answering(answer) as witness:
        (sentence,) = ask_all([witness], note(tiles, 20), tiles)
    assert sentence.startswith("witness example.net/w1")
    assert why in sentence


def test_an_address_that_is_none_is_a_sentence(tiles):
    (sentence,) = ask_all([Asked(WITNESS_KEY.verifier, "http://127.0.0.1:port")], note(tiles, 20), tiles)
    assert "does not answer: InvalidURL: nonnumeric port" in sentence


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 500 No\r\n\r\n"],
    ids=["at once", "in the head", "in the text", "in a refusal"],
)  # fmt: skip
def test_a_witness_that_sends_a_byte_now_and_then_holds_nobody_up(tiles, monkeypatch, head):
    monkeypatch.setattr(asking, "SECONDS", 0.5)
    began = time.monotonic()
    with answering(dripping(head)) as witness:
        (sentence,) = ask_all([witness], note(tiles, 20), tiles)
    assert sentence.endswith("does not answer: TimeoutError: not within 0.5 s")
    assert time.monotonic() - began < 5


def test_a_witness_that_says_again_and_again_where_it_stands_has_no_more_time_for_that(tiles, monkeypatch):
    stands = count(3)

    def slowly(line: socket.socket) -> None:
        time.sleep(0.4)
        line.sendall(b"HTTP/1.1 409 No\r\ncontent-length: 1\r\n\r\n%d" % next(stands))

    monkeypatch.setattr(asking, "SECONDS", 0.5)
    with answering(slowly) as witness:
        (sentence,) = ask_all([witness], note(tiles, 20), tiles)
    assert sentence.endswith("does not answer: TimeoutError: not within 0.5 s")


@pytest.mark.parametrize("error", [AttributeError("read"), ValueError("Read on closed or unwrapped SSL socket.")])
def test_a_refusal_that_is_cut_while_tls_is_read_is_a_sentence(tiles, monkeypatch, error):
    def cut_while_read(*_: object) -> bytes:
        time.sleep(1)
        raise error

    monkeypatch.setattr(asking, "SECONDS", 0.2)
    monkeypatch.setattr(HTTPResponse, "read", cut_while_read)
    with answering(said(b"HTTP/1.1 500 No\r\ncontent-length: 1\r\n\r\nx")) as witness:
        (sentence,) = ask_all([witness], note(tiles, 20), tiles)
    assert sentence.endswith("does not answer: TimeoutError: not within 0.2 s")


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 500 No\r\n\r\n"])
def test_a_witness_is_late_in_the_same_words_where_its_silence_ends_the_exchange(tiles, monkeypatch, head):
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    monkeypatch.setattr(asking, "cut", lambda *_: nullcontext(threading.Event()))
    with answering(silent(head)) as witness:
        (sentence,) = ask_all([witness], note(tiles, 20), tiles)
    assert sentence.endswith("does not answer: TimeoutError: not within 0.2 s")
