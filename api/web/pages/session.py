"""登录: a browser's session is the token itself, in a cookie that no script reads and no other site can send."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import QueryParameter
from litestar.response import Redirect

from api.ports import Lets
from api.problems import Problem
from api.roles import ANYBODY, COOKIE
from api.web.page import Shown

LONGEST = 16_384


@get("/login", may=ANYBODY, include_in_schema=False, sync_to_thread=False)
def login(page: Shown, to: Annotated[str, QueryParameter(name="next")] = "/") -> Response[str]:
    """Asks for a token."""
    return page.show("login.html", next=_within(to), refused=None)


@post("/login", may=ANYBODY, include_in_schema=False, status_code=303, request_max_body_size=LONGEST)
async def enter(request: Request[Any, Any, Any], page: Shown, doors: Lets) -> Response[Any]:
    """Takes the token as this browser's session, if it is one."""
    form = await request.form()
    token, to = str(form.get("token", "")).strip(), _within(str(form.get("next", "/")))
    reader = await asyncio.to_thread(doors.reader, token) if doors is not None else "no tokens are taken here"
    if isinstance(reader, str):
        if doors is not None:
            doors.denied(request.state.reader, "POST", "/login", "bad-token")
        return page.show("login.html", status=401, next=to, refused=reader)
    return Redirect(to, status_code=303, cookies=[_session(request, token)])


@post("/logout", may=ANYBODY, include_in_schema=False, status_code=303)
async def leave(request: Request[Any, Any, Any]) -> Redirect:
    """Forgets the session."""
    return Redirect("/login", status_code=303, cookies=[_session(request, "", seconds=0)])


def to_login(request: Request[Any, Any, Any], problem: Problem) -> Redirect | None:
    """Whoever came without a token is asked for one first, and led back afterwards."""
    if problem.status != 401 or request.method != "GET":
        return None
    return Redirect("/login", status_code=303, query_params={"next": request.url.path})


def _session(request: Request[Any, Any, Any], token: str, seconds: int | None = None) -> Cookie:
    """Gone with the browser, or after the seconds given."""
    secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
    return Cookie(key=COOKIE, value=token, path="/", httponly=True, samesite="strict", secure=secure, max_age=seconds)


def _within(to: str) -> str:
    """An address on this site, whatever was sent."""
    parts = urlsplit(to)
    local = not parts.scheme and not parts.netloc and to.startswith("/") and not to.startswith(("//", "/\\"))
    return to if local and to.isprintable() else "/"


HANDLERS = [login, enter, leave]
