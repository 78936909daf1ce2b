"""The application over the small city, on a real server: `python -m tests.api.live PORT`."""

import sys

from api.app import create_app
from api.serve import serve
from cli.waiting import stopped
from tests.api.fake import FakeIntake, FakeQuestions


def announce(_: int) -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


if __name__ == "__main__":
    app = create_app(FakeQuestions(), FakeIntake(), version="test")
    serve(app, "127.0.0.1", int(sys.argv[1]), stop=stopped(), ready=announce)
