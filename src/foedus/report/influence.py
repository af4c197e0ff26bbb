"""Who leads the region and who is next, as tables or as JSON."""

import json
import sys
from collections.abc import Callable
from datetime import date

from foedus.core import states
from foedus.report.columns import Column, paragraph, table
from foedus.report.progress import Progress
from foedus.report.words import percent
from foedus.scenario.load import load
from foedus.study.influence import Holding, Order, Place, influence
from foedus.study.pipeline import Options

_MOST = 4  # states told of a day

_PLACES = (
    Column("Day", 10),
    Column("State", 5),
    Column("Index", 5, True),
    Column("90 % range", 10, True),
    Column("Leads", 5, True),
    Column("Brok", 4, True),
    Column("Trps", 4, True),
    Column("Arms", 4, True),
    Column("Trst", 4, True),
    Column("Base", 4, True),
)
_LEGEND = """\
Index  the sum of its parts in hundredths; each is at most 20, five make 100
Leads  share of the runs in which no state has more
Brok   its share in the truces and settlements that were mediated
Trps   disputes at which it has troops    Arms   arms that it supplies
Trst   trust of those bound to it         Base   bases with them"""
_CAUTION = (
    "Equal weights are a convention: read the parts. The index says who is heard and followed in "
    "this model, not who is right."
)


def text(found: Order) -> str:
    """The answers for people."""
    head = f"{found.scenario}: influence in the region, means over {found.options.runs} runs"
    pieces = [head, table(_PLACES, _rows(found)), _LEGEND, paragraph(_CAUTION)]
    pieces += [_entity(name, by_day) for name, by_day in found.entities.items()]
    if found.next:
        pieces.append(_next(found))
    return "\n\n".join(pieces)


def _rows(found: Order) -> list[tuple[str, ...]]:
    return [
        (day.isoformat() if not i else "", place.state, *_numbers(place))
        for day, places in found.places.items()
        for i, place in enumerate(places[:_MOST])
    ]


def _numbers(place: Place) -> tuple[str, ...]:
    hundredths = [f"{100 * x:.0f}" for x in (place.influence, place.low, place.high)]
    parts = (f"{100 * x:.1f}" for x in place.parts.values())
    return hundredths[0], " to ".join(hundredths[1:]), percent(place.leads), *parts


def _named(code: str) -> str:
    """An entity by its own name and another by which it goes; its code where the table has none."""
    for entity in states.entities():
        if entity.code == code:
            return f"{entity.name} ({', '.join(entity.also_known_as[:1])})".replace(" ()", "")
    return code


def _entity(name: str, by_day: dict[date, dict[str, float]]) -> str:
    """What becomes of an entity's hold on the land."""
    columns = Column("Day", 10), *(Column(str(kind).capitalize(), 11, True) for kind in Holding)
    rows = [(day.isoformat(), *map(percent, held.values())) for day, held in by_day.items()]
    told = (
        f"{_named(name)} held land at the start and is no state of either list: what becomes of "
        "that, in shares of runs."
    )
    more = (
        "Keeps most, loses most: of the land, by a settlement. Displaced: the challenger took all."
    )
    return "\n\n".join([paragraph(told), table(columns, rows), paragraph(more)])


def _next(found: Order) -> str:
    """Fighting elsewhere within a year of the first war."""
    columns = (
        Column("Fighting begins within a year", 29),
        Column("After the first war was", 32),
        Column("Runs", 5, True),
        Column("Share", 5, True),
    )
    rows = [
        (
            one.dispute,
            str(one.after),
            str(one.runs),
            "-" if one.share is None else percent(one.share),
        )
        for one in found.next
    ]
    return table(columns, rows)


def to_json(found: Order) -> str:
    """The answers for programs."""
    whole = {
        "scenario": found.scenario,
        "runs": found.options.runs,
        "seed": found.options.seed,
        "influence": {
            day.isoformat(): [place._asdict() for place in places]
            for day, places in found.places.items()
        },
        "entities": {
            name: {day.isoformat(): held for day, held in by_day.items()}
            for name, by_day in found.entities.items()
        },
        "next": [one._asdict() for one in found.next],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False)


def run(
    source: str,
    runs: int,
    seed: int,
    *,
    as_json: bool,
    quiet: bool,
    check: Callable[[], None],
) -> None:
    """Simulate a scenario and print who leads in it.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    scenario = load(source)
    progress = Progress(scenario.id, runs, quiet=quiet, check=check)

    with progress:
        found = influence(scenario, Options(runs, seed), progress)
    sys.stdout.write((to_json(found) if as_json else text(found)) + "\n")
