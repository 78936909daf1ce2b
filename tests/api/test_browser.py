"""Every page of a simulated city in Debian's chromium: no faults, nothing too wide or heavy, all of it accessible.

Screenshots are kept in `build/screenshots`, by look and page.
"""

import hashlib
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from cli.wiring import now, opened
from domain.envelope import day_of
from tests import servers
from tests.api import simulated
from tests.api.conftest import copied
from tests.patience import PATIENCE

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build/screenshots"
UNHURRIED = 1_000
"""Milliseconds that a button of the mouse is held down: a list that is made anew meanwhile loses the click."""
HEAVIEST = 600_000
"""Bytes over the wire that a page may weigh, with everything it loads."""
SPILLS = (
    "[...document.querySelectorAll('.panel, .dossier')]"
    ".filter(p => p.scrollWidth > p.clientWidth + 1).map(p => p.innerText)"
)
"""Panels whose content is wider than they are."""
UNTOLD = """[...document.querySelectorAll("table")]
  .filter(t => t.querySelector("tbody td:not(.faint)") && !t.querySelector("th[scope]")).map(t => t.innerText)
  .concat([...document.querySelectorAll("svg:not([aria-hidden=true]), .chart")]
  .filter(e => !e.getAttribute("role") || !e.getAttribute("aria-label")).map(e => e.outerHTML.slice(0, 80)))"""
"""Tables without headers, and pictures that nobody tells in words."""
UNPRINTED = (
    "[...document.querySelectorAll('.numbers td')]"
    ".filter(c => c.checkVisibility() && c.textContent.trim() && !c.innerText.trim()).map(c => c.textContent)"
)
"""Cells of figures that paper leaves empty."""
FOCUS = """(() => {
  const e = document.activeElement, s = getComputedStyle(e), r = e.querySelector("rect");
  return [e.tagName + (e.getAttribute("href") || e.name || e.id || e.innerText.slice(0, 20)), e === document.body ||
    (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || (r && getComputedStyle(r).strokeWidth === "3px")];
})()"""
"""What has the focus, and whether one sees it: by an outline, in a picture by a thicker line."""
OFFICE = {"viewport": {"width": 1366, "height": 768}}
LOOKS = {
    "desktop": OFFICE,
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "dark": {**OFFICE, "color_scheme": "dark"},
}
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
JUDGED = """axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}).then(({violations}) =>
  violations.filter(({impact}) => ["serious", "critical"].includes(impact)).map(({id, nodes}) => `${id}: ` +
    nodes.slice(0, 3).map(({html, any}) => html.slice(0, 160) + " " + any.map(a => a.message)).join(" | ")))"""
"""What axe-core calls serious or critical, each with up to three places."""


@pytest.fixture(scope="module")
def city(city_store):
    with opened(city_store) as system:
        yield system.answers


@pytest.fixture(scope="module")
def paths(city):
    return list(simulated.pages(city))


@pytest.fixture(scope="module")
def site(city_store, tmp_path_factory):
    """On a store of its own: a finding is decided in it."""
    with served(copied(city_store, tmp_path_factory.mktemp("site"))) as address:
        yield address


@contextmanager
def served(store):
    port = servers.free_port()
    command = [sys.executable, "-m", "tests.api.simulated", store, str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
        server.terminate()
        assert server.wait(PATIENCE) == 0


@pytest.fixture
def page(chromium, site, request):
    with opened_in(chromium, site, getattr(request, "param", "desktop")) as page:
        yield page


@contextmanager
def opened_in(chromium, site, look):
    """A page of a browser that was nowhere before; whatever it complained of fails the test."""
    context = chromium.new_context(base_url=site, locale="zh-CN", **LOOKS[look])
    page = context.new_page()
    page.faults = []
    page.on("console", lambda said: page.faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(site) else page.faults.append(asked.url))
    yield page
    assert page.faults == []
    context.close()


def keep(page, look, path):
    """A picture for whoever judges the design."""
    name = path.strip("/").replace("/", "-").replace(":", "_").replace("?", "-").replace("&", "-") or "overview"
    (SCREENSHOTS / look).mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / look / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("page", "look"), [(each, each) for each in LOOKS], indirect=["page"], ids=LOOKS)
def test_every_page_opens_without_a_fault_fits_and_can_be_used_by_everybody(page, look, paths):
    width, kept_out = page.viewport_size["width"], {}
    for path in paths:
        assert page.goto(path).status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(SPILLS) == [], path
        assert page.evaluate(UNTOLD) == [], path
        keep(page, look, path)
        kept_out[path] = barriers(page)
    assert {path: found for path, found in kept_out.items() if found} == {}


@pytest.mark.parametrize("page", ["desktop", "phone"], indirect=True)
def test_english_words_fit_too(page, paths):
    width = page.viewport_size["width"]
    for path in paths:
        page.goto(f"{path}{'&' if '?' in path else '?'}lang=en")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(SPILLS) == [], path
        keep(page, f"english-{width}", path)


def test_every_page_prints_on_a4(chromium, site, paths):
    with chromium.new_context(base_url=site, viewport={"width": 718, "height": 1000}) as context:
        page = context.new_page()
        page.emulate_media(media="print")
        for path in paths:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 718, path
            assert not page.locator("nav").first.is_visible(), path
            assert page.evaluate(UNPRINTED) == [], path
            keep(page, "print", path)


def test_no_page_weighs_much(chromium, site, paths):
    """Each in a browser that has seen none before."""
    for path in paths:
        with chromium.new_context(base_url=site) as context:
            page, finished = context.new_page(), []
            page.on("requestfinished", lambda asked, finished=finished: finished.append(asked))
            page.goto(path, wait_until="networkidle")
            assert 1_000 < sum(map(weight, finished)) < HEAVIEST, path


def weight(asked):
    return sum(asked.sizes()[part] for part in ("responseBodySize", "responseHeadersSize"))


def test_a_case_is_found_opened_and_its_evidence_read(page, city):
    caused = city.findings(axis="A", limit=1)["findings"][0]
    title = city.case(caused["subject"][9:])["title"]
    page.goto("/petitions")
    page.get_by_label("搜索").press_sequentially(title[:8])
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("q") == [title[:8]])
    page.get_by_role("link", name=title).first.click(delay=UNHURRIED)
    page.wait_for_url("**/petitions/*")
    page.get_by_text("怎么算的").first.click()
    page.locator(".deadlines .sentences li").first.wait_for()
    page.locator(".dossier .evidence a").first.click()
    page.get_by_role("dialog").get_by_text("petition.").first.wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")


def test_a_list_that_waited_for_a_pressed_button_comes_when_it_is_let_go(page):
    page.goto("/petitions")
    row = page.locator("#rows tbody tr").first.bounding_box()
    page.mouse.move(row["x"] + 2, row["y"] + 2)
    page.mouse.down()
    with page.expect_response("**q=nobody**"):
        page.get_by_label("搜索").fill("nobody-asked-for-this")
    page.wait_for_timeout(UNHURRIED)
    assert page.locator("#rows tbody tr").count()
    page.mouse.up()
    page.wait_for_url("**q=nobody**")
    page.locator("#rows .empty").wait_for()


def test_a_day_in_the_past_is_picked_and_kept(page):
    page.goto("/")
    page.locator("#as-of").fill("2020-10-01")
    page.wait_for_url("**as_of=2020-10-01**")
    page.get_by_role("link", name="单位", exact=True).click()
    page.wait_for_url("**/units?**as_of=2020-10-01**")
    page.get_by_role("link", name="English").click()
    page.get_by_role("heading", name="Units").wait_for()
    assert "as_of=2020-10-01" in page.url
    page.get_by_role("link", name="Back to now").click()
    page.wait_for_url(lambda url: "as_of" not in url)
    assert "lang=en" in page.url


def test_a_leader_is_reached_and_his_receptions_listed(page):
    page.goto("/")
    page.get_by_role("link", name="领导", exact=True).click()
    page.locator("#rows tbody tr td a").first.click()
    page.get_by_role("row", name="接访下访").get_by_role("link").click()
    page.get_by_role("heading", name="领导接访下访").wait_for()
    page.locator("#rows tbody tr").first.wait_for()


def test_a_finding_is_opened_and_decided(page, city):
    finding = next(f for f in city.findings(state="proposed", axis="B")["findings"] if f["answers"][0]["official"])
    page.goto(f"/findings/{finding['id']}")
    for step in ("启动认定", "责任认定"):
        form = page.locator("#decide details", has_text=step)
        if step == "责任认定":
            form.get_by_label("理由").fill("逾期未作说明")
            form.get_by_label("处理措施").select_option("admonish")
        form.get_by_label("认定人").fill("official:430400-jw-clerk")
        form.get_by_label("认定机关").fill("unit:430400-jw")
        form.get_by_role("button", name="提交并入账").click()
        page.get_by_text("已入账").wait_for()
    page.locator("h1 + .chips .state-decided").wait_for()
    page.get_by_text("逾期未作说明").first.wait_for()


@pytest.fixture(scope="module")
def slip(tmp_path_factory):
    """What a petitioner of a city of today holds: its address, the number of his answered item, and his query code."""
    store = f"sqlite:///{tmp_path_factory.mktemp('lately')}/city.db"
    simulated.fill(store, start=day_of(now()) - timedelta(days=simulated.DAYS))
    with opened(store) as system:
        answers = system.answers
        codes = {each["no"]: answers.query_code(each["no"], lambda: None)["query_code"]
                 for each in answers.search(state="answered", limit=100)["petitions"]}  # fmt: skip
        no = next(no for no, code in codes.items() if all(r["open"] for r in answers.public(no, code)["ratings"]))
    with served(store) as address:
        yield address, no, codes[no]


@pytest.mark.parametrize("look", ["desktop", "phone"])
def test_a_citizen_finds_his_item_by_number_and_code_and_rates(chromium, slip, look):
    """At the desktop the bureau, on the phone the unit; each stays rated."""
    site, no, code = slip
    rated, score = ("对信访工作机构", "满意") if look == "desktop" else ("对责任单位", "基本满意")
    with opened_in(chromium, site, look) as page:
        asked_with(page, no, code)
        page.get_by_role("listitem").filter(has_text="作出处理意见").wait_for()
        assert code not in page.url
        page.get_by_role("form", name=rated).get_by_role("button", name=score, exact=True).click()
        page.get_by_role("status").get_by_text("评价已入账").wait_for()
        assert page.get_by_role("form", name=rated).count() == 0
        keep(page, look, "/public/item")
        assert barriers(page) == []


def test_a_wrong_code_opens_nothing_and_is_told_as_an_unknown_number_is(chromium, slip):
    site, no, _ = slip
    with chromium.new_context(base_url=site) as context:
        page, said = context.new_page(), set()
        for number, code in ((no, "2222-2222-2222"), ("430408-1999-000001", "2222-2222-2222")):
            asked_with(page, number, code)
            said.add(page.get_by_role("alert").inner_text())
            assert page.locator(".timeline").count() == 0
        assert said == {"没有这个编号，或查询码不对。"}
        assert barriers(page) == []


def asked_with(page, no, code):
    page.goto("/public")
    page.get_by_label("信访件编号").fill(no)
    page.get_by_label("查询码", exact=True).fill(code)
    page.get_by_role("button", name="查询").click()


def barriers(page):
    """What keeps somebody out of the page as it stands."""
    page.evaluate(AXE)
    return page.evaluate(JUDGED)


def test_time_slides_to_a_day(page):
    page.goto("/audit")
    slider = page.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    page.wait_for_url("**as_of=2020-0*")
    page.locator(".notice [role=status]").wait_for()
    page.get_by_role("link", name="总览", exact=True).first.click()
    assert "as_of=2020-0" in page.url


def test_a_list_is_kept_as_a_file(page):
    page.goto("/ledgers/dispute?state=open")
    with page.expect_download() as kept:
        page.get_by_role("link", name="下载 CSV").click()
    assert kept.value.suggested_filename == "danze-dispute.csv"
    assert Path(kept.value.path()).read_text(encoding="utf-8").startswith("\ufeff日期,")


def test_a_keyboard_reaches_the_content_first(page):
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#content:focus").wait_for()


@pytest.mark.parametrize("path", ["/", "/petitions", "/findings", "/audit", "/public"])
def test_a_keyboard_sees_where_it_is(page, path):
    """From stop to stop: what has the focus is outlined, and no stop holds it fast."""
    page.goto(path)
    seen = []
    for _ in range(25):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUS))
    assert [where for where, outlined in seen if not outlined] == []
    assert len({where for where, _ in seen}) > (4 if path == "/public" else 15)


def test_pages_work_without_scripts(chromium, site):
    with chromium.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/petitions?q=征地")
        assert page.locator("#rows tbody tr").count() > 1
        page.goto("/")
        assert page.locator("details table tbody tr").count() > 5


def test_vendored_files_are_those_that_their_list_names():
    folder = ROOT / "api/web/static/vendor"
    lines = [line.split() for line in (folder / "VERSIONS").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name, *_ in lines} == {
        name: digest for name, digest, *_ in lines
    }
    assert {name for name, *_ in lines} == {path.name for path in folder.glob("*.js")}
    assert (folder / "echarts.min.js").stat().st_size < 1_100_000
