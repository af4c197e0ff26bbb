"""The catalogue of cases as people read it: a list, one case, a table of agreement."""

from collections.abc import Iterator
from typing import Any

from foedus.alliance.casus import CAVEAT, Due, Facts, by_reading, hinges, refusals, verdict
from foedus.core import states
from foedus.core.kinds import Reading
from foedus.report.columns import Column, paragraph, table
from foedus.scenario import cases
from foedus.scenario.cases import Case, Catalogue, Duty
from foedus.scenario.law import may_not

_SHORT = {
    Due.DUE: "due",
    Due.DISPUTED: "disputed",
    Due.NOT_IN_FORCE: "not due: no treaty",
    Due.NO_PROMISE: "not due: no promise",
    Due.NOT_ATTACKED: "not due: no attack",
    Due.PROVOKED: "not due: provoked",
    Due.NOT_ATTRIBUTED: "not due: form",
    Due.NOT_OUTSIDER: "not due: attacker",
    Due.OUTSIDE: "not due: scope",
    Due.NO_CONDITION: "not due: condition",
    Due.NOT_ASKED: "not due: not asked",
}
_FACTS = {
    "in_force": "in force between the two",
    "promises": "promises what is asked",
    "attacked": "what sets it off happened",
    "unprovoked": "unprovoked, or it does not ask",
    "attributed": "a state's open attack, or counted",
    "outsider": "the attacker is one that counts",
    "inside": "object and place lie inside",
    "condition": "other conditions are met",
    "asked": "asked for, or need not be",
}
_DID = {
    "fought": "fought",
    "aided": "helped short of fighting",
    "talked": "diplomacy only",
    "nothing": "nothing",
    "against": "acted against the one it was bound to",
}
_FORMS = {
    "open": "",
    "deniable": ", by a force that nobody owned up to",
    "proxy": ", through proxies",
    "internal": ", unrest inside the country",
}
_OBJECTS = {"territory": "", "forces": " (forces there)", "base": " (a base there)"}


def listing(book: Catalogue) -> str:
    """All cases, one line each where the title is short.

    Examples:
        >>> print(listing(cases.catalogue()).splitlines()[2])
        C01   1866-06-15  Italy joins the attack that it had promised to  due
    """
    columns = [Column("Case", 4), Column("Date", 10), Column("What", 46), Column("Verdict", 14)]
    rows = [
        (id_, f"{case.date}", case.title, _SHORT[verdict(cases.facts(book, case))])
        for id_, case in book.cases.items()
    ]
    note = f"Each verdict is a {CAVEAT}. One case: foedus casus ID."
    return table(columns, rows) + f"\n\n{note}"


def one(book: Catalogue, id_: str) -> str:
    """One case: facts, clause, verdicts with reasons, what the ally did, sources.

    Raises:
        ValueError: There is no such case.
    """
    case = cases.find(book, id_)
    parts = [_head(id_.upper(), case), *_duty(book, case, case)]
    if case.also:
        parts += [["ALSO OWED, TO THE OTHER SIDE"], *_duty(book, case, case.also)]
    parts += [_deed(case), _codings(case), _sources(book, case)]
    return "\n\n".join("\n".join(part) for part in parts if part)


def as_data(book: Catalogue, id_: str) -> dict[str, Any]:
    """One case as plain data, with what the law says of it.

    Raises:
        ValueError: There is no such case.
    """
    case = cases.find(book, id_)
    data = case.model_dump(mode="json", by_alias=True, exclude_none=True)
    data |= {"id": id_.upper(), "caveat": CAVEAT, "law": _law(book, case, case)}
    if case.also:
        data["also"]["law"] = _law(book, case, case.also)
    data["sources"] = {key: book.sources[key].cite for key in _keys(book, case)}
    return data


def as_list(book: Catalogue) -> list[dict[str, Any]]:
    """All cases in short as plain data.

    Examples:
        >>> as_list(cases.catalogue())[0]["verdict"]
        'due'
    """
    return [
        {
            "id": id_,
            "date": f"{case.date}",
            "title": case.title,
            "verdict": f"{verdict(cases.facts(book, case))}",
            "caveat": CAVEAT,
        }
        for id_, case in book.cases.items()
    ]


# ---------------------------------------------------------------- agreement


def agreement(book: Catalogue) -> str:
    """How far two studies code the same treaty in the same war as the law here does."""
    found = list(cases.agreement(book))
    return "\n\n".join([_cross(found), _differing(book, found), _reading_hint()])


def agreement_data(book: Catalogue) -> dict[str, Any]:
    """The same as plain data: every coding, and whether it differs."""
    rows = [
        {"id": id_, "ours": own, "study": study, "theirs": theirs, "differs": _differs(own, theirs)}
        for id_, own, study, theirs in cases.agreement(book)
    ]
    return {"codings": rows, "caveat": CAVEAT}


def _cross(found: list[tuple[str, str, str, str]]) -> str:
    """Counts of our words by theirs, one block a study."""
    theirs = ("honored", "violated", "does not apply")
    columns = [Column("Ours", 22), *(Column(word, 14, right=True) for word in theirs)]
    blocks = []
    for study, name in cases.STUDIES.items():
        pairs = [(own, coding) for _, own, which, coding in found if which == study]
        rows = [(own, *(f"{pairs.count((own, word))}" for word in theirs)) for own in cases.DIFFERS]
        blocks.append(f"{name} ({len(pairs)} codings)\n{table(columns, rows)}")
    return "\n\n".join(blocks)


def _differing(book: Catalogue, found: list[tuple[str, str, str, str]]) -> str:
    """The codings that differ from ours, a line each case."""
    columns = [Column("Case", 4), Column("ATOP", 4), Column("What", 35), Column("Ours", 11)]
    columns += [Column("B-F", 8), Column("L-A", 8)]
    rows = []
    for id_, case in book.cases.items():
        own = cases.ours(book, case)
        codings = {study: theirs for one_, _, study, theirs in found if one_ == id_}
        if any(_differs(own, theirs) for theirs in codings.values()):
            atop = book.treaties[case.treaty].atop if case.treaty else ""
            said = [codings.get(study, "") for study in cases.STUDIES]
            rows.append((id_, f"{atop}", case.title, own, *said))
    return f"Where they differ from us\n{table(columns, rows)}"


def _differs(own: str, theirs: str) -> bool:
    """Whether a coding is at odds with ours."""
    return theirs in cases.DIFFERS[own]


def _reading_hint() -> str:
    """How to read the table."""
    return paragraph(
        "They code a treaty in a whole war, we an ally on a day; a duty to consult is none in "
        "their count; where our verdict is disputed no coding differs. Two cases may share a "
        f"coding (C66 and C68: treaty 4220 in 1993-94). Each verdict is a {CAVEAT}."
    )


# ---------------------------------------------------------------- one case


def _head(id_: str, case: Case) -> list[str]:
    """What happened."""
    attackers = ", ".join(_name(code, case) for code in case.attackers)
    where = f"{case.where.name}{_OBJECTS[case.object]}{_FORMS[case.form]}"
    happened = f"{case.date}: {attackers} against {_name(case.attacked, case)}. Where: {where}"
    land = f", land of {_name(case.where.land, case)} by recognition" if case.where.land else ""
    lines = [paragraph(f"{id_}  {case.title}"), paragraph(f"{happened}{land}.")]
    return [*lines, paragraph(case.note)] if case.note else lines


def _duty(book: Catalogue, case: Case, duty: Duty) -> Iterator[list[str]]:
    """One promise: clause, facts, verdicts."""
    yield list(_clause(book, case, duty))
    if duty.treaty is not None:
        facts = cases.facts(book, case, duty)
        yield ["Facts", *(f"  {_FACTS[k]:<34}{_answer(v)}" for k, v in facts._asdict().items())]
    yield list(_verdicts(book, case, duty))


def _clause(book: Catalogue, case: Case, duty: Duty) -> Iterator[str]:
    """The promise in our words."""
    allies = ", ".join(_name(code, case) for code in case.allies)
    clause = cases.clause(book, duty)
    if clause is None or duty.treaty is None:
        yield paragraph(f"No treaty bound {allies} to {_name(duty.member or case.attacked, case)}.")
        return
    treaty = book.treaties[duty.treaty]
    atop = f"ATOP {treaty.atop}, " if treaty.atop else ""
    first, last = treaty.in_force or treaty.signed, treaty.ended or "today"
    to = _name(duty.member or case.attacked, case)
    yield paragraph(f"{allies} to {to}: {treaty.name} ({atop}{first} to {last})", more="  ")
    asked = " It falls due on request." if clause.on_request else ""
    yield paragraph(f"Article {clause.article}, {clause.kind}: {clause.words}{asked}", "  ")
    for note in (clause.note, treaty.note):
        if note:
            yield paragraph(note, "  ")


def _verdicts(book: Catalogue, case: Case, duty: Duty) -> Iterator[str]:
    """The verdict over all readings, under the widest and the narrowest, and by each party."""
    facts = cases.facts(book, case, duty)
    yield paragraph(f"Verdict ({CAVEAT}): {_said(facts)}", more="  ")
    for name, holds in by_reading(facts).items():
        yield f"  {name} reading: {'due' if holds else 'not due'}"
    for party in cases.readers(book, case, duty) if duty.treaty else ():
        said = _said(cases.facts(book, case, duty, party))
        for every in (", by every reading", ", by any reading"):
            said = said.replace(every, "")
        yield paragraph(f"as {_name(party, case)} reads it: {said}", "  ", "    ")
    if (clause := cases.clause(book, duty)) and (grades := may_not(clause, facts)):
        words = ", ".join(grade.name.lower() for grade in grades)
        yield paragraph(f"while it holds the ally may not give the other side: {words}", "  ")


def _said(facts: Facts) -> str:
    """A verdict with its reasons, or with what it hangs on."""
    if reasons := refusals(facts):
        return "not due: " + "; ".join(reasons)
    if open_ := hinges(facts):
        return f"{verdict(facts)}; it hangs on: " + ", ".join(_FACTS[name] for name in open_)
    return f"{verdict(facts)}"


def _deed(case: Case) -> list[str]:
    """What the ally did, after how many days."""
    did = case.did
    after = ""
    if did.days is not None:
        days = f"{did.days}" if isinstance(did.days, int) else f"{did.days[0]}-{did.days[1]}"
        after = f", {days} days after the {did.since}"
    words = f" {did.words}" if did.words else ""
    return [
        paragraph(f"What the ally did: {_DID[did.what]}{after}.{words}"),
        f"Kept: {case.kept}",
    ]


def _codings(case: Case) -> list[str]:
    """How two studies code it."""
    found = {name: getattr(case.coded, study) for study, name in cases.STUDIES.items()}
    return [f"{name} code it: {coding}" for name, coding in found.items() if coding]


def _sources(book: Catalogue, case: Case) -> list[str]:
    """Where it comes from."""
    cites = [paragraph(book.sources[key].cite, "  ", "    ") for key in _keys(book, case)]
    loose = ["  general knowledge (unsourced)"] if case.unsourced else []
    return ["Sources", *cites, *loose]


def _keys(book: Catalogue, case: Case) -> list[str]:
    """Keys of the sources of a case and of its treaties."""
    duties = [duty for duty in (case, case.also) if duty is not None and duty.treaty is not None]
    entries = [case, *(book.treaties[duty.treaty] for duty in duties if duty.treaty)]
    return list(dict.fromkeys(key for entry in entries for key in entry.src))


def _law(book: Catalogue, case: Case, duty: Duty) -> dict[str, Any]:
    """What the law says of one promise."""
    facts = cases.facts(book, case, duty)
    clause = cases.clause(book, duty)
    readers = cases.readers(book, case, duty) if duty.treaty else []
    return {
        "verdict": f"{verdict(facts)}",
        "reasons": [f"{reason}" for reason in refusals(facts)],
        "hinges": list(hinges(facts)),
        "facts": {name: _answer(value) for name, value in facts._asdict().items()},
        "readings": by_reading(facts)
        | {who: f"{verdict(cases.facts(book, case, duty, who))}" for who in readers},
        "clause": clause.model_dump(mode="json", by_alias=True) if clause else None,
    }


def _answer(reading: Any) -> str:
    """A reading in a word."""
    return Reading(reading).name.lower()


def _name(code: str, case: Case) -> str:
    """Short name of a state on the day of the case, or of an entity."""
    try:
        return states.find(code, case.date).name
    except ValueError:
        pass
    named = {entity.code: entity.name for entity in states.entities()}
    return (cases.catalogue().entities | named).get(code, code)
