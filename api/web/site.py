"""The dashboard put together: its pages, and the files they load."""

from __future__ import annotations

from pathlib import Path

from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from api.web.page import Page, Site, page_asked
from api.web.pages import city, desk, findings, items, ledgers, officials, public, record, session, standing, units

STATIC = create_static_files_router(
    path="/static", directories=[Path(__file__).parent / "static"], include_in_schema=False
)

HANDLERS: list[ControllerRouterHandler] = [
    *city.HANDLERS,
    *items.HANDLERS,
    *findings.HANDLERS,
    *units.HANDLERS,
    *desk.HANDLERS,
    *ledgers.HANDLERS,
    *officials.HANDLERS,
    *standing.HANDLERS,
    *record.HANDLERS,
    *public.HANDLERS,
    *session.HANDLERS,
    STATIC,
]

__all__ = ["HANDLERS", "Page", "Site", "page_asked"]
