"""The documentation site: whole, nothing loaded from elsewhere, found in both languages without a server."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FETCHED = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "object": "data",
    "form": "action",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    run = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "--keep-going", "-d", str(folder / "read")]
    done = subprocess.run([*run, ROOT / "docs", folder / "site"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, ""), "a dead link, or a page that cannot be read"
    return folder / "site"


class Fetches(HTMLParser):
    """What a browser fetches of a page by itself."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if value and FETCHED.get(tag) == name]


def test_nothing_is_loaded_from_elsewhere(site):
    fetched = {each for page in site.rglob("*.html") for each in Fetches(page).found}
    assert len(fetched) > 10
    assert {each for each in fetched if re.match(r"(https?:)?//", each)} == set()
    styles = "".join(each.read_text(encoding="utf-8") for each in site.rglob("*.css"))
    assert re.findall(r"(?:@import\s*[\"']|url\([\"']?)(?:https?:)?//", styles) == []


def test_every_page_of_docs_is_in_it_with_its_diagrams_drawn(site):
    pages = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    assert {page for page in pages if not (site / page).is_file()} == set()
    told = (site / "architecture.html").read_text(encoding="utf-8")
    assert told.count("<svg") - told.count("<svg", 0, told.index("<article")) >= 2
    assert "flowchart TB" not in re.sub(r'aria-label="[^"]*"', "", told)


def test_each_page_says_which_language_it_is_in(site):
    said = {
        page: re.search(r'<html[^>]* lang="([^"]+)"', page.read_text(encoding="utf-8")) for page in site.rglob("*.html")
    }
    chinese = {page.stem for page, lang in said.items() if lang[1] == "zh-CN"}
    assert chinese == {page.stem for page in (ROOT / "docs/zh").glob("*.md")} != set()
    assert {lang[1] for lang in said.values()} == {"zh-CN", "en"}


@pytest.mark.browser
def test_the_introduction_for_offices_prints_on_two_pages(site, chromium):
    with chromium.new_context() as context:
        tab = context.new_page()
        tab.goto((site / "zh/jianjie.html").as_uri())
        assert len(re.findall(rb"/Type\s*/Page\b", tab.pdf(prefer_css_page_size=True))) == 2


@pytest.mark.browser
@pytest.mark.parametrize(
    ("asked", "page"),
    [("督办", "glossary.html"), ("引发责任", "rules.html"), ("rotate master key", "guides/personal-data.html")],
)
def test_a_word_of_either_language_is_found_on_a_file_of_the_disk(site, chromium, asked, page):
    with chromium.new_context() as context:
        tab = context.new_page()
        asked_elsewhere = []
        tab.on("request", lambda request: asked_elsewhere.append(request.url))
        tab.goto(f"{(site / 'search.html').as_uri()}?q={asked}")
        tab.wait_for_selector(f"#search-results li a[href^='{page}']")  # one after the other is shown
        assert {url for url in asked_elsewhere if not url.startswith("file:")} == set()
