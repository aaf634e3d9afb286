"""The demo's report: a notebook run by papermill, shown as one page that needs nothing from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

from coursekit.engine.notebooks import PapermillRunner
from coursekit.store import pen

_TEMPLATE = Path(__file__).with_name("report.ipynb")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>coursekit demo</title>
<style>
body {{ font: 17px/1.55 Georgia, serif; color: #1d2430; max-width: 46rem; margin: 2rem auto;
  padding: 0 1rem; }}
h1 {{ font-size: 1.7rem; }}
h2 {{ font-size: 1.2rem; margin-top: 2.4rem; }}
h3 {{ font-size: 1.05rem; margin: 2rem 0 .3rem; }}
img {{ max-width: 100%; height: auto; }}
table.facts {{ border-collapse: collapse; }}
.facts th {{ text-align: left; font-weight: normal; padding: .3rem 2rem .3rem 0; }}
.facts td {{ text-align: right; font-variant-numeric: tabular-nums; font-weight: bold; }}
.facts tr {{ border-bottom: 1px solid #d8dde6; }}
.anchor-link {{ display: none; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def make_report(results: Path, folder: Path) -> Path:
    """Run the report notebook on a demo's results; write report.ipynb and report.html into `folder`."""
    import nbformat
    from nbconvert import HTMLExporter

    notebook = json.loads(_TEMPLATE.read_bytes())
    executed = PapermillRunner().run(notebook, {"results_file": str(results)}, str(folder))
    pen.write_notebook(folder / "report.ipynb", executed)
    exporter = HTMLExporter(template_name="basic", exclude_input=True, exclude_output_prompt=True)
    body, _ = exporter.from_notebook_node(nbformat.reads(json.dumps(executed), as_version=4))
    page = folder / "report.html"
    page.write_text(_PAGE.format(body=body), encoding="utf-8")
    return page
