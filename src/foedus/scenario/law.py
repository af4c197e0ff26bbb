"""What does a clause say of an event? From its text, the event and who reads it how to `Facts`.

One rule a fact; `alliance.casus` does the rest. Where the parties to a treaty read a fact
differently, it is disputed; a reading by a state that is no party to it is told and does not
count. A coding of texts and statements, no legal opinion.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal, NamedTuple

from foedus.alliance.casus import Facts, due
from foedus.core.kinds import Grade, Reading, Side
from foedus.scenario.layout import in_force, lasts
from foedus.scenario.schema import Clause, Coverage, Dispute, Scenario, Treaty

READING = {"no": Reading.NO, "disputed": Reading.DISPUTED, "yes": Reading.YES}
"""Readings by the answers of a file."""

Asks = Literal["help", "restraint"]
"""What is asked of the ally: help for the member, or not to join its enemy."""

HELP = ("defense", "offense", "consultation")
FORBIDS = {
    "neutrality": (Grade.AID, Grade.DEPLOYMENT, Grade.DENIABLE, Grade.COMBAT),
    "nonaggression": (Grade.DENIABLE, Grade.COMBAT),
}
"""How far a party may not go against the other, by the kind of its promise."""


class Incident(NamedTuple):
    """An attack or a threat, as seen from the member that might call on its allies.

    That an attack is declared, or meant to forestall one, makes no difference to an ordinary
    clause; the latter counts as a question of provocation where a clause asks for it.

    Attributes:
        on: The day for which the law is asked.
        member: The state whose allies are asked.
        opponents: Whom it faces: its attackers where it was attacked.
        place: Key of the place.
        land: State whose land the place is by the recognition of most states; may be empty.
        object: What was attacked: `territory`, or `forces` or a `base` abroad.
        form: How: `open`, `deniable`, by `proxy`, or `internal` unrest.
        attacked: Was the member attacked?
        threatened: Was it attacked or threatened?
        provoked: Did it begin or provoke it, or was the attack meant to forestall its own?
        asked: Did it ask for what the treaty promises?
        acted: States that have already acted for it.
        notices: Days on which states gave notice that they leave the treaty.
        readings: Who reads which of the `Facts` how.
    """

    on: date
    member: str
    opponents: tuple[str, ...]
    place: str = ""
    land: str = ""
    object: str = "territory"
    form: str = "open"
    attacked: Reading = Reading.YES
    threatened: Reading = Reading.YES
    provoked: Reading = Reading.NO
    asked: Reading = Reading.NO
    acted: tuple[str, ...] = ()
    notices: Mapping[str, date] = {}
    readings: Mapping[str, Mapping[str, Reading]] = {}


def facts(
    treaty: Treaty,
    clause: Clause,
    incident: Incident,
    *,
    ally: str = "",
    party: str = "",
    asks: Asks = "help",
) -> Facts:
    """What the clause says of the event.

    Args:
        treaty: The treaty.
        clause: One of its promises.
        incident: The event.
        ally: The state that would owe; if empty, any other member.
        party: The state whose reading is taken; if empty, all readings are put together.
        asks: What is asked of the ally.

    Examples:
        >>> from foedus.scenario.load import load
        >>> cst = load("karabakh-2020").treaties["CST"]
        >>> attack = Incident(date(2020, 9, 27), "ARM", ("AZE",), "karabakh", "AZE")
        >>> facts(cst, cst.obligations[0], attack).inside.name
        'NO'
    """
    found = Facts(
        in_force=_in_force(treaty, incident, ally),
        promises=_yes((clause.kind in HELP) == (asks == "help")),
        attacked=_attacked(clause, incident),
        unprovoked=_unprovoked(clause, incident),
        attributed=_attributed(clause, incident),
        outsider=_outsider(treaty, clause, incident),
        inside=_inside(treaty, clause, incident, party),
        condition=_condition(clause, incident),
        asked=incident.asked if clause.on_request else Reading.YES,
    )
    if party:
        return found._replace(**incident.readings.get(party, {}))
    return _together(found, list(_parties_read(treaty, incident)))


def may_not(clause: Clause, restraint: Facts) -> tuple[Grade, ...]:
    """How far the ally may not go for the other side, by the reading widest for the clause.

    Args:
        clause: A promise of neutrality or of non-aggression.
        restraint: What it says of the event when restraint is asked.

    Examples:
        >>> pact = Clause(article="2", kind="nonaggression", words="No force.")
        >>> [grade.name for grade in may_not(pact, Facts(*[Reading.YES] * 9))]
        ['DENIABLE', 'COMBAT']
    """
    return FORBIDS.get(clause.kind, ()) if due(restraint) > Reading.NO else ()


def dispute_facts(
    scenario: Scenario,
    treaty_key: str,
    clause: Clause,
    dispute: Dispute,
    side: Side,
    *,
    party: str = "",
    asks: Asks = "help",
    on: date | None = None,
) -> Facts:
    """What a clause says of a dispute, asked by one side's principal.

    Args:
        scenario: The scenario; its events after the day are not read, memberships by their spells.
        treaty_key: Key of the treaty.
        clause: One of its promises.
        dispute: The dispute.
        side: Whose principal asks.
        party: The state whose reading is taken; if empty, all readings are put together.
        asks: What is asked of the allies.
        on: The day; the start of the scenario if not given.

    Examples:
        >>> from foedus.scenario.load import load
        >>> scenario = load("karabakh-2020")
        >>> dispute = next(d for d in scenario.disputes if d.id == "karabakh")
        >>> clause = scenario.treaties["CST"].obligations[0]
        >>> dispute_facts(scenario, "CST", clause, dispute, Side.TARGET).inside.name
        'NO'
    """
    incident = dispute_incident(scenario, treaty_key, dispute, side, on)
    return facts(scenario.treaties[treaty_key], clause, incident, party=party, asks=asks)


def dispute_incident(
    scenario: Scenario, treaty_key: str, dispute: Dispute, side: Side, on: date | None = None
) -> Incident:
    """A dispute as an event, as seen from one side's principal."""
    name, other = side.name.lower(), Side(1 - side).name.lower()
    day = on or scenario.start
    attacked = READING[getattr(dispute.began_as, name)]
    readings = getattr(dispute.began_as.by_reading, name)
    is_target = side == Side.TARGET
    return Incident(
        on=day,
        member=getattr(dispute, name),
        opponents=(getattr(dispute, other),),
        place=dispute.territory,
        land=scenario.territories[dispute.territory].recognised,
        object=dispute.object if is_target else "territory",
        form=dispute.form if is_target else "open",
        attacked=attacked,
        threatened=Reading.YES if is_target else attacked,
        provoked=READING[getattr(dispute.began_as, other)],
        asked=_yes(any(True for _ in _invoked(scenario, treaty_key, dispute, name, day))),
        acted=tuple(_joined(scenario, dispute, name, day)),
        notices=_notices(scenario, treaty_key, day),
        readings={who: {"attacked": READING[said]} for who, said in readings.items()},
    )


def parties(treaty: Treaty, on: date) -> set[str]:
    """States that a treaty binds on a day; of one that is only possible, those that might sign.

    Examples:
        >>> from foedus.scenario.load import load
        >>> cst = load("karabakh-2020").treaties["CST"]
        >>> "AZE" in parties(cst, date(1999, 4, 1)), "AZE" in parties(cst, date(1999, 4, 2))
        (True, False)
    """
    if treaty.possible:
        return set(treaty.candidates)
    if not in_force(treaty, on):
        return set()
    return {spell.state for spell in treaty.members if lasts(spell.from_, spell.to, on)}


def runs_out(notice: date, months: int) -> date:
    """First day on which a state that gave notice is no longer bound.

    Examples:
        >>> runs_out(date(2023, 8, 31), 6)
        datetime.date(2024, 2, 29)
    """
    years, month = divmod(notice.month - 1 + months, 12)
    for day in range(notice.day, 27, -1):  # the last day of a shorter month
        try:
            return date(notice.year + years, month + 1, day)
        except ValueError:
            continue
    return date(notice.year + years, month + 1, min(notice.day, 28))


def _yes(truth: bool) -> Reading:
    """A plain truth as a reading."""
    return Reading.YES if truth else Reading.NO


def _in_force(treaty: Treaty, incident: Incident, ally: str) -> Reading:
    """Both are bound; a state that has given notice is, until it runs out."""
    if treaty.possible:
        return Reading.NO
    gone = {
        state
        for state, notice in incident.notices.items()
        if runs_out(notice, treaty.notice_months) <= incident.on
    }
    bound = parties(treaty, incident.on) - gone
    others = bound - {incident.member}
    return _yes(incident.member in bound and (ally in others if ally else bool(others)))


def _attacked(clause: Clause, incident: Incident) -> Reading:
    """What sets the promise off; for offence it is any war of the member's."""
    if clause.kind in ("offense", "nonaggression") or clause.trigger == "any":
        return Reading.YES
    if clause.trigger == "threat":
        return max(incident.attacked, incident.threatened)
    return incident.attacked


def _unprovoked(clause: Clause, incident: Incident) -> Reading:
    """Where the clause asks for it, the opposite of provoked."""
    return Reading(Reading.YES - incident.provoked) if clause.unprovoked else Reading.YES


def _attributed(clause: Clause, incident: Incident) -> Reading:
    """Openly by a state, or the clause counts the form."""
    if incident.form == "open":
        return Reading.YES
    return READING[clause.internal if incident.form == "internal" else clause.proxies]


def _outsider(treaty: Treaty, clause: Clause, incident: Incident) -> Reading:
    """One of the opponents is among those the clause protects against."""
    inside = set() if clause.kind not in HELP else parties(treaty, incident.on)
    counts = [Reading.NO]
    for opponent in incident.opponents:
        if not clause.only or opponent in clause.only:
            counts.append(READING[clause.members] if opponent in inside else Reading.YES)
    return max(counts)


def _inside(treaty: Treaty, clause: Clause, incident: Incident, party: str) -> Reading:
    """The object is protected, and the place is as the clause says of it, or by its default."""
    if _has_place(clause) and incident.object not in clause.protects:
        return Reading.NO
    for entry in clause.scope.territories:
        if entry.territory == incident.place and lasts(entry.from_, entry.to, incident.on):
            return _covered(treaty, entry, party, incident.on)
    return _by_default(treaty, clause, incident)


def _covered(treaty: Treaty, entry: Coverage, party: str, on: date) -> Reading:
    """Coverage that a clause states of a place: by one party's reading, or by all together."""
    if party:
        return READING[entry.by_reading.get(party, entry.covered)]
    bound = parties(treaty, on)
    counts = {entry.covered} | {said for who, said in entry.by_reading.items() if who in bound}
    return READING[counts.pop()] if len(counts) == 1 else Reading.DISPUTED


def _has_place(clause: Clause) -> bool:
    """A threat has no place, nor has restraint, and offence goes beyond the members' land."""
    return clause.kind in ("defense", "consultation") and clause.trigger != "threat"


def _by_default(treaty: Treaty, clause: Clause, incident: Incident) -> Reading:
    """Land of the attacked member; for forces and bases, of any member."""
    if not _has_place(clause) or clause.scope.default == "everywhere":
        return Reading.YES
    if incident.object == "territory":
        return _yes(incident.land == incident.member)
    return _yes(incident.land in parties(treaty, incident.on))


def _condition(clause: Clause, incident: Incident) -> Reading:
    """Whoever must act first has acted, and the attackers are as many as it takes."""
    first = not clause.after or clause.after in incident.acted
    return _yes(first and len(incident.opponents) >= clause.attackers)


def _parties_read(treaty: Treaty, incident: Incident) -> Iterator[Mapping[str, Reading]]:
    """What the parties to the treaty read differently."""
    bound = parties(treaty, incident.on)
    yield from (said for who, said in incident.readings.items() if who in bound)


def _together(found: Facts, readings: list[Mapping[str, Reading]]) -> Facts:
    """All readings in one: where they differ, a fact is disputed."""
    return Facts(
        *(
            value if {value} >= {said[name] for said in readings if name in said} else
            Reading.DISPUTED
            for name, value in found._asdict().items()
        )
    )  # fmt: skip


def _here(scenario: Scenario, dispute: Dispute, on: date, kind: str) -> Iterator:
    """Events of a kind in a dispute up to a day."""
    for event in scenario.events:
        now = event.kind == kind and event.date <= on
        if now and getattr(event, "dispute", None) in (None, dispute.id):
            yield event


def _invoked(
    scenario: Scenario, treaty_key: str, dispute: Dispute, side: str, on: date
) -> Iterator[str]:
    """The side's principal, once for each time that it has asked for what the treaty promises."""
    for event in _here(scenario, dispute, on, "invoke"):
        if event.treaty == treaty_key and event.who == getattr(dispute, side):
            yield event.who


def _joined(scenario: Scenario, dispute: Dispute, side: str, on: date) -> Iterator[str]:
    """States that already fight for a side."""
    for event in _here(scenario, dispute, on, "join"):
        if event.side == side:
            yield event.who


def _notices(scenario: Scenario, treaty_key: str, on: date) -> dict[str, date]:
    """Days on which states gave notice that they leave a treaty."""
    return {
        event.who: event.date
        for event in scenario.events
        if event.kind == "notice" and event.treaty == treaty_key and event.date <= on
    }
