"""`docs/http.md`: every route, from the OpenAPI document that the API gives of itself."""

from typing import Any

from cli.reference.markdown import code, page, table

METHODS = ("get", "post", "put", "patch", "delete")
Document = dict[str, Any]


def http_page(document: Document) -> str:
    """The whole page."""
    routes = [
        (method, path, told)
        for path, methods in sorted(document["paths"].items())
        for method in METHODS
        if (told := methods.get(method)) and path.startswith("/v1")
    ]
    index = table(("", "route", "answers"), ((m.upper(), code(p), _said(t)) for m, p, t in routes))
    parts = [line for method, path, told in routes for line in _route(method, path, told)]
    about = [
        document["info"].get("description", ""), "",
        "Errors are problems of RFC 9457 (`application/problem+json`). `danze run` serves the OpenAPI document.", "",
        "For Prometheus: `/v1/metrics` ([which meters](metrics.md)).", "",
    ]  # fmt: skip
    return page("HTTP", *about, *index, *parts)


def _route(method: str, path: str, told: Document) -> list[str]:
    lines = [f"## {method.upper()} {path}", ""]
    if said := _said(told):
        lines += [said, ""]
    rows = (
        (code(p["name"]), p["in"], _type(p.get("schema", {})), "yes" if p.get("required") else "", p.get("description"))
        for p in told.get("parameters", ())
    )  # fmt: skip
    lines += table(("parameter", "in", "type", "required", "meaning"), rows)
    if body := told.get("requestBody"):
        lines += [f"Body: {', '.join(code(kind) for kind in body['content'])}", ""]
    answers = ((status, each.get("description")) for status, each in sorted(told.get("responses", {}).items()))
    return lines + table(("status", ""), answers)


def _said(told: Document) -> str:
    return " ".join((told.get("description") or told.get("summary") or "").split())


def _type(schema: Document) -> str:
    """The words of a schema: its type and format, its choices, or those of its parts."""
    if "enum" in schema:
        return "one of " + ", ".join(code(each) for each in schema["enum"])
    if parts := schema.get("oneOf") or schema.get("anyOf"):
        return " or ".join(dict.fromkeys(_type(each) for each in parts if each.get("type") != "null"))
    kind = schema.get("type", "")
    named = " or ".join(each for each in kind if each != "null") if isinstance(kind, list) else str(kind)
    return f"{named} ({schema['format']})" if "format" in schema else named
