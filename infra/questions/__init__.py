"""The questions that people, pages and programs ask, answered from log and read models, now or as of the past."""

from infra.questions.answers import Answers

__all__ = ["Answers"]
