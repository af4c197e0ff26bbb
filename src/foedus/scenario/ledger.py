"""A ledger of claims: who said what, when and how surely, and how a scenario can judge it.

A row that runs names a question of the scenario, a claim of its own in the language of
`scenario.questions`, or a switch that takes out what it speaks of; any other says why it does
not run. In a claim of its own the word `deadline` stands for the date of that name.

    A26:
      author: A
      kind: forecast
      text: It is too late for a solution that Russia brings about.
      deadline: 2020-12-16
      ours: true
      claim: {not: {settles: {by: deadline, with_mediator: RUS, dispute: karabakh}}}
      outcome: false
      words: will
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from foedus.scenario.entry import Date, Key, Sourced
from foedus.scenario.faults import closest
from foedus.scenario.quantity import Model
from foedus.scenario.schema import Question, Reference, Scenario, Source
from foedus.scenario.text import read
from foedus.scenario.validate import build_as

KINDS = ("forecast", "mechanism", "counterfactual", "fact")
NO_CLASS = Reference(none="No class of cases was computed.")

_STAND_INS: dict[str, object] = {"foedus": 1, "scenario": "unreadable", "claims": {}}


class Word(Sourced):
    """What an author's words say of a probability."""

    range: Annotated[tuple[float, ...], Field(min_length=2, max_length=2)]
    """Its least and its greatest."""
    says: str
    """The words."""


class Author(Model):
    """Who says several things on one day."""

    name: str
    date: Date


class Off(Model):
    """A claim about what follows where a system of the model is turned off."""

    id: str
    """The switch, such as S03."""
    without: Literal["raises", "lowers", "nothing"]
    """What the claim expects of the measure once the system is off."""
    of: dict[str, Any] | None = None
    """The measure as a claim; the switch's own observable if not given."""
    given: dict[str, Any] | None = None
    """Claim that must be true for a run to count, with the system and without it."""

    def measure(self, text: str) -> Question:
        """What it measures, as a question; only where it says so itself."""
        return Question(text=text, given=self.given, claim=self.of or {}, reference=NO_CLASS)


class Row(Sourced):
    """One claim."""

    author: str
    """Key of an author, or an office or institution."""
    kind: Literal["forecast", "mechanism", "counterfactual", "fact"]
    text: str
    """The claim in our words."""
    date: Date | None = None
    """Day on which it was made; the author's if not given."""
    deadline: Date | None = None
    """Day on which it is judged."""
    ours: bool = False
    """The deadline is ours, for the author set none."""
    question: Key | None = None
    """Question of the scenario that asks it."""
    given: dict[str, Any] | None = None
    """Claim that must be true for this one to count."""
    claim: dict[str, Any] | None = None
    """The claim as data."""
    switch: Off | None = None
    """The system that it speaks of."""
    why_not: str = ""
    """Why it does not run."""
    outcome: Literal[True, False, "mixed", "disputed", "unresolved"] | None = None
    """What became of it; where a run's history can judge it, the judge says the same."""
    because: str = ""
    """Reason of the outcome."""
    words: Key | None = None
    """How sure the author's words are."""
    reference: Reference | None = None
    shares: Key | None = None
    """Row about the same event; the event counts once."""
    with_: tuple[Key, ...] = Field(default=(), alias="with")
    """Rows that the author claims together with this one; they are scored as one."""
    vow: bool = False
    """Made by one who could make it come true: it runs, and is not graded as a forecast."""

    @property
    def asks(self) -> bool:
        """Whether it has a probability, by a question or a claim of its own."""
        return self.question is not None or self.claim is not None


class Ledger(Model):
    """The whole file."""

    foedus: Literal[1]
    scenario: Key
    """Scenario on which the claims run."""
    scale: dict[Key, Word] = Field(default_factory=dict)
    """Words of probability."""
    authors: dict[Key, Author] = Field(default_factory=dict)
    sources: dict[Key, Source] = Field(default_factory=dict)
    claims: dict[Key, Row]

    def made(self, row: Row) -> date:
        """Day on which a claim was made."""
        return row.date or self.authors[row.author].date

    def author(self, row: Row) -> str:
        """Name of an author, or what stands in its place."""
        known = self.authors.get(row.author)
        return known.name if known else row.author

    def event(self, id_: str) -> str:
        """Id of the row that stands for the event that a row is about."""
        return self.claims[id_].shares or id_


class Judged(NamedTuple):
    """A claim that runs, by one of its deadlines.

    Attributes:
        id: Of the row.
        deadline: The deadline; None where the claim itself has the date.
        question: What is asked of the runs.
    """

    id: str
    deadline: date | None
    question: Question


def parse(data: bytes, scenario: Scenario, file: str = "claims.yaml") -> Ledger:
    """Ledger of the bytes of a file, checked on a scenario.

    Args:
        data: YAML in UTF-8.
        scenario: The scenario on which its claims run.
        file: Name to print in front of each fault.

    Raises:
        ScenarioError: With every fault that was found.
    """
    from foedus.scenario.checks.ledger import problems
    from foedus.scenario.checks.run import note

    root, faults = read(data, file)
    if root is None:
        raise faults.error()
    ledger, tree = build_as(Ledger, root, faults, _STAND_INS)
    if ledger is not None:
        rows = root.child("claims")
        note(problems(ledger, scenario, rows.keys if rows else ()), tree, faults)
    if ledger is None or faults.found:
        raise faults.error()
    return ledger


@cache
def _shipped() -> dict[str, bytes]:
    """Bytes of the ledgers that come with the package, by scenario."""
    return {"karabakh-2020": files("foedus").joinpath("cases", "claims.yaml").read_bytes()}


def ledger(scenario: Scenario) -> Ledger:
    """The ledger that comes with the package for a scenario.

    Raises:
        ValueError: There is none.
    """
    known = _shipped()
    if scenario.id not in known:
        hint = closest(scenario.id, known)
        said = f"; did you mean {hint!r}?" if hint else ""
        raise ValueError(
            f"expected a scenario with a ledger of claims: {', '.join(known)}; "
            f"got {scenario.id!r}{said}"
        )
    return parse(known[scenario.id], scenario)


def find(book: Ledger, ids: list[str]) -> list[str]:
    """Ids of rows, each once, in the order of the ledger; without any, all.

    Raises:
        ValueError: There is no such row.
    """
    for id_ in ids:
        if id_ not in book.claims:
            hint = closest(id_, book.claims)
            said = f"; did you mean {hint!r}?" if hint else ""
            raise ValueError(f"expected the id of a claim, such as A33; got {id_!r}{said}")
    return [id_ for id_ in book.claims if not ids or id_ in ids]


def deadlines(row: Row, made: date, last: date) -> tuple[date | None, ...]:
    """Days on which a claim is judged, its own first.

    One of ours stands for no day in particular: half as far from the claim, and twice as far,
    would have done as well. A rule, so that nobody chooses them who knows what followed.

    Args:
        row: The claim.
        made: Day on which it was made.
        last: Last day that can be judged.

    Examples:
        >>> row = Row(author="A", kind="forecast", text="It", deadline="2021-01-01", ours=True)
        >>> [str(day) for day in deadlines(row, date(2020, 11, 1), date(2025, 12, 31))]
        ['2021-01-01', '2020-12-01', '2021-03-03']
    """
    if not row.ours or row.deadline is None:
        return (row.deadline,)
    ahead = row.deadline - made
    others = (made + ahead / 2, made + 2 * ahead)
    return (row.deadline, *(day for day in others if made < day <= last))


def questions(ledger: Ledger, id_: str, scenario: Scenario) -> Iterator[Judged]:
    """What a row asks of the runs, by each of its deadlines; nothing where it does not run."""
    row = ledger.claims[id_]
    if row.question is not None:
        asked = scenario.questions[row.question]
        update = {"text": row.text, "reference": row.reference or asked.reference}
        yield Judged(id_, row.deadline, asked.model_copy(update=update))
    elif row.claim is not None:
        days = deadlines(row, ledger.made(row), scenario.end)
        for deadline in days if _undated(row) else days[:1]:
            question = Question(
                text=row.text,
                given=filled(row.given, deadline),
                claim=filled(row.claim, deadline),
                reference=row.reference or NO_CLASS,
            )
            yield Judged(id_, deadline, question)


def _undated(row: Row) -> bool:
    """Whether the claim leaves its date to the deadline."""
    parts = (row.given, row.claim)
    return any(filled(part, date.min) != filled(part, None) for part in parts)


def filled(part: Any, deadline: date | None) -> Any:
    """A claim as data, with the date in the place of the word `deadline`.

    Examples:
        >>> filled({"truce": {"by": "deadline"}}, date(2020, 10, 31))
        {'truce': {'by': '2020-10-31'}}
    """
    if isinstance(part, dict):
        return {key: filled(value, deadline) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return tuple(filled(value, deadline) for value in part)
    return deadline.isoformat() if part == "deadline" and deadline else part
