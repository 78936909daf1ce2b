"""A parameter that a route does not have is refused, and so is "null" where no text may stand.

What is misspelt would be left out in silence, and `?asof=2020-08-01` be answered as of today.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, NamedTuple

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from api.problems import Problem, bad_value
from api.roles import ANYBODY

Connection = ASGIConnection[Any, Any, Any, Any]


class Declared(NamedTuple):
    """The query parameters of a route, and those of them that are texts."""

    names: frozenset[str]
    texts: frozenset[str]


class Guard:
    """The guard of all routes of /v1, and of all pages that tell of the record.

    `also=` names what a page reads out of its query by itself. A page that anybody may open takes what others hang on
    to its address, as messengers do; any page what its form left empty.
    """

    def __init__(self) -> None:
        self._known: dict[BaseRouteHandler, Declared] = {}

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        path = connection.scope["path"]
        told = path.startswith("/v1/")
        if not connection.query_params or not isinstance(handler, HTTPRouteHandler):
            return
        if not told and ("page" not in handler.parsed_fn_signature.parameters or handler.opt.get("may") is ANYBODY):
            return
        if handler not in self._known:
            self._known[handler] = _declared(handler, connection)
        names, texts = self._known[handler]
        for name, value in connection.query_params.multi_items():
            if name not in names and (told or value):
                raise _unknown(name, names)
            if name not in texts and str(value).lower() == "null":
                raise bad_value(name, "null is no value: leave it out")


def _declared(handler: HTTPRouteHandler, connection: Connection) -> Declared:
    said = dict(handler.parsed_fn_signature.parameters)
    for dependency in handler.resolve_dependencies().values():
        said |= {name: field for name, field in dependency.parsed_fn_signature.parameters.items() if name not in said}
    taken = handler.create_kwargs_model(dict.fromkeys(connection.path_params)).expected_query_params  # type: ignore[arg-type]
    texts = {each.field_alias for each in taken if said[each.field_name].has_inner_subclass_of(str)
             or said[each.field_name].is_subclass_of(str)}  # fmt: skip
    also = frozenset(handler.opt.get("also", ()))
    return Declared(frozenset(each.field_alias for each in taken) | also, frozenset(texts) | also)


def _unknown(name: str, known: frozenset[str]) -> Problem:
    near = get_close_matches(name, sorted(known), 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}" if known else "there is none"
    message = f"no parameter of this address: {hint}"
    return Problem(400, "unknown-field", f"{name}: {message}", errors=[{"path": name, "message": message}])
