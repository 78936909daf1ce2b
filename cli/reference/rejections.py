"""`docs/rejections.md`: every code with which an action can be refused."""

import ast
from collections import defaultdict

from cli.reference.markdown import code, page, table
from cli.reference.source import Function, functions, modules, shown
from domain.envelope import CODES

MEANINGS: dict[str, tuple[str, str]] = {
    "malformed": ("格式错误", "Not one JSON object in UTF-8, or longer than 1 MiB."),
    "unknown-type": ("类型不存在", "The vocabulary has no such type, or not in this version."),
    "unknown-field": ("字段不存在", "A field that the type or the envelope does not have; nothing is dropped."),
    "missing-field": ("缺少字段", "A required field is absent."),
    "bad-value": ("值不合规", "A field has the wrong type, an unknown word, a malformed id, or contradicts another."),
    "id-reused": ("标识重复使用", "The same `source` and `id` were taken before with other content."),
    "unknown-subject": ("对象不存在", "The item, unit or finding is not on record."),
    "already-exists": ("对象已存在", "The item or unit is on record already, or the role or sponsorship is held."),
    "not-in-this-state": ("当前状态不允许", "The step is not open in this state ([events.md](events.md))."),
    "not-allowed": ("无权操作", "The log writes this type itself, or the sender's role or unit may not do this."),
    "accused-organ": (
        "被检举机关",
        """An accusation would reach the unit it accuses, a unit below it, or the accused official's unit.
        The attempt itself goes on record (`petition.secrecy_guarded`) and trips F12.""",
    ),
    "conflicted-official": (
        "应当回避",
        """The official is the one whom the item is about, or whom he would decide on; or he would handle or sponsor
        an accusation of an organ in which he serves (R2005 30; R2022 28, 30).""",
    ),
    "ground-missing": ("缺少理由", "A step that must name its ground (N, S, A) names none."),
    "time-in-future": ("时间在未来", "Said to have happened later than now (60 s of leeway), or than it was recorded."),
    "before-previous": ("早于前一步骤", "It is said to have happened before a step that it depends on."),
}  # fmt: skip
"""中文 and English of each code in the contract."""

ABOUT = """\
A refused action is kept whole, with its reason, and can be sent again once it is mended; personal fields are
sealed all the same. `danze emit --rejected OUT` writes each refused action with `rejection: {code, message,
path}`; `path` names the field (`$.data.to_unit`). `…` stands for what is filled in. Sentences about fields
(missing, unknown, wrong type) come from the decoder and are not listed.
"""


def rejections_page() -> str:
    """The whole page; a code without a meaning here is shown without one."""
    sentences = said()
    told = ((f"[{code(each)}](#{each})", *_meaning(each)) for each in CODES)
    lines = list(table(("code", "中文", "meaning"), told))
    for each in CODES:
        zh, en = _meaning(each)
        lines += [f"## {each}", "", f"{zh}: {en}", ""]
        if sentences[each]:
            lines += [*(f"- {sentence}" for sentence in sentences[each]), ""]
    return page("Rejections 拒收", ABOUT, *lines)


def _meaning(each: str) -> tuple[str, str]:
    zh, en = MEANINGS.get(each, ("", ""))
    return zh, " ".join(en.split())


def said() -> dict[str, list[str]]:
    """The sentences of each code, as domain, door, intake and workers write them."""
    found: dict[str, set[str]] = defaultdict(set)
    for module in modules("domain", "projections", "infra", "consumers"):
        for function in functions(module):
            for name, sentence in _refusals(function):
                found[name].add(sentence)
    return {name: sorted(found[name]) for name in CODES}


def _refusals(function: Function) -> list[tuple[str, str]]:
    told = []
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Name(id="Rejected"), args=[ast.Constant(value=str() as name), message, *_]):
                told += [(name, each) for each in shown(message, function) if each.strip("… :")]
            case _:
                pass
    return told
