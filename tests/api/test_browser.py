"""Every page in Debian's chromium against a real server: no faults, nothing too wide, the main paths clicked."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers
from tests.api.city import CAUSED
from tests.api.test_pages import PAGES

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
SPILLS = (
    "[...document.querySelectorAll('.panel, .dossier')]"
    ".filter(p => p.scrollWidth > p.clientWidth + 1).map(p => p.innerText)"
)
"""Panels whose content is wider than they are."""
LOOKS = {
    "desktop": {"viewport": {"width": 1366, "height": 768}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "dark": {"viewport": {"width": 1366, "height": 768}, "color_scheme": "dark"},
}


@pytest.fixture(scope="module")
def chromium():
    found = shutil.which("chromium")
    if found is None:
        servers.not_to_be_had("CHROMIUM", servers.NoServerError("apt-get install chromium fonts-noto-cjk"))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site():
    port = servers.free_port()
    command = [sys.executable, "-m", "tests.api.live", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
        server.terminate()
        assert server.wait(15) == 0


@pytest.fixture
def page(chromium, site, request):
    context = chromium.new_context(base_url=site, locale="zh-CN", **LOOKS[getattr(request, "param", "desktop")])
    page = context.new_page()
    page.faults = []
    page.on("console", lambda said: page.faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(site) else page.faults.append(asked.url))
    yield page
    assert page.faults == []
    context.close()


@pytest.mark.parametrize("page", LOOKS, indirect=True, ids=str)
def test_every_page_opens_without_a_fault_and_fits(page, tmp_path, request):
    width = page.viewport_size["width"]
    for number, path in enumerate(PAGES):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(SPILLS) == [], path
        page.screenshot(path=tmp_path / f"{number:02}.png", full_page=True)
    assert len(list(tmp_path.glob("*.png"))) == len(PAGES)


def test_a_case_is_found_opened_and_its_evidence_read(page):
    page.goto("/petitions")
    page.get_by_label("搜索").press_sequentially("公共收益")
    page.get_by_text("共 1 项").wait_for()
    assert "q=" in page.url
    page.get_by_role("link", name="小区停车收费与公共收益去向").click()
    page.get_by_text("怎么算的").nth(2).click()
    page.get_by_text("首日不计").wait_for()
    page.locator(".dossier .evidence a").first.click()
    page.get_by_role("dialog").get_by_text("petition.cause_found.v1").wait_for()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()


def test_a_day_in_the_past_is_picked_and_kept(page):
    page.goto(f"/petitions/{CAUSED}")
    page.locator("#as-of").fill("2020-06-01")
    page.wait_for_url("**as_of=2020-06-01**")
    page.get_by_text("尚未认定引发单位").wait_for()
    page.get_by_role("link", name="单位", exact=True).click()
    assert "as_of=2020-06-01" in page.url
    page.get_by_role("link", name="English").click()
    page.get_by_role("heading", name="Units").wait_for()
    assert "as_of=2020-06-01" in page.url
    page.get_by_role("link", name="Back to now").click()
    assert "as_of" not in page.url
    assert "lang=en" in page.url


def test_a_keyboard_reaches_the_content_first(page):
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_overview_weighs_little_and_draws_its_months(page):
    weights = []
    page.on(
        "requestfinished",
        lambda asked: weights.append(sum(asked.sizes()[k] for k in ("responseBodySize", "responseHeadersSize"))),
    )
    page.goto("/", wait_until="networkidle")
    assert page.locator("#months canvas").count() == 1
    assert sum(weights) < 600_000


def test_pages_work_without_scripts(chromium, site):
    with chromium.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/petitions?q=停车")
        assert page.locator("#rows tbody tr").count() == 2
        page.goto("/")
        assert page.locator("details table tbody tr").count() == 8


def test_vendored_files_are_those_that_their_list_names():
    folder = ROOT / "api/web/static/vendor"
    lines = [line.split() for line in (folder / "VERSIONS").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name, *_ in lines} == {
        name: digest for name, digest, *_ in lines
    }
    assert {name for name, *_ in lines} == {path.name for path in folder.glob("*.js")}
    assert (folder / "echarts.min.js").stat().st_size < 1_100_000
