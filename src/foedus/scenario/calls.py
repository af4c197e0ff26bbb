"""Who owes a state what on a day, should it be attacked then?

An answer for every promise of every treaty that names the state, from its text, the members that
it binds on that day and who reads it how. A coding of texts and statements, no legal opinion.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from foedus.alliance.casus import Due, Facts, by_reading, due, refusals, verdict
from foedus.core import states
from foedus.core.kinds import Membership, Reading
from foedus.scenario.entry import Form, Object
from foedus.scenario.faults import closest
from foedus.scenario.law import HELP, Incident, facts
from foedus.scenario.layout import in_force, lasts, slots
from foedus.scenario.membership import as_of, bound_on, standing
from foedus.scenario.schema import Clause, Coverage, Scenario, Treaty


class Question(NamedTuple):
    """What is asked: who owes that state what on that day.

    Attributes:
        state: Code of the state that is attacked.
        on: The day.
        by: Code of the attacker; empty: an attacker from outside all its treaties.
        where: Key of the territory attacked; empty: the state's own recognised land.
        form: How it is attacked: as in the dispute of the two at that place, else openly.
        object: What is attacked there.
    """

    state: str
    on: date
    by: str = ""
    where: str = ""
    form: Form = "open"
    object: Object = "territory"


class Call(NamedTuple):
    """One promise to the state, and whether it is due.

    Attributes:
        treaty: Key of the treaty.
        name: Its name.
        article: Article of the promise.
        kind: Kind of the promise.
        words: What it promises, in our words.
        owing: Codes of the members that owe it on that day.
        leaving: Codes of the members that have given notice and are bound until it runs out.
        verdict: Whether it is due once everything in `needs` has come.
        wide: It is due by the reading widest for it.
        narrow: It is due by the narrowest.
        parties: Verdict by the reading of each party that is stated.
        reasons: Why it is not due, by every reading.
        needs: What would make it fall due.
        places: Answers of the clause for places of which it speaks.
        counts: Answer for other attacks: by a fellow member, by proxies, as unrest inside.
    """

    treaty: str
    name: str
    article: str
    kind: str
    words: str
    owing: tuple[str, ...]
    leaving: tuple[str, ...]
    verdict: Due
    wide: bool
    narrow: bool
    parties: dict[str, Due]
    reasons: tuple[Due, ...]
    needs: tuple[str, ...]
    places: dict[str, str]
    counts: dict[str, str]


class Answer(NamedTuple):
    """What is owed, treaty by treaty.

    Attributes:
        scenario: Its name.
        question: What was asked.
        calls: The promises in force for the state.
        silent: Treaties that name the state and do not bind it on that day, with the reason.
    """

    scenario: str
    question: Question
    calls: tuple[Call, ...]
    silent: dict[str, str]


def calls(
    scenario: Scenario, state: str, on: date, by: str | None = None, where: str | None = None
) -> Answer:
    """Who owes a state what on a day, should it be attacked then.

    Args:
        scenario: Its treaties and events are read.
        state: Code, number or name of the state.
        on: The day, before or after the start.
        by: The attacker, a state or an entity of the scenario; without it, an outsider.
        where: Key of the territory attacked; without it, the state's own recognised land.

    Raises:
        ValueError: The treaties of the scenario do not cover the state or the day, or there is
            no such attacker or territory.

    Examples:
        >>> from foedus.scenario.load import load
        >>> answer = calls(load("karabakh-2020"), "Armenia", date(2020, 9, 27))
        >>> call = next(c for c in answer.calls if (c.treaty, c.article) == ("CST", "4"))
        >>> call.owing, call.verdict.name
        (('BLR', 'KAZ', 'KGZ', 'RUS', 'TJK'), 'DUE')
    """
    question = _question(scenario, state, on, by, where)
    found, silent = [], {}
    for key, named in _named(scenario).items():
        if question.state in bound_on(scenario, key, on):
            found.extend(_calls(scenario, question, key))
        elif question.state in named:
            silent[key] = _why_silent(scenario, key, question)
    return Answer(scenario.id, question, tuple(found), silent)


def _named(scenario: Scenario) -> dict[str, set[str]]:
    """States that each treaty names: those that are, were or might be its members."""
    named = {}
    for key, treaty in sorted(scenario.treaties.items()):
        spells = {spell.state for spell in treaty.members}
        named[key] = spells | {*treaty.candidates} | standing(scenario, key, scenario.end).keys()
    return named


# ---------------------------------------------------------------- what is asked


def _question(
    scenario: Scenario, state: str, on: date, by: str | None, where: str | None
) -> Question:
    """What was asked, in codes; or the message that it cannot be answered."""
    named = _named(scenario)
    code = _covered(scenario, named, state)
    signed = [scenario.treaties[key].signed for key, codes in named.items() if code in codes]
    first = min((day for day in signed if day), default=scenario.start)
    if not first <= on <= scenario.end:
        wanted = f"a day that the treaties of {code} cover, {first} to {scenario.end}"
        raise ValueError(f"expected {wanted}; got {on}")
    attacker = "" if by is None else _code(by, scenario.entities)
    if attacker == code:
        raise ValueError(f"expected another state than {code} as attacker; got {by!r}")
    if where is not None and where not in scenario.territories:
        raise _unknown(f"a territory of {scenario.id}", where, scenario.territories)
    return _as_disputed(scenario, Question(code, on, attacker, where or ""))


def _covered(scenario: Scenario, named: Mapping[str, set[str]], state: str) -> str:
    """Code of a state that some treaty names."""
    known, wanted = set[str]().union(*named.values()), f"a state that {scenario.id} covers"
    try:
        code = _code(state)
    except ValueError:
        if len(state) == 3 and closest(state, known):  # a code that some treaty names
            raise _unknown(wanted, state, known) from None
        raise
    if code not in known:
        raise _unknown(wanted, state, known)
    return code


def _as_disputed(scenario: Scenario, question: Question) -> Question:
    """The question with how a dispute of the two at that place is fought, where there is one."""
    for dispute in slots(scenario):
        own = scenario.territories[dispute.territory].recognised == question.state
        here = question.where == dispute.territory or (not question.where and own)
        if here and (dispute.challenger, dispute.target) == (question.by, question.state):
            return question._replace(form=dispute.form, object=dispute.object)
    return question._replace(form="proxy") if question.by in scenario.entities else question


def _code(text: str, entities: Collection[str] = ()) -> str:
    """Code of a state by its code, number or name; or that of an entity of the scenario."""
    return text if text in entities else states.find(text).code


def _unknown(wanted: str, got: str, known: Collection[str]) -> ValueError:
    """A word that is none of those known."""
    near = closest(got, known)
    hint = f"; did you mean {near!r}?" if near else ""
    return ValueError(f"expected {wanted}: {', '.join(sorted(known))}; got {got!r}{hint}")


# ---------------------------------------------------------------- what is owed


def _calls(scenario: Scenario, question: Question, key: str) -> Iterator[Call]:
    """Every promise of a treaty to the state, in the order of articles.

    A promise of restraint holds however the state is attacked.
    """
    treaty, stand = as_of(scenario, key, question.on), standing(scenario, key, question.on)
    bound = bound_on(scenario, key, question.on)
    leaving = tuple(code for code in sorted(bound) if stand[code] == Membership.LEAVING)
    land = scenario.territories[question.where].recognised if question.where else question.state
    incident = Incident(
        on=question.on,
        member=question.state,
        opponents=(question.by,),
        place=question.where,
        land=land,
        object=question.object,
        form=question.form,
        asked=Reading.YES,
    )
    for clause in sorted(treaty.obligations, key=lambda clause: (clause.article, clause.kind)):
        helps = clause.kind in HELP
        owing = tuple(sorted(bound - {question.state} - ({question.by} if helps else set())))
        seen = incident if helps else incident._replace(form="open", object="territory")
        yield _call(key, treaty, clause, seen, owing, leaving)


def _call(
    key: str,
    treaty: Treaty,
    clause: Clause,
    incident: Incident,
    owing: tuple[str, ...],
    leaving: tuple[str, ...],
) -> Call:
    """What one clause says."""

    def read(party: str = "") -> Facts:
        asks = "help" if clause.kind in HELP else "restraint"
        found = facts(treaty, clause, incident, party=party, asks=asks)
        return found if owing else found._replace(in_force=Reading.NO)

    found, known = read(), by_reading(read())
    return Call(
        treaty=key,
        name=treaty.name,
        article=clause.article,
        kind=clause.kind,
        words=clause.words,
        owing=owing,
        leaving=leaving,
        verdict=verdict(found),
        wide=bool(known["wide"]),
        narrow=bool(known["narrow"]),
        parties={code: verdict(read(code)) for code in _readers(clause, incident)},
        reasons=refusals(found) if due(found) == Reading.NO else (),
        needs=tuple(_needs(clause)),
        places={entry.territory: entry.covered for entry in _entries(clause, incident.on)},
        counts=_counts(clause),
    )


def _entries(clause: Clause, on: date) -> list[Coverage]:
    """What a clause says of places on a day."""
    places = sorted(clause.scope.territories, key=lambda entry: entry.territory)
    return [entry for entry in places if lasts(entry.from_, entry.to, on)]


def _readers(clause: Clause, incident: Incident) -> list[str]:
    """Who is known to read the clause in some way for the place of an event."""
    here = (e for e in _entries(clause, incident.on) if e.territory == incident.place)
    return sorted(code for entry in here for code in entry.by_reading)


_OBJECTS = {"territory": "territory", "forces": "forces abroad", "base": "bases abroad"}
_SETS_OFF = {
    "attack": "an attack on its {}",
    "threat": "a threat to it",
    "any": "an attack on its {} or a threat to it",
}
_BY_KIND = {
    "offense": "a war that it begins",
    "neutrality": "any war of its",
    "nonaggression": "always",
}


def _needs(clause: Clause) -> Iterator[str]:
    """What would make a promise fall due, in words."""
    objects = " or ".join(_OBJECTS[name] for name in clause.protects)
    place = ", wherever" if clause.scope.default == "everywhere" else ""
    yield _BY_KIND.get(clause.kind) or f"{_SETS_OFF[clause.trigger].format(objects)}{place}"
    conditions = {
        f"by {' or '.join(clause.only)}": clause.only,
        f"by {clause.attackers} attackers or more": clause.attackers > 1,
        "unprovoked": clause.unprovoked,
        f"once {clause.after} has acted": clause.after,
        "its request": clause.on_request,
        "a decision of all members": clause.decision == "consensus",
    }
    yield from (words for words, applies in conditions.items() if applies)


def _counts(clause: Clause) -> dict[str, str]:
    """Whether other attacks count; only where the promise is one of defence."""
    if clause.kind != "defense":
        return {}
    return {"member": clause.members, "proxies": clause.proxies, "unrest": clause.internal}


# ---------------------------------------------------------------- why nothing is


def _why_silent(scenario: Scenario, key: str, question: Question) -> str:
    """Why a treaty that names a state does not bind it on a day."""
    treaty, state, on = scenario.treaties[key], question.state, question.on
    match standing(scenario, key, on).get(state):
        case Membership.SUSPENDED | Membership.PARTING:
            return "suspended: neither owes nor is owed"
        case Membership.LEFT:
            return "left"
        case _ if treaty.possible:
            return "only possible: not signed by it on that day"
        case _ if not in_force(treaty, on):
            return "not in force"
        case _ if any(s.state == state and s.to and s.to <= on for s in treaty.members):
            return "no longer a member"
        case _:
            return "no member"
