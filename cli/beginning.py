"""Where `danze` begins: what it imports takes most of a second, and meanwhile it can be ended, too."""

import os
import signal
import sys


def main() -> None:
    """All of `cli.__main__`. Ctrl-C before that is there ends it without a word, with exit code 130.

    So does SIGTERM, with 143, where we are the first process of a container, from whom the kernel else keeps it.
    """
    _open_what_is_closed()
    heeds_interrupts = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeds_interrupts:
        signal.signal(signal.SIGINT, _ends)
    if os.getpid() == 1:
        signal.signal(signal.SIGTERM, _ends)
    from cli.__main__ import main as danze

    if heeds_interrupts:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    danze()


def _open_what_is_closed() -> None:
    """Standard streams that whoever began us closed: else the next file that is opened, as a store, is one of them."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDONLY if mode == "r" else os.O_WRONLY), True)
            setattr(sys, name, open(number, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 -- as long as the process


def _ends(number: int, _: object) -> None:
    os._exit(128 + number)
