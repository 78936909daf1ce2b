"""Whose process is at the other end of a connection on this machine? The kernel tells (Linux, sock_diag(7)).

A proxy that announces nobody, as nginx does unless it is told to, comes from 127.0.0.1 like whoever sits here; but it
runs under an account of its own.
"""

from __future__ import annotations

import os
import socket
import struct
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address
from time import monotonic

TRUSTED_FOR = 1.0
"""Seconds for which an answer is kept: a port of a connection that ended is not given to another so soon."""
KEPT = 1_000

End = tuple[str, int]
"""Address and port."""
SOCK_DIAG, BY_FAMILY, REQUEST, ERROR = 4, 20, 1, 2
HEAD = struct.Struct("=IHHII")
QUESTION = struct.Struct("=BBBBI")
IDS = struct.Struct("!HH16s16s")
ANY = struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)
"""Whatever interface and cookie."""
ANSWER = struct.Struct("=4x48xIIIII")
"""After who it is about: timer, two queues, user and inode."""


class Peers:
    """The peers of one server, asked about again and again."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._known: OrderedDict[tuple[End, End], tuple[float, bool]] = OrderedDict()

    def stranger(self, peer: End, ours: End) -> bool:
        """Whether the peer is another user's process, or nobody's. Where the kernel does not tell, it is none."""
        known = self._known.get((peer, ours))
        if known is not None and self._now() < known[0]:
            return known[1]
        answer = owner(peer, ours) not in (None, os.getuid())
        self._known[peer, ours] = (self._now() + TRUSTED_FOR, answer)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return answer


NOBODY = -1


def owner(near: End, far: End) -> int | None:
    """The user whose process holds the near end of a connection on this machine; NOBODY where none does (any more).

    None where the kernel cannot be asked, or where the ends are no addresses.
    """
    try:
        question = _asked(near, far)
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, SOCK_DIAG) as kernel:
            kernel.settimeout(1)
            kernel.send(HEAD.pack(HEAD.size + len(question), BY_FAMILY, REQUEST, 1, 0) + question)
            answer = kernel.recv(4096)
    except (OSError, ValueError, AttributeError):  # no Linux, no such kernel, no addresses
        return None
    if HEAD.unpack_from(answer)[1] == ERROR:
        missing = struct.unpack_from("=i", answer, HEAD.size)[0] == -2  # ENOENT
        return NOBODY if missing else None
    *_, user, inode = ANSWER.unpack_from(answer, HEAD.size)
    return int(user) if inode else NOBODY


def _asked(near: End, far: End) -> bytes:
    (version,) = {ip_address(near[0]).version, ip_address(far[0]).version}
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    ends = [socket.inet_pton(family, address) for address, _ in (near, far)]
    about = IDS.pack(near[1], far[1], *ends) + ANY
    return QUESTION.pack(family, socket.IPPROTO_TCP, 0, 0, 0xFFFFFFFF) + about
