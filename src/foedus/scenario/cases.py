"""The numbered catalogue of casus-foederis cases: what a file says of each, and what the law says.

The file holds treaties and facts; verdicts are computed by `scenario.law` and stand nowhere in
it. Ids are public and never change; new cases take new numbers.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field

from foedus.alliance.casus import Due, Facts, verdict
from foedus.core.kinds import Reading
from foedus.scenario import law
from foedus.scenario.entry import Answer, Code, Date, Form, Key, Object, Sourced
from foedus.scenario.faults import closest
from foedus.scenario.quantity import Model
from foedus.scenario.schema import Clause, Source, Treaty
from foedus.scenario.text import plain, read

FactName = Literal[
    "in_force", "promises", "attacked", "unprovoked", "attributed", "outsider", "inside",
    "condition", "asked",
]  # fmt: skip
Coding = Literal["honored", "violated", "does not apply"]

NO_TREATY = Facts(Reading.NO, *[Reading.YES] * 8)
"""The facts where nothing binds the ally."""


class Where(Model):
    """Where it happened."""

    name: str
    land: Code | None = None
    """State whose land it is by the recognition of most states; none at sea."""
    place: str = ""
    """Name by which clauses speak of it, where they do."""


class Told(Model):
    """What is known of the event, as far as it is not plain from who attacked whom."""

    attacked: Answer | None = None
    """Was the member attacked? If not given: yes if it is the attacked state."""
    threatened: Answer = "yes"
    """Was it attacked or threatened?"""
    provoked: Answer = "no"
    """Did it begin or provoke it, or was the attack meant to forestall its own?"""
    asked: Answer = "no"
    """Did it ask for what the treaty promises?"""
    acted: tuple[Code, ...] = ()
    """States that had already acted for it."""
    notices: dict[Code, Date] = Field(default_factory=dict)
    """Days on which states gave notice that they leave the treaty."""


class Duty(Sourced):
    """One promise, and the event as seen from the state to which it was given."""

    member: Code | None = None
    """To whom; the attacked state if not given."""
    treaty: Key | None = None
    """Nothing binds the ally if not given."""
    article: str = ""
    asks: law.Asks | None = None
    """Help or restraint; what the clause promises if not given."""
    facts: Told = Told()
    readings: dict[Code, dict[FactName, Answer]] = Field(default_factory=dict)
    """Who reads which fact how, where it is not as above."""


class Deed(Model):
    """What the ally did."""

    what: Literal["fought", "aided", "talked", "nothing", "against"]
    days: int | tuple[int, int] | None = None
    """Days until the first act of that kind, or between which numbers of days."""
    since: Literal["attack", "request"] = "attack"
    words: str = ""


class Coded(Model):
    """How two studies code the same treaty in the same war."""

    iwd: int | None = None
    """Number of the war in the Interstate War Data, which Berkemeier and Fuhrmann use."""
    cow: int | None = None
    """Number of the war in Leeds and Anac."""
    berkemeier_fuhrmann: Coding | None = None
    """By their own scheme."""
    leeds_anac: Coding | None = None


class Case(Duty):
    """One attack or threat, and one ally or several that did the same."""

    title: str
    date: Date
    """The day for which the law is asked."""
    attackers: Annotated[tuple[Code, ...], Field(min_length=1)]
    attacked: Code
    where: Where
    form: Form = "open"
    object: Object = "territory"
    allies: Annotated[tuple[Code, ...], Field(min_length=1)]
    did: Deed
    kept: Literal["yes", "no", "partly", "not due"]
    also: Duty | None = None
    """What the ally owed the other side."""
    coded: Coded = Coded()


class Catalogue(Model):
    """The whole file."""

    foedus: Literal[1]
    entities: dict[Code, str] = Field(default_factory=dict)
    """Names of those that are no states and that the table of entities does not know."""
    sources: dict[Key, Source]
    treaties: dict[Key, Treaty]
    cases: dict[Annotated[str, Field(pattern=r"^C[0-9]{2,}$")], Case]


@cache
def catalogue() -> Catalogue:
    """The catalogue that comes with the package.

    Examples:
        >>> catalogue().cases["C01"].title
        'Italy joins the attack that it had promised to join'
    """
    return parse(files("foedus").joinpath("cases", "casus.yaml").read_bytes())


def parse(data: bytes, file: str = "casus.yaml") -> Catalogue:
    """Catalogue of the bytes of a file.

    Raises:
        ScenarioError: The text cannot be read.
        pydantic.ValidationError: An entry has the wrong shape.
    """
    root, faults = read(data, file)
    if root is None or faults.found:
        raise faults.error()
    return Catalogue.model_validate(plain(root))


def find(book: Catalogue, id_: str) -> Case:
    """Case of an id, in small or capital letters.

    Raises:
        ValueError: There is none.

    Examples:
        >>> find(catalogue(), "C1")
        Traceback (most recent call last):
        ValueError: expected the id of a case, C01 to C103; got 'C1'; did you mean 'C01'?
    """
    if id_.upper() in book.cases:
        return book.cases[id_.upper()]
    first, *_, last = book.cases
    padded = f"C{id_.upper().removeprefix('C').lstrip('0'):0>2}"
    hint = padded if padded in book.cases else closest(id_, book.cases)
    said = f"; did you mean {hint!r}?" if hint else ""
    raise ValueError(f"expected the id of a case, {first} to {last}; got {id_!r}{said}")


def clause(book: Catalogue, duty: Duty) -> Clause | None:
    """The clause that a duty rests on; None where nothing binds the ally."""
    if duty.treaty is None:
        return None
    found = book.treaties[duty.treaty].obligations
    return next(clause for clause in found if clause.article == duty.article)


def asks(book: Catalogue, duty: Duty) -> law.Asks:
    """What is asked of the ally: what its promise is about, if the case does not say it."""
    promise = clause(book, duty)
    if duty.asks or promise is None:
        return duty.asks or "help"
    return "help" if promise.kind in law.HELP else "restraint"


def incident(case: Case, duty: Duty) -> law.Incident:
    """The event as seen from the state to which a promise was given."""
    member = duty.member or case.attacked
    is_attacked, told = member == case.attacked, duty.facts
    attacked = law.READING[told.attacked or ("yes" if is_attacked else "no")]
    return law.Incident(
        on=case.date,
        member=member,
        opponents=case.attackers if is_attacked else (case.attacked,),
        place=case.where.place,
        land=case.where.land or "",
        object=case.object,
        form=case.form,
        attacked=attacked,
        threatened=law.READING[told.threatened] if is_attacked else attacked,
        provoked=law.READING[told.provoked],
        asked=law.READING[told.asked],
        acted=told.acted,
        notices=told.notices,
        readings={
            who: {name: law.READING[answer] for name, answer in said.items()}
            for who, said in duty.readings.items()
        },
    )


def facts(book: Catalogue, case: Case, duty: Duty | None = None, party: str = "") -> Facts:
    """What the law says of a case, or of what the ally also owed the other side.

    Args:
        book: The catalogue.
        case: The case.
        duty: `case` itself if not given, or its `also`.
        party: The state whose reading is taken; if empty, all are put together.

    Examples:
        >>> book = catalogue()
        >>> facts(book, book.cases["C01"]).attacked.name
        'YES'
    """
    duty = duty or case
    promise = clause(book, duty)
    if promise is None or duty.treaty is None:
        return NO_TREATY
    return law.facts(
        book.treaties[duty.treaty], promise, incident(case, duty),
        ally=case.allies[0], party=party, asks=asks(book, duty),
    )  # fmt: skip


def readers(book: Catalogue, case: Case, duty: Duty | None = None) -> list[str]:
    """Whose readings a case tells: the member, the allies, then all others that are known."""
    duty = duty or case
    known = [duty.member or case.attacked, *case.allies, *duty.readings]
    promise = clause(book, duty)
    for entry in promise.scope.territories if promise else ():
        if entry.territory == case.where.place:
            known.extend(entry.by_reading)
    return list(dict.fromkeys(known))


def ours(book: Catalogue, case: Case) -> str:
    """A case in the words of the table of agreement: due or not, and kept or not."""
    said = verdict(facts(book, case))
    if said == Due.DISPUTED:
        return "disputed"
    if said != Due.DUE:
        return "not due"
    return {"yes": "due, kept", "partly": "due, kept in part"}.get(case.kept, "due, not kept")


DIFFERS = {
    "due, kept": ("violated", "does not apply"),
    "due, kept in part": ("does not apply",),
    "due, not kept": ("honored", "does not apply"),
    "not due": ("honored", "violated"),
    "disputed": (),
}
"""Codings that are at odds with ours, by our words; where ours is disputed, none is."""

STUDIES = {
    "berkemeier_fuhrmann": "Berkemeier and Fuhrmann 2018",
    "leeds_anac": "Leeds and Anac 2005",
}


def agreement(book: Catalogue) -> Iterator[tuple[str, str, str, str]]:
    """Id, our words, study and its coding, for each coding of a case of the catalogue.

    Examples:
        >>> next(agreement(catalogue()))
        ('C01', 'due, kept', 'berkemeier_fuhrmann', 'honored')
    """
    for id_, case in book.cases.items():
        for study in STUDIES:
            if coding := getattr(case.coded, study):
                yield id_, ours(book, case), study, coding
