"""Nothing that a learner wrote runs on a page of nbgrader's, and what is harmless is still shown."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from traitlets.config import Config

from coursekit.nbgrader_exchange import configure
from coursekit.nbgrader_exchange.pages import clean_html

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<iframe src='//evil.example'></iframe>",
    "<img src='http://evil.example/pixel.png'>",
    "<img src='//evil.example/pixel.png'>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<form action='/formgrader/api/grade/1'><input class='score' id='test'></form>",
    "<div id='essay' class='score tabbable'>x</div>",
    "<p style='position:fixed'>x</p>",
    "<style>body { display: none }</style>",
    "<style><script>alert(1)</script>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href='//evil.example'>",
    "<!--><script>alert(1)</script-->",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "</div></body><script>alert(1)</script>",
    "<textarea><script>alert(1)</script>",
    "<a href=' java\tscript:alert(1)'>x</a>",
]

_FORBIDDEN = {
    *(
        "script",
        "style",
        "svg",
        "iframe",
        "form",
        "input",
        "textarea",
        "meta",
        "base",
        "math",
        "object",
        "embed",
    ),
    *("link", "button", "select"),
}
_EVIL = re.compile(r"\s*(javascript:|data:(?!image/)|//|http://evil)", re.IGNORECASE)


class Elements(HTMLParser):
    """The elements of a page as a browser reads them: name and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.all.append((tag, {name: value or "" for name, value in attrs}))

    def unsafe(self) -> list[Any]:
        return [(tag, attrs) for tag, attrs in self.all if tag in _FORBIDDEN or _is_unsafe(attrs)]


def _is_unsafe(attributes: dict[str, str]) -> bool:
    runs = any(name.startswith("on") for name in attributes)
    elsewhere = any(_EVIL.match(attributes.get(name, "")) for name in ("src", "href"))
    disguised = attributes.keys() & {"id", "style", "action"} or "score" in attributes.get("class", "")
    return bool(runs or elsewhere or disguised)


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_runs(html: str) -> None:
    assert Elements(clean_html(html)).unsafe() == []
    assert clean_html(html.encode()) == clean_html(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>Hi <b>bold</b> <em>and</em> <code>code</code></p>",
        '<table class="dataframe"><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>',
        '<img alt="a map" src="exhibits/map.png">',
        '<img src="data:image/png;base64,iVBORw0KGgo=">',
        '<a href="https://example.org">x</a>',
        '<div class="highlight"><pre><span class="kc">None</span></pre></div>',
        "<h2>Title</h2><ul><li>one</li></ul>",
    ],
)
def test_what_is_harmless_stays_as_it_is(html: str) -> None:
    assert clean_html(html) == html


def test_pandas_tables_are_tables_without_their_style() -> None:
    import pandas as pd

    shown = clean_html(pd.DataFrame({"a": [1]})._repr_html_())
    assert '<table class="dataframe">' in shown
    assert "vertical-align" not in shown


def _page(template: str, cells: list[Any]) -> str:
    import nbformat
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers

    config = Config()
    configure(config)
    # As formgrader and generate_feedback themselves set it up.
    config.HTMLExporter.template_name = template
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    config.HTMLExporter.extra_template_paths = [f"{handlers.static_path}/node_modules/bootstrap/dist/css"]
    resources = {
        **dict.fromkeys(("assignment_id", "notebook_id", "submission_id", "base_url", "notebook_path"), "x"),
        **dict.fromkeys(("student", "last_name", "first_name"), "ada"),
        "index": 0,
        "total": 1,
        "nbgrader": {
            "assignment": "x",
            "notebook": "x",
            "student": "ada",
            "score": 1,
            "max_score": 2,
            "late_penalty": 0,
        },
    }
    notebook = nbformat.v4.new_notebook(cells=cells)
    html, _ = HTMLExporter(config=config).from_notebook_node(notebook, resources=resources)
    return str(html)


@pytest.mark.parametrize("template", ["formgrade", "feedback"])
def test_on_nbgraders_own_pages_nothing_runs(template: str) -> None:
    import nbformat

    v4 = nbformat.v4
    evil = "\n\n".join(HOSTILE).replace("alert(1)", "alert('CANARY')")
    flags = {"grade_id": "essay", "points": 2, "schema_version": 3, "cell_type": "markdown", "locked": False}
    answer = {
        "nbgrader": {**flags, "grade": True, "solution": True, "task": False, "score": 0, "comment": None}
    }

    def display(media: str) -> Any:
        return v4.new_output("display_data", {media: evil})

    rich = (
        "text/html",
        "text/markdown",
        "image/svg+xml",
        "application/javascript",
        "text/latex",
        "text/plain",
    )
    outputs = [
        *(display(media) for media in rich),
        v4.new_output("display_data", {"application/javascript": "alert('CANARY')"}),
        v4.new_output("stream", name="stdout", text=evil),
        v4.new_output("error", ename=evil, evalue=evil, traceback=[evil]),
    ]
    cells = [
        v4.new_markdown_cell(evil, metadata=answer),
        v4.new_markdown_cell(evil),
        v4.new_raw_cell(evil),
        v4.new_raw_cell(evil, metadata={"raw_mimetype": "text/html"}),
        v4.new_code_cell(evil, outputs=outputs),
    ]
    page = _page(template, cells)
    calm = _page(template, [v4.new_markdown_cell("calm", metadata=answer), v4.new_code_cell("1")])
    assert "CANARY" in page
    # What could do something on the page is what stands there anyway; cells and outputs are numbered by chance.
    own = [repr(element) for element in Elements(calm).unsafe()]
    numbered = re.compile(r"'id': '(cell-id=)?[0-9a-f-]+'")
    assert [e for e in Elements(page).unsafe() if repr(e) not in own and not numbered.search(repr(e))] == []
