"""The pages tell the truth: each block of code is run, and its output compared. `make docs` writes outputs again."""

import shutil
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

import pytest

from tests import servers
from tests.blocks import FROM_NOTHING, HTTP, KAFKA, ON_KAFKA, ROOT, Reader, calls_http, not_run, pages, small_city
from tests.clients.test_other_languages import needs
from tests.patience import PATIENCE, until

PAGES = pages()
ALONE = [page for page in PAGES if page not in ON_KAFKA]


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    small_city(folder)
    return folder


@pytest.fixture
def folder(request, tmp_path, page):
    (to := tmp_path / "clone").mkdir()
    if page not in FROM_NOTHING:
        shutil.copytree(request.getfixturevalue("city"), to, dirs_exist_ok=True)
    return to


@contextmanager
def api(folder):
    """HTTP on the folder's store, as `danze run` serves it, without a clock that would go on to today."""
    port = servers.free_port()
    serve = [sys.executable, "-m", "cli", "api", "--port", str(port), "--store", str(folder / "danze.db")]
    serving = subprocess.Popen(serve, cwd=ROOT)
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/v1/health"))
        yield f"127.0.0.1:{port}"
    finally:
        serving.terminate()
        serving.wait(PATIENCE)


def answers(url):
    try:
        urllib.request.urlopen(url, timeout=PATIENCE).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("page", ALONE)
def test_every_block_does_what_its_page_says(page, folder):
    text = PAGES[page]
    if not calls_http(text):
        assert Reader(folder, {}).follows(text) == text
        return
    needs("curl")
    with api(folder) as address:
        assert Reader(folder, {HTTP: address}).follows(text) == text


@pytest.fixture
def empty_broker(tmp_path):
    with servers.own_broker(tmp_path / "broker") as made:
        yield made


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.parametrize("page", ON_KAFKA)
def test_every_block_does_what_its_page_says_on_a_broker(page, folder, empty_broker):
    needs("kcat")
    assert Reader(folder, {KAFKA: empty_broker.url}).follows(PAGES[page]) == PAGES[page]


LIES = {
    "bash": "danze show petition:430408-2020-000001 >/dev/null\nfalse | grep x\n",
    "python": "assert False\n",
    "json": '{"specversion": "1.0"}\n',
    "sql": "SELECT 1 WHERE false;\n",
}


@pytest.mark.parametrize("kind", LIES)
def test_a_block_that_does_not_do_what_it_says_is_found(kind, tmp_path):
    with pytest.raises(AssertionError):
        Reader(tmp_path, {}).follows(f"## A page\n\n```{kind}\n{LIES[kind]}```\n")


def test_an_output_that_is_another_is_found(tmp_path):
    page = "<!-- not run: for the sake of the example -->\n```bash\nfalse\n```\n\n```console\n$ echo yes\nno\n```\n"
    assert Reader(tmp_path, {}).follows(page) == page.replace("no\n", "yes\n")


def test_few_blocks_are_not_run_and_each_says_why():
    told = not_run()
    assert len(told) <= 20, told
    assert all(len(why) > 10 for _, why in told)
