"""Which rows may have been hidden from a reader, or shown, as items joined a matter or left it?"""

from collections.abc import Mapping

from sqlalchemy import select

from infra.parts import parts
from infra.questions.book import Book
from infra.views.sums import Row


def turned(book: Book, nos: list[str], former: Mapping[str, str]) -> set[Row]:
    """The items, whatever repeats them step by step, what they repeat or repeated; what is found and entered of each.

    `former` tells what items repeated before.
    """
    if not nos:
        return set()
    cases, findings, rows = book.whole.cases, book.whole.findings, set[Row]()
    now = (book.select(select(cases.c.first).where(cases.c.no.in_(keys))) for keys in parts(nos))
    todo = {*nos, *filter(None, (*map(former.get, nos), *(row.first for found in now for row in found)))}
    while todo:
        ids, repeats = set[str](), set[str]()
        for keys in parts(sorted(todo)):
            subjects = [f"petition:{no}" for no in keys]
            rows |= {("ledgers", subject) for subject in subjects}
            ids |= {row.id for row in book.select(select(findings.c.id).where(findings.c.subject.in_(subjects)))}
            repeats |= {row.no for row in book.select(select(cases.c.no).where(cases.c.first.in_(keys)))}
        rows |= {("cases", no) for no in todo} | {("findings", id) for id in ids}
        todo = {no for no in repeats if ("cases", no) not in rows}
    return rows
