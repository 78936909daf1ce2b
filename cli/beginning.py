"""Where `danze` begins: what it imports takes most of a second, and meanwhile it can be ended, too."""

import os
import signal


def main() -> None:
    """All of `cli.__main__`. Ctrl-C before that is there ends it without a word, with exit code 130.

    So does SIGTERM, with 143, where we are the first process of a container, from whom the kernel else keeps it.
    """
    heeds_interrupts = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeds_interrupts:
        signal.signal(signal.SIGINT, _ends)
    if os.getpid() == 1:
        signal.signal(signal.SIGTERM, _ends)
    from cli.__main__ import main as danze

    if heeds_interrupts:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    danze()


def _ends(number: int, _: object) -> None:
    os._exit(128 + number)
