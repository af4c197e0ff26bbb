"""`foedus cases`: one line a state called, and the scores, as text or as JSON."""

import json
import sys
from collections.abc import Callable, Iterator

import foedus
from foedus.claims.conduct import CATEGORIES
from foedus.report.columns import Column, paragraph, table
from foedus.report.hypothetical import BANNER
from foedus.report.progress import Progress
from foedus.report.words import percent
from foedus.study.called import Line
from foedus.study.cases import Book, cases, with_calls
from foedus.study.pipeline import Options

_COLUMNS = (
    Column("Case", 20),
    Column("Called", 7),
    *(Column(name, max(len(name), 5), True) for name in CATEGORIES),
    Column("Did", 9),
)
_SCORES = (Column("Mean score, lower is better", 30), Column("Log, nats", 9, True),
           Column("Brier", 6, True))  # fmt: skip
_NAMES = {
    "foedus": "foedus",
    "uniform": "all five alike",
    "other cases": "share in the other cases",
}
_LEGEND = """\
Called   the state, > the side: T target, C challenger
none     nothing, or words alone         mediate  between the two
aid      arms, troops that deter, or force not owned up to
join     fights openly at its side       oppose   arms, troops, for the other
*        the fit has seen this war and was made to forget it (who joined, not
         how wars end); ? where it cannot well, k-hat above .7"""


def run(
    runs: int,
    seed: int,
    only: list[str],
    *,
    devices: int,
    as_json: bool,
    quiet: bool,
    check: Callable[[], None],
) -> None:
    """Simulate the cases and print what was said and done.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    chosen = with_calls(only)
    progress = Progress("cases", runs * len(chosen), quiet=quiet, check=check)

    with progress:
        book = cases(chosen, Options(runs, seed, devices=devices), progress)
    said = json.dumps(to_json(book), ensure_ascii=False, allow_nan=False)
    sys.stdout.write((said if as_json else text(book)) + "\n")


def text(book: Book) -> str:
    """What the terminal shows."""
    options = book.options
    known = [line for line in book.lines if not line.hypothetical]
    free = [line for line in book.lines if line.hypothetical]
    head = f"{options.runs:,} runs a case, seed {options.seed}; parameters {book.parameters[:8]}"
    parts = [head]
    if known:
        parts.append(table(_COLUMNS, map(_row, known)))
    if free:
        parts.append(f"{BANNER}\n\n" + table(_COLUMNS, map(_row, free)))
    parts += [_LEGEND, *_unread(book), *_scores(book)]
    return "\n\n".join(parts)


def _unread(book: Book) -> Iterator[str]:
    if book.unread:
        numbers = ", ".join(map(str, book.unread))
        yield paragraph(
            f"Of the disputes under `mids` the fit has not read {numbers} (of another year, held "
            "back, or with nobody to be called): of these there is nothing to forget."
        )


def _row(line: Line) -> tuple[str, ...]:
    mark = "" if line.khat is None else " ?" if line.weak else " *"
    shares = (percent(line.probability[name]) for name in CATEGORIES)
    return (
        line.id,
        f"{line.called} > {line.side[0].upper()}",
        *shares,
        (line.happened or "--") + mark,
    )


def _scores(book: Book) -> Iterator[str]:
    if book.scores is None:
        return
    rows = [
        (_NAMES.get(name, name), f"{score.log:.3f}", f"{score.brier:.3f}")
        for name, score in book.scores.items()
    ]
    yield table(_SCORES, rows)
    yield paragraph(
        f"Over {book.n} states of known conduct. The cases are chosen for being famous, not at "
        "random, and the states of one case are no independent trials."
    )


def to_json(book: Book) -> dict:
    """The object that `--json` prints."""
    return {
        "version": foedus.__version__,
        "runs": book.options.runs,
        "seed": book.options.seed,
        "parameters": book.parameters,
        "unread": book.unread,
        "cases": [line._asdict() for line in book.lines],
        "scores": None
        if book.scores is None
        else {"n": book.n} | {name: score._asdict() for name, score in book.scores.items()},
    }
