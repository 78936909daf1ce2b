"""What can go wrong, each with a sentence for a person."""


class ProducerProblem(Exception):
    """Any of the following."""


class Refused(ProducerProblem, ValueError):
    """danze would refuse the action; nothing was kept or sent. `code` and `path` are those of danze's rejections."""

    def __init__(self, code: str, message: str, path: str) -> None:
        super().__init__(f"{message} ({code} at {path})")
        self.code, self.message, self.path = code, message, path


class SpoolFull(ProducerProblem):
    """The action was not kept: what waits for Kafka has reached its limit, or the disk is full."""


class SpoolUnusable(ProducerProblem):
    """The spool cannot be used: another process has it, or its files were changed or cannot be written."""


class NotSent(ProducerProblem):
    """Not everything was sent in the time given. What was not is in the spool, and is sent when the broker returns."""
