"""公众查询: a petitioner finds his item by number and query code, and rates. The code is sent in a form, never in an
address, and stands in no link.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from litestar import Request, Response, get, post

from api.ports import Asks, Lets, Takes
from api.problems import Problem, bad_value
from api.roles import ANYBODY
from api.routes.public import LONGEST, SCORES, TARGETS, WORDY, Rating, Score, Target, opened, rated
from api.web.page import Page, Shown


@get("/public", may=ANYBODY, include_in_schema=False, sync_to_thread=False)
def asked(page: Shown) -> Response[str]:
    """Asks for the number and the code on the slip."""
    return page.show("public.html", seen=None, no="", code="", refused=None)


@post("/public/item", may=ANYBODY, include_in_schema=False, status_code=200, request_max_body_size=LONGEST)
async def found(
    request: Request[Any, Any, Any], page: Shown, questions: Asks, intake: Takes, doors: Lets
) -> Response[str]:
    """The steps of the item; with a score, rates it first."""
    page.path = "/public"  # where links lead that keep the page, as to the other language
    form = {name: str(value).strip() for name, value in (await request.form()).items()}
    no, code, target, score, reason = (form.get(name, "") for name in ("no", "code", "target", "score", "reason"))
    if (target or score) and (target not in TARGETS or score not in SCORES):
        raise bad_value("score", f"one of {', '.join(SCORES)}, of {' or '.join(TARGETS)}")
    if len(reason) > WORDY:
        raise bad_value("reason", f"longer than {WORDY} characters")

    def answered() -> Response[str]:
        try:
            seen = opened(request, questions, doors, no, code)
        except Problem as problem:
            return _refused(page, no, problem)
        refused = None
        if score:
            given = Rating(cast(Target, target), cast(Score, score), reason)
            try:
                seen = rated(request, questions, intake, doors, no, code, given)
            except Problem as problem:
                refused = problem
        return page.show(
            "public.html", status=refused.status if refused else 200, headers={"cache-control": "no-store"}, seen=seen,
            no=no, code=code, refused=refused, rated=bool(score), scores=SCORES, wordy=WORDY,
        )  # fmt: skip

    return await asyncio.to_thread(answered)


def _refused(page: Page, no: str, problem: Problem) -> Response[str]:
    """A wrong code and an unknown number are told alike."""
    return page.show(
        "public.html", status=problem.status, headers=problem.headers, seen=None, no=no, code="", refused=problem
    )


HANDLERS = [asked, found]
