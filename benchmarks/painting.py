"""When does Chromium show something of a page, and how heavy is the page? Both as its own clock and its wire say."""

from __future__ import annotations

import shutil
from typing import Any

GOAL, HEAVIEST = 1_000, 600_000
"""Milliseconds until the first paint, and bytes over the wire."""
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def painted(url: str) -> bool:
    """Opens a page in a browser that has nothing of it, and prints; whether the goals are met, or nobody can tell."""
    found = shutil.which("chromium")
    if found is None:
        print(f"no chromium (Debian: apt-get install chromium): when it paints {url} is not measured")
        return True
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        page, asked = browser.new_page(), list[Any]()
        page.on("requestfinished", lambda each: asked.append(each))  # noqa: PLW0108 -- a method takes no mark
        page.goto(url, wait_until="networkidle")
        first = float(page.evaluate(FIRST_PAINT))
        sizes = [each.sizes() for each in asked]
        browser.close()
    weight = sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes)
    print(f"first paint of the overview {first:.0f} ms  goal {GOAL:,} ms  {met(first < GOAL)}")
    print(f"the overview weighs {weight / 1000:.0f} kB  goal {HEAVIEST // 1000} kB  {met(weight < HEAVIEST)}")
    return first < GOAL and weight < HEAVIEST


def met(it_is: bool) -> str:
    return "met" if it_is else "MISSED"
