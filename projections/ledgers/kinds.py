"""Which ledgers there are, what each is called, and how its entries can stand."""

from typing import get_args

from domain.petition.item import State

LEDGERS: dict[str, tuple[str, str]] = {
    "unit": ("单位台账", "items of a unit, step by step"),
    "briefing": ("听取汇报", "briefings heard (Art 1)"),
    "contact": ("联点督导", "visits to contact points (Art 3)"),
    "meeting": ("联席会议", "meetings of the joint conference (Art 5)"),
    "report": ("述职", "reports of leaders (Art 5)"),
    "conference": ("议定事项", "items that the conference agreed (Art 6)"),
    "group": ("专项工作小组", "special working groups (Art 6)"),
    "roster": ("值班排班", "who was to be on duty (Art 7, 8)"),
    "standing": ("值班", "who was on duty (Art 7, 8)"),
    "gathering": ("联合接访", "gatherings: who was summoned, who came (Art 7)"),
    "reception": ("领导接访下访", "items received by leaders, tracked to resolution (Art 8)"),
    "protection": ("特别防护期", "times of special protection (Art 8)"),
    "sponsorship": ("领导包案", "cases sponsored by leaders, with the five warranties (Art 9)"),
    "inspection": ("督查巡察", "inspections and what they found (Art 11, 17)"),
    "raised": ("上行", "visits to higher levels (Art 12)"),
    "incident": ("事件", "mass and extreme incidents (Art 12)"),
    "screening": ("排查", "screenings held (Art 14)"),
    "dispute": ("矛盾纠纷台账", "disputes, struck off one by one (Art 14)"),
    "supervision": ("督办", "items under supervision (Art 16)"),
    "evaluation": ("半年评价", "evaluations, listings, interviews (Art 18)"),
}
"""In the order of the articles; `unit` is read from the items themselves."""

STATES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("briefing", "contact", "report", "standing", "screening"), ("done",)),
    "unit": ("open", "resolved", *get_args(State)), "meeting": ("held",), "conference": ("open", "done"),
    "group": ("open", "dissolved"), "roster": ("planned",), "gathering": ("open", "ended"),
    "reception": ("done", "open", "closed", "resolved"), "protection": ("declared", "ended"),
    "sponsorship": ("open", "ended"), "inspection": ("planned", "held", "to_rectify", "rectified"),
    "raised": ("recorded",), "incident": ("recorded",), "dispute": ("open", "cleared", "became_petition"),
    "supervision": ("open", "answered", "closed"), "evaluation": ("scored", "listed", "delisted"),
}  # fmt: skip
"""How the entries of each can stand; `overdue` can be asked of all."""
