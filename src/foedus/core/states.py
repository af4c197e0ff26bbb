"""Which states and other entities existed on a day, and under which codes?

`states.csv` holds the members of two lists of the state system since 1816:

* Correlates of War Project (2017), *State System Membership List, v2016*;
* Gleditsch and Ward (1999), "A Revised List of Independent States since the Congress of
  Vienna", *International Interactions* 25(4), 393-413; revision that ends in 2017.

The lists disagree on dates (Canada 1920 or 1867) and on numbers (Germany 255 or 260, Yemen
679 or 678, Serbia 345 or 340). A row is therefore the longest span in which nothing changes:
`cow` and `gw` are the numbers under which that list counts the state a member in that span,
and an empty one says that this list does not. Rows of one code never overlap; put together
by number they give each list back, spell by spell. Dates are inclusive and those of the
lists, also where a list is at odds with other sources (Gleditsch and Ward start Rwanda on
1962-01-07).

Codes are ours. A code is ISO 3166-1 alpha-3, or ISO 3166-3 for a state that has ended (CSK,
DDR, YMD); a state that has neither has a key of our own, and an empty `iso3`:

    ANM Annam                 HKS Hesse-Kassel            SAX Saxony
    AUH Austria-Hungary       JSN Korea to 1910           SIC Two Sicilies
    BAV Bavaria               MDN Modena                  TBT Tibet
    BDN Baden                 MES Mecklenburg-Schwerin    TUS Tuscany
    GCO Gran Colombia         OFS Orange Free State       TVL Transvaal
    HAN Hanover               PAP Papal States            UCA Central American federation
    HDA Hesse-Darmstadt       PRM Parma                   WUR Wurttemberg
                              RVN South Vietnam           XKX Kosovo
                                                          ZAN Zanzibar

A state that continues keeps its code under every name: RUS is Russia and the Soviet Union,
TUR Turkey and the Ottoman Empire, DEU Prussia, Germany and West Germany, ITA Sardinia and
Italy, SRB Serbia and Yugoslavia (as in COW), YEM North Yemen and Yemen, VNM North Vietnam
and Vietnam. A new name starts a new row, with the ISO code that went with it (SUN, YUG).
The three-letter abbreviations of COW are not read: its AUS is Austria and its MAC Macedonia.

An empty `end` says: still a member. The COW list closes on 2016-12-31 and the other on
2017-12-31; nobody has joined or left since, so members on those days are carried on.
Microstates that Gleditsch and Ward list apart have no `gw`; COW's 970 is Nauru.

`successor` stands on the last row of a state that has left for good: the state in which its
capital lay on the day after.

`entities.csv` holds entities outside both lists that hold or held ground. Its codes are X and
two letters, from the range that ISO leaves to users. `recognised_as_part_of` is the state
inside which most states see or saw it (empty where there is no such state); it takes no side
and says nothing of who controls the ground.
"""

import csv
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple


class State(NamedTuple):
    """A span in which one state is a member, with one name and one number in each list.

    Attributes:
        code: Our key, the same for all spans of a state.
        name: Short English name in that span.
        cow: Correlates of War number; None where COW counts no member.
        gw: Gleditsch-Ward number; None where they count no member.
        iso3: ISO 3166 alpha-3 code that goes with the name; None where there is none.
        start: First day.
        end: Last day; None if the span goes on.
        successor: Code of the state that took its place, on the last span of a state that ended.
    """

    code: str
    name: str
    cow: int | None
    gw: int | None
    iso3: str | None
    start: date
    end: date | None
    successor: str | None


class Entity(NamedTuple):
    """An entity that is no member of the state system but holds or held ground.

    Attributes:
        code: Our key, X and two letters.
        name: Short English name.
        also_known_as: Other names, those of both sides.
        start: Day it was proclaimed or first held ground.
        end: Last day; None if it goes on.
        recognised_as_part_of: Code of the state that most states see it in; None if none.
        note: What the dates stand for, and other facts; may be empty.
    """

    code: str
    name: str
    also_known_as: tuple[str, ...]
    start: date
    end: date | None
    recognised_as_part_of: str | None
    note: str


@cache
def states() -> tuple[State, ...]:
    """All spans of all states; those of one state stand together, in order of time.

    Examples:
        >>> [(s.name, s.cow, s.gw) for s in states() if s.code == "DEU"][-2:]
        [('West Germany', 260, 260), ('Germany', 255, 260)]
    """
    return tuple(
        State(
            code=row["code"],
            name=row["name"],
            cow=int(row["cow"]) if row["cow"] else None,
            gw=int(row["gw"]) if row["gw"] else None,
            iso3=row["iso3"] or None,
            start=date.fromisoformat(row["start"]),
            end=date.fromisoformat(row["end"]) if row["end"] else None,
            successor=row["successor"] or None,
        )
        for row in _rows("states.csv")
    )


@cache
def codes() -> frozenset[str]:
    """Codes of all states of the table."""
    return frozenset(state.code for state in states())


@cache
def entities() -> tuple[Entity, ...]:
    """All entities that are not states, in order of their codes.

    Examples:
        >>> [e.code for e in entities() if e.recognised_as_part_of == "GEO"]
        ['XAB', 'XSO']
    """
    return tuple(
        Entity(
            code=row["code"],
            name=row["name"],
            also_known_as=tuple(row["also_known_as"].split("; ")),
            start=date.fromisoformat(row["start"]),
            end=date.fromisoformat(row["end"]) if row["end"] else None,
            recognised_as_part_of=row["recognised_as_part_of"] or None,
            note=row["note"],
        )
        for row in _rows("entities.csv")
    )


def called(code: str, on: date) -> str:
    """Name of a state on a day; the code itself where there is none.

    Examples:
        >>> called("ARM", date(2020, 9, 27)), called("XNK", date(2020, 9, 27))
        ('Armenia', 'XNK')
    """
    try:
        return find(code, on).name
    except ValueError:
        return code


def find(text: str | int, on: date | None = None) -> State:
    """State that goes by a code, number or name.

    Args:
        text: Our code, ISO 3166 alpha-3, COW or Gleditsch-Ward number, or exact name, in
            small or capital letters. Any name or number the state has ever had will do.
        on: Day for which the span is wanted; without it, the last span under that text.

    Returns:
        The span of that state in force on that day.

    Raises:
        ValueError: No state goes by `text`, or the state is no member on that day.

    Examples:
        >>> find("Armenia").cow == find(371).cow == find("arm").cow
        True
        >>> find("Turkey", on=date(1915, 1, 1)).name
        'Ottoman Empire'
        >>> find("Armenai")
        Traceback (most recent call last):
        ValueError: expected a state's code, number or name; got 'Armenai'; did you mean 'Armenia'?
    """
    key = str(text).strip().casefold()
    named = _by_text().get(key)
    if named is None:
        raise ValueError(f"expected a state's code, number or name; got {text!r}{_hint(key)}")
    if on is None:
        return named[-1]
    spans = _by_code()[named[-1].code]
    for span in spans:
        if _lasts(span, on):
            return span
    known = ", ".join(f"{s.start} to {s.end or 'today'}" for s in spans)
    raise ValueError(f"expected a state that is a member on {on}; got {text!r}, a member {known}")


def is_member(code: str, on: date, system: Literal["cow", "gw"] | None = None) -> bool:
    """Whether a state is a member of the state system on a day.

    Args:
        code: Our code.
        on: The day.
        system: The list that decides; without it, either of them.

    Raises:
        ValueError: `code` is not the code of a state.

    Examples:
        >>> is_member("ARM", date(2020, 9, 27)), is_member("ARM", date(1990, 1, 1))
        (True, False)
        >>> is_member("CAN", date(1914, 8, 4), "gw"), is_member("CAN", date(1914, 8, 4), "cow")
        (True, False)
    """
    return any(
        _lasts(span, on) and (system is None or getattr(span, system) is not None)
        for span in _spans(code)
    )


def successor(code: str) -> str | None:
    """Code of the state that took the place of one that ended; None if it still exists.

    Raises:
        ValueError: `code` is not the code of a state.

    Examples:
        >>> successor("DDR")
        'DEU'
    """
    return _spans(code)[-1].successor


def _rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of a table that comes with the package."""
    text = files("foedus.core").joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _lasts(span: State, on: date) -> bool:
    """Whether a span contains a day."""
    return span.start <= on and (span.end is None or on <= span.end)


@cache
def _by_code() -> dict[str, list[State]]:
    """Spans of each code, in order of time."""
    found: dict[str, list[State]] = {}
    for span in states():
        found.setdefault(span.code, []).append(span)
    return found


@cache
def _by_text() -> dict[str, list[State]]:
    """Spans that go by each code, number and name, folded."""
    found: dict[str, list[State]] = {}
    for span in states():
        for text in {span.code, span.iso3, span.name, span.cow, span.gw} - {None}:
            found.setdefault(str(text).casefold(), []).append(span)
    return found


def _spans(code: str) -> list[State]:
    """Spans of a code, or an error that says what was meant."""
    spans = _by_code().get(code)
    if spans is None:
        raise ValueError(f"expected the code of a state; got {code!r}{_hint(code.casefold())}")
    return spans


def _hint(key: str) -> str:
    """The end of an error message: an entity of that name, or the closest known text."""
    for entity in entities():
        if key in (t.casefold() for t in (entity.code, entity.name, *entity.also_known_as)):
            return f", which is the entity {entity.code} and not a state"
    texts = {t.casefold(): t for s in states() for t in (s.code, s.name)}
    if key in _by_text():
        return f"; did you mean {_by_text()[key][-1].code!r}?"
    close = get_close_matches(key, texts, n=1)
    return f"; did you mean {texts[close[0]]!r}?" if close else ""
