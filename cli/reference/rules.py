"""`docs/rules.md`: rule sets as they ship, clocks, and the rules that find fault."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable

from cli.reference.markdown import code, page, table
from cli.reference.source import functions, modules
from cli.reference.steps import effects
from domain.fact import unversioned
from domain.petition.ruling import RULE_OF_CLOCK, TRIGGER_OF_CLOCK
from domain.rules.law import Clock, FindingRule, Rules, RuleSet
from domain.vocabulary import TYPES
from infra.shipped import shipped_rules, text_of

ABOUT = """\
Days are local days of Asia/Shanghai. The first day is not counted, day N is the last, and an act on day N is in
time until midnight. A step is judged by the sets in force on the day it happened: the national regulation of
that day, then the overlays, later ones over earlier ones. A city adopts a set of its own with
`ruleset.adopted`. Articles: R2005 and R2022 are the two regulations, SEED the Hengyang opinion, SIMP16 and
SIMP22 the measures on simple handling, SAT14 and SAT22 those on ratings. There is no K14: three working days in
which to decide whether a review is admitted are Shandong's rule, not that of a set that ships.
"""
UNITS = {"calendar": "calendar days", "working": "working days", "given": "a given date, never rolled"}
ID = re.compile(r"[FD]\d\d")
PARAMETER = re.compile(r"^(\w+)\s*=\s*[^#\n]+#\s*(.+)$", re.MULTILINE)


def rules_page() -> str:
    """The whole page."""
    rules = shipped_rules()
    sets = [line for each in rules.sets.values() for line in _set(each)]
    return page(
        "Rules 规则", ABOUT, "## Rule sets 规则集", "", *_sets(rules.sets.values()), *_calendars(rules), *sets,
        "## What starts and meets each clock 时限", "", *_started(rules),
        "## Findings 责任情形", "", *_catalogue(rules),
    )  # fmt: skip


def _sets(sets: Iterable[RuleSet]) -> list[str]:
    rows = (
        (f"[`{s.name}`](#{s.name})", s.zh, s.en, s.from_, s.until, "overlay" if s.overlay else "base", s.source)
        for s in sets
    )  # fmt: skip
    return table(("name", "中文", "English", "from", "until", "kind", "source"), rows)


def _calendars(rules: Rules) -> list[str]:
    years = sorted(rules.calendar.years)
    return [
        f"Calendars of the State Council ship for {years[0]}–{years[-1]}. A year without one counts weekends only,",
        "and every date that touches it is marked provisional.", "",
    ]  # fmt: skip


def _set(each: RuleSet) -> list[str]:
    notes = dict(PARAMETER.findall(text_of(each.name)))
    clocks = ((name, c.zh, c.en, limit(c), c.article, "a window: nobody is at fault when it passes" if c.window else "")
              for name, c in each.clocks.items())  # fmt: skip
    settings = [*((n, "on" if on else "off") for n, on in each.switches.items()), *each.parameters.items()]
    settings += [("warnings", ", ".join(f"{step} %" for step in each.warnings))] if each.warnings else []
    return [
        f"### {each.name}", "",
        *table(("clock", "中文", "English", "limit", "article", ""), clocks),
        *table(("switch or parameter", "value", "source"), ((code(n), value, notes.get(n)) for n, value in settings)),
        *_indicators(each),
    ]  # fmt: skip


def _indicators(each: RuleSet) -> list[str]:
    """What a half year is measured by (Art 18)."""
    if not each.indicators:
        return []
    rows = (
        (code(name), i.zh, i.en, i.article, code(i.measure), i.points, i.off or "")
        for name, i in each.indicators.items()
    )
    columns = ("half-year indicator", "中文", "English", "article", "measure", "points", "off for each")
    return table(columns, rows)


def limit(clock: Clock) -> str:
    """`60 calendar days`, or that the date is given."""
    return UNITS[clock.unit] if clock.unit == "given" else f"{clock.days} {UNITS[clock.unit]}"


def _started(rules: Rules) -> list[str]:
    """The steps read the other way round: from the clock to the facts."""
    by_clock: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, fact in TYPES.items():
        done = effects(fact)
        for verb in ("starts", "meets", "moves", "ends"):
            for clock in getattr(done, verb):
                by_clock[clock][verb].append(code(unversioned(name).removeprefix("petition.")))
    law = {name: clock for each in rules.sets.values() for name, clock in each.clocks.items()}
    rows = []
    for clock, rule in RULE_OF_CLOCK.items():
        told = law[clock].zh if clock in law else "应当督办"
        rows.append(
            (clock, told, *(", ".join(by_clock[clock][verb]) for verb in ("starts", "meets", "moves", "ends")), rule)
        )
    rows += [
        (clock, law[clock].zh, *(", ".join(by_clock[clock][verb]) for verb in ("starts", "meets", "moves", "ends")), "")
        for clock in law if clock not in RULE_OF_CLOCK
    ]  # fmt: skip
    missed = ", ".join(f"{clock} calls for {ground}" for clock, ground in TRIGGER_OF_CLOCK.items())
    return [
        "As [events.md](events.md) has it, from the clock's side. `withdrawn` ends every clock.", "",
        *table(("clock", "中文", "may be started by", "met by", "moved by", "ended by", "missed: rule"), rows),
        f"A breach of its own starts a supervision trigger: {missed}.", "",
    ]  # fmt: skip


def _catalogue(rules: Rules) -> list[str]:
    index = (
        (f"[{name}](#{name.lower()})", each.zh, each.en, each.axis, each.ground)
        for name, each in rules.catalogue.items()
    )
    doc = docstrings()
    parts = [line for name, each in rules.catalogue.items() for line in _rule(name, each, doc[name])]
    return [
        "Axis A: who caused the matter (谁引发). Axis B: who handled it badly (化解不力).",
        "Each is a proposal; a named human decides (`finding.decided`).", "",
        *table(("rule", "中文", "English", "axis", "ground"), index), *parts,
    ]  # fmt: skip


def _rule(name: str, rule: FindingRule, doc: list[str]) -> list[str]:
    clocks = [clock for clock, tripped in RULE_OF_CLOCK.items() if tripped == name]
    axis = f" · axis {rule.axis}, ground {rule.ground or 'as the human found it'}" if rule.axis else ""
    told = [f"Trips when {' or '.join(clocks)} is missed."] if clocks else []
    articles = [f"- {each}: {'; '.join(named)}" for each, named in rule.articles.items()]
    return [
        f"### {name}",
        "",
        f"**{rule.zh}** {rule.en}{axis}",
        "",
        *(told + doc or ["No step trips it yet."]),
        "",
        *articles,
        "",
    ]


def docstrings() -> dict[str, list[str]]:
    """What the functions that propose a rule's finding say about themselves."""
    found: dict[str, list[str]] = defaultdict(list)
    for module in modules("domain"):
        for function in functions(module):
            doc = " ".join((ast.get_docstring(function) or "").split())
            for name in _named(function):
                if doc and doc not in found[name]:
                    found[name].append(doc)
    return found


def _named(function: ast.AST) -> set[str]:
    """The rule that a function is called by (`f19_…`), and those that it hands to a call as the first thing."""
    own = getattr(function, "name", "")[:3].upper()
    named = {own} if ID.fullmatch(own) else set()
    for node in ast.walk(function):
        match node:
            case ast.Call(args=[ast.Constant(value=str() as text), *_]) if ID.fullmatch(text):
                named.add(text)
    return named
