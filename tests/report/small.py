"""A small finished run, for what reads run folders."""

from contextlib import redirect_stdout
from io import StringIO

from foedus.report import main_job
from foedus.scenario.load import scaffold

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>"


def run(source, out, runs=40, **changes):
    """Run a scenario into a folder; what it prints."""
    options = {
        "resume": False, "block": 512, "as_of": None, "devices": 1, "as_json": True,
        "quiet": True, "check": lambda: None,
    } | changes  # fmt: skip
    said = StringIO()
    with redirect_stdout(said):
        main_job.run(str(source), runs, 1, [], [], out, **options)
    return said.getvalue()


def hostile(folder):
    """The file to start from, with a script wherever text may stand."""
    text = scaffold("hostile")
    for words in (
        "A border province, and an ally that may come",
        "Replace the states, the place and the numbers by those of your case.",
        "The Province, La Provincia",
        "A treaty of mutual assistance",
        "Guarantors",
        "Will the ally fight on the target's side by the end of the year?",
        "An invented case.",
    ):
        assert words in text
        text = text.replace(words, f'"{HOSTILE}"')
    text = text.replace('"Author (year), title"', f'"{HOSTILE}"')
    text = text.replace('["<script>', '["<script>')
    path = folder / "hostile.yaml"
    path.write_text(text)
    return path
