"""How `make site` makes the pages of this folder into a site: Sphinx, with nothing loaded from elsewhere."""

import re
from html import escape

import mmdr
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search import SearchLanguage, languages
from sphinx.search.en import SearchEnglish

project = "danze 担责"
html_title = "danze 担责"
language = "en"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
exclude_patterns = ["schemas", "examples"]
html_extra_path = ["asyncapi.json", "figures.html"]
html_theme = "furo"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = html_show_sphinx = html_show_copyright = False
html_show_search_summary = False  # it would be fetched, which no browser does from a disk
html_search_language = "zh-en"
myst_heading_anchors = 4  # as on GitHub: `cli.md#danze-emit`
myst_enable_extensions = ["attrs_block"]
pygments_style, pygments_dark_style = "default", "native"

WORD = re.compile(r"[\u4e00-\u9fff]+|[a-zA-Z0-9_]+")


class ChineseAndEnglish(SearchLanguage):
    """Chinese is found by pairs of characters, which needs no dictionary; English by its stems."""

    lang, language_name = "zh-en", "English"  # Sphinx names the class of the stemmer by it
    js_stemmer_rawcode = SearchEnglish.js_stemmer_rawcode
    stopwords = SearchEnglish.stopwords
    js_splitter_code = """
const pairs = (word) => [...word].slice(1).map((_, at) => word.slice(at, at + 2))
const isChinese = (word) => /^[\\u4e00-\\u9fff]/.test(word)
var splitQuery = (query) => (query.match(/[\\u4e00-\\u9fff]+|[a-zA-Z0-9_]+/gu) || [])
  .flatMap((word) => isChinese(word) && word.length > 2 ? pairs(word) : [word])
"""

    def __init__(self, options: dict[str, str]) -> None:
        super().__init__(options)
        self._english = SearchEnglish(options)

    def split(self, input: str) -> list[str]:
        return [part for word in WORD.findall(input) for part in _pairs(word)]

    def stem(self, word: str) -> str:
        return word if _is_chinese(word) else self._english.stem(word)

    def word_filter(self, word: str) -> bool:
        return _is_chinese(word) or self._english.word_filter(word)


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(max(len(word) - 1, 1))] if _is_chinese(word) else [word]


def _is_chinese(word: str) -> bool:
    return "\u4e00" <= word[0] <= "\u9fff"


languages["zh-en"] = ChineseAndEnglish
PAGE = re.compile(r"^(?:.+ <)?([\w/-]+)>?$", re.MULTILINE)


def name_the_rest(app: Sphinx, page: str, source: list[str]) -> None:
    """Pages that the front page does not name yet stand at the end of its contents."""
    if page == "index":
        rest = sorted(app.env.found_docs - set(PAGE.findall(source[0])) - {page, *_decisions(app)})
        source[0] += "\n".join(["", "```{toctree}", ":hidden:", ":caption: More", "", *rest, "```", ""]) if rest else ""
    if page == "decisions/README":
        source[0] += "\n".join(["", "```{toctree}", ":hidden:", "", *_decisions(app, "/"), "```", ""])


def _decisions(app: Sphinx, before: str = "") -> list[str]:
    return sorted(f"{before}{page}" for page in app.env.found_docs if re.match(r"decisions/\d", page))


def draw(_app: Sphinx, document: nodes.document) -> None:
    """Diagrams are drawn here, so that the reader's browser needs no script for them."""
    for block in list(document.findall(nodes.literal_block)):
        if block.get("language") == "mermaid":
            drawing = re.sub(r'width="100%"', "", mmdr.render(block.astext()).svg(), count=1)
            told = f'<figure class="diagram" role="img" aria-label="{escape(block.astext())}">{drawing}</figure>'
            block.replace_self(nodes.raw("", told, format="html"))


def say_language(_app: Sphinx, page: str, _template: str, context: dict[str, object], _document: object) -> None:
    """What stands in `zh/` is Chinese: read aloud, hyphenated and set as such."""
    if page.startswith("zh/"):
        context["language"] = "zh-CN"


def setup(app: Sphinx) -> None:
    app.connect("source-read", name_the_rest)
    app.connect("doctree-read", draw)
    app.connect("html-page-context", say_language)
