"""The application over the small city, with its questions and intake at hand."""

import shutil
from pathlib import Path

import pytest
from litestar.testing import TestClient

from api.app import create_app
from tests.api import simulated
from tests.api.fake import FakeIntake, FakeQuestions


class Standing:
    """Whoever answers in the present test; the application is made once, which takes longer than most tests."""

    def __init__(self):
        self.who = None

    def __getattr__(self, name):
        return getattr(self.who, name)


STANDING = Standing(), Standing()


@pytest.fixture(scope="session")
def standing_client():
    with TestClient(create_app(*STANDING, version="test"), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def questions():
    return FakeQuestions()


@pytest.fixture
def intake():
    return FakeIntake()


@pytest.fixture
def client(standing_client, questions, intake):
    STANDING[0].who, STANDING[1].who = questions, intake
    return standing_client


@pytest.fixture
def fresh_client(questions, intake):
    """An application whose meters stand at zero."""
    with TestClient(create_app(questions, intake, version="test")) as client:
        yield client


@pytest.fixture(scope="session")
def city_store(tmp_path_factory):
    """The URL of a store with a simulated city, made once."""
    url = f"sqlite:///{tmp_path_factory.mktemp('city')}/city.db"
    simulated.fill(url)
    return url


@pytest.fixture
def own_city(city_store, tmp_path):
    """The same city in a store of one's own, to write into."""
    return copied(city_store, tmp_path)


def copied(store, folder):
    """A store's files and seals in another folder, and their URL there."""
    home = folder / "own"
    shutil.copytree(Path(store.removeprefix("sqlite:///")).parent, home)
    return f"sqlite:///{home}/city.db"
