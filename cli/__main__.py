"""Where `danze` begins: what it imports takes most of a second, and meanwhile it can be ended, too."""

import atexit
import os
import signal
import sys
from contextlib import suppress


def main() -> None:
    """All of `cli.verbs`. Ctrl-C before that is there ends it without a word, with exit code 130.

    So does SIGTERM, with 143, where we are the first process of a container, from whom the kernel else keeps it.
    """
    _open_what_is_closed()
    code: object = 1  # as a traceback has
    atexit.register(lambda: _leave(code))  # first of all, so that it is the last that runs
    heeds_interrupts = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeds_interrupts:
        signal.signal(signal.SIGINT, _ends)
    if os.getpid() == 1:
        signal.signal(signal.SIGTERM, _ends)
    from cli.verbs import main as danze

    if heeds_interrupts:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        danze()
        code = 0
    except SystemExit as ended:
        code = ended.code
        raise


def _leave(code: object) -> None:
    """Ends the process while Python still stands. To take Python down would end each thread that still asks for it, and
    what granian began in Rust dies of that and takes the process with it (PyO3 #4874; until CPython 3.14).
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)


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


if __name__ == "__main__":
    main()
