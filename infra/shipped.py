"""The rules and calendars that ship with the product, read from `domain/rules/*.toml`."""

from functools import cache
from importlib.resources import files

from domain.rules.articles import Article, Regulations, cited, parse_articles, parse_regulations
from domain.rules.law import Rules, Shipped, content_hash, parse_calendars, parse_catalogue, parse_ruleset

NAMES = ("cn-2005", "cn-2022", "hengyang-2020", "simple-2016", "simple-2022")


def text_of(name: str) -> str:
    """The TOML of a shipped file, `cn-2005` or `findings` or `calendars`."""
    return files("domain.rules").joinpath(f"{name}.toml").read_text(encoding="utf-8")


@cache
def shipped_rules() -> Rules:
    """All shipped rule sets, the finding rules and the calendars of 2004–2026."""
    shipped = {name: Shipped(parse_ruleset(text_of(name)), content_hash(text_of(name))) for name in NAMES}
    sets = [each.law for each in shipped.values()]
    return Rules(sets, parse_calendars(text_of("calendars")), parse_catalogue(text_of("findings")), shipped)


@cache
def shipped_articles() -> dict[int, Article]:
    """The 21 articles of the opinion of 2020-04-10, by number."""
    return parse_articles(text_of("articles"))


@cache
def shipped_regulations() -> Regulations:
    """The regulations of 2005 and 2022, by article."""
    return parse_regulations(text_of("regulations"))


def quoted(article: str) -> dict[str, str]:
    """What an article says, word for word, and its heading or chapter; nothing where its text is not kept."""
    source, number = cited(article) or ("", 0)
    if source == "SEED" and number in shipped_articles():
        said = shipped_articles()[number]
        return {"title": said.title, "text": said.text}
    provision = shipped_regulations().get(source, {}).get(number)
    return {"title": provision.chapter, "text": provision.text} if provision else {}
