"""`docs/process.md`: which order of steps an item may take."""

from cli.reference.markdown import code, page, table
from cli.reference.meaning import chinese
from domain.petition.steps import ANY, LEADS_TO, OPEN_TO
from domain.vocabulary import NAMES
from projections.declare import model
from projections.traces import activity

ABOUT = """The order of steps of an item (办理顺序), from `domain/petition/steps.py`. An action that comes in another
state is refused. Below are the DECLARE constraints that follow: what no order of steps can do there, no item may.
`danze conform` lists the items that break one, in the order in which things happened, with `--from FILE.xes` of
a log whose steps have these names. `danze conform --json` tells the constraints under `constraints`.
"""
READING = """`precedence`: before the step there was one of the others. `not_succession`: after one of the others never
the step. What holds only from one state to the next (what was closed is closed again only after it was reopened) is no
constraint of these kinds; the table says it.
"""


def process_page() -> str:
    """The whole page."""
    rows = []
    for step, states in OPEN_TO.items():
        name = activity(NAMES[step])
        leads = ", ".join(sorted(LEADS_TO.get(step, ())))
        open_to = "any state" if states == ANY else ", ".join(sorted(states)) or "no item yet"
        rows.append((code(name), chinese(NAMES[step], step), open_to, leads))
    constraints = ((each.template, ", ".join(map(code, each.others)), code(each.step)) for each in model())
    steps = table(("step", "中文", "open to", "leads to"), rows)
    told = table(("constraint", "others", "step"), constraints)
    return page("The order of steps 办理顺序", ABOUT, *steps, "## DECLARE constraints", "", READING, *told)
