"""`foedus new --from-record`: a draft of a case in which the tables have filled what they know.

Every number follows one rule for all cases (CONTRIBUTING, "A case of your own"): a figure of
the record, or a judgement that is the same range everywhere. What is left is what no table
knows: title, place, texts of treaties, who is called, and what happened.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from foedus.record.folder import find
from foedus.record.known import Between, Case, Known, Pledged, case
from foedus.scenario.load import scaffold

WEEKS = 26
"""Length of every case."""
THEATRE = "{range: [-0.5, 1.5], unsourced: true}"
LIMITED = "{range: [0.6, 0.95], unsourced: true}"
WHOLE = "{range: [0.05, 0.4], unsourced: true}"
"""Limited aim where the land is all of the target's, its government or its people."""
STOP = (
    "{text: How many days until fighting first stops for at least 30 days?, "
    "claim: {first_stop: {}}, reference: {none: No class of its own.}}"
)
SENT = (0.05, 0.5)
"""Share of a principal's soldiers that fights."""
UNKNOWN_FORCE = (1000.0, 20_000.0)
"""Soldiers of a side of which no table knows the number."""
CLOSE = 0.1
"""Affinity give or take."""
MOST = 5
"""Treaties in a draft: those that promise most."""

_KINDS = {
    "defense": ("defense", ""),
    "offense": ("offense", ", trigger: any"),
    "neutral": ("neutrality", ""),
    "nonagg": ("nonaggression", ""),
    "consul": ("consultation", ", trigger: threat"),
}
_WORDS = {
    "defense": "Help for a member that is attacked.",
    "offense": "Help for a member that goes to war.",
    "neutrality": "No help for an enemy of a member.",
    "nonaggression": "No force between members.",
    "consultation": "Members consult when one is threatened.",
}
_SOURCES = (
    'NMC: {cite: "Correlates of War, National Material Capabilities v7.0, the year before"}',
    'REC: {cite: "Closeness, borders, rivalry and past disputes of the record, as the joining '
    'model is fitted with"}',
    'ATOP: {cite: "Leeds, Ritter, Mitchell and Long (2002), Alliance Treaty Obligations and '
    'Provisions, v5.1"}',
)


def asked(
    folder: Path | None, name: str, listed: str, sides: tuple[str, str], start: date | None
) -> str:
    """Text of a scenario as the command line asks for it.

    Args:
        folder: Of the record; where it is looked for if not given.
        name: Of the scenario.
        listed: Codes with commas between them.
        sides: Codes of challenger and target.
        start: First day.

    Raises:
        ValueError: A code, a side or the day is missing or wrong, or there is no record.
    """
    codes = [code.strip() for code in listed.split(",") if code.strip()]
    if start is None or not all(sides):
        raise ValueError("--states: expected --challenger, --target and --start too")
    scaffold(name)  # refuses a name that is none
    if lack := [side for side in sides if side not in codes and not side.startswith("X")]:
        raise ValueError(f"--states: expected {' and '.join(lack)} among them; got {listed}")
    if not set(sides) & set(codes):
        raise ValueError("--states: expected a state among challenger and target")
    return draft(find(folder), name, codes, sides, start)


def draft(
    folder: Path, name: str, codes: Iterable[str], sides: tuple[str, str], start: date
) -> str:
    """Text of a scenario; a principal that is not among the states is an entity.

    Args:
        folder: Of the record.
        name: Of the scenario.
        codes: Of all states.
        sides: Codes of challenger and target.
        start: First day.
    """
    chosen = tuple(codes)
    found = case(folder, chosen, sides, start)
    return "\n".join(_lines(name, found, sides, start)) + "\n"


def _lines(name: str, found: Case, sides: tuple[str, str], start: date) -> Iterator[str]:
    end = start + timedelta(days=7 * WEEKS - 1)
    known = {state.code: state for state in found.states}
    yield "# Numbers by the one rule for all cases (CONTRIBUTING, a case of your own)."
    yield from ("foedus: 1", f"id: {name}", "title: TITLE", "summary: SUMMARY")
    yield from (f"start: {start}", f"end: {end}")
    if found.mids:
        yield f"mids: {list(found.mids)}"
    thirds = ", ".join(code for code in known if code not in sides)
    yield from ("called:", f"  - {{side: target, states: [{thirds}], by: {end}}}")
    yield from ("states:", *(f"  {_state(state)}" for state in found.states))
    yield from _entities(known, sides)
    yield from _place(known, sides)
    if found.treaties:
        yield "treaties:"
        for treaty in sorted(found.treaties, key=_weight)[:MOST]:
            yield from _treaty(treaty)
    yield from _dispute(known, sides, start)
    yield from ("ties:", *(f"  - {_tie(tie)}" for tie in found.ties))
    yield from (
        "events: []",
        f"questions: {{stop: {STOP}}}",
        "sources:",
        *(f"  {source}" for source in _SOURCES),
    )


def _state(state: Known) -> str:
    parts = [f"capability: {state.capability:.3g}"]
    if state.capital is not None:
        parts.append(f"capital: [{state.capital[0]}, {state.capital[1]}]")
    parts += [name + ": true" for name in ("major", "nuclear") if getattr(state, name)]
    return f"{state.code}: {{{', '.join(parts)}, src: NMC}}"


def _entities(known: dict[str, Known], sides: tuple[str, str]) -> Iterator[str]:
    for code, side in zip(sides, ("challenger", "target"), strict=True):
        if code not in known:
            yield "entities:"
            yield f"  {code}:"
            yield f"    {{name: NAME, fights_in: main, fights_with: {side}, unsourced: true,"
            yield "     strength: {range: [0.00002, 0.0005], unsourced: true}}"


def _place(known: dict[str, Known], sides: tuple[str, str]) -> Iterator[str]:
    target = known.get(sides[1]) or known[sides[0]]
    place = list(target.capital or (0, 0))
    yield f"territories: {{land: {{names: [NAME], at: {place}, recognised: {sides[1]}}}}}"


def _weight(treaty: Pledged) -> tuple[int, date]:
    """Those that promise most come first, then the older ones."""
    best = min((list(_KINDS).index(kind) for kind in treaty.kinds), default=len(_KINDS))
    return {0: 0, 1: 0, 4: 1}.get(best, 2), treaty.begins


def _treaty(treaty: Pledged) -> Iterator[str]:
    members = [
        f"{{state: {code}}}" if came == treaty.begins else f"{{state: {code}, from: {came}}}"
        for code, came in treaty.members
    ]
    clauses = [
        f"{{article: ATOP, kind: {kind}, words: {_WORDS[kind]}{more}}}"
        for kind, more in (_KINDS[kind] for kind in treaty.kinds)
    ]
    head = f"name: NAME, atop: {treaty.atop}, signed: {treaty.begins}, src: ATOP"
    yield f"  ATOP-{treaty.atop}: {{{head},"
    yield f"    members: [{', '.join(members)}],"
    yield f"    obligations: [{', '.join(clauses)}]}}"


def _dispute(known: dict[str, Known], sides: tuple[str, str], start: date) -> Iterator[str]:
    challenger, target = sides
    yield "disputes:"
    who = f"challenger: {challenger}, target: {target}"
    yield f"  - {{id: main, {who}, territory: land, ignites: {start},"
    forces = ", ".join(
        f"{side}: {_force(known.get(code))}"
        for code, side in zip(sides, ("challenger", "target"), strict=True)
    )
    yield f"     personnel: {{{forces}, unsourced: true}},"
    yield f"     small_theatre: {THEATRE}, limited_aim: {LIMITED}}}"


def _force(state: Known | None) -> str:
    """Soldiers of a side: a share of all it has."""
    low, high = UNKNOWN_FORCE
    if state is not None and state.personnel is not None:
        low, high = (share * state.personnel for share in SENT)
    return f"[{low:.3g}, {high:.3g}]" if high < 1000 else f"[{low:.0f}, {high:.0f}]"


def _tie(tie: Between) -> str:
    ends = f"from: {tie.from_}, to: {tie.to}, kind: {tie.kind}"
    if tie.kind == "affinity":
        low, high = (min(max(tie.value + d, 0.01), 0.99) for d in (-CLOSE, CLOSE))
        ends += f", value: [{low:.2f}, {high:.2f}]"
    elif tie.kind in ("alongside", "against"):
        ends += f", value: {tie.value:.0f}"
    return f"{{{ends}, src: REC}}"
