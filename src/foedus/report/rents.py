"""When a frozen dispute would pay its mediator, as a map or as JSON."""

import json

from foedus.game.mediation import Regime
from foedus.report.columns import Column, paragraph, table
from foedus.report.progress import Progress
from foedus.report.words import percent
from foedus.scenario.load import load
from foedus.study.pipeline import Options
from foedus.study.rents import EFFORTS, SUPPORTS, Map, rents_map

_LETTER = {str(r): r.name[0] for r in Regime}
_LEGEND = """\
A cell: the least rents for which a frozen dispute pays, in units of what a
settled peace is worth, and what would pay at low, middle and high rents:
F  frozen preferred: rents exceed the worth of peace and the risk of war
S  settlement preferred: rents are worth no more than a settled peace
C  collapse: rents would pay, but the hazard of war is too high for it"""
_CAUTION = (
    "A map of what would pay under priors that no record informs, not a probability of what "
    "anybody intends. Effort and support are what you look up, not what is forecast."
)


def text(found: Map) -> str:
    """The map for people."""
    told = (
        f"{found.scenario}, {found.dispute}: would a frozen dispute pay {found.patron}, which "
        f"mediates, more than a settled one? Across: the share of what it could bring that "
        f"{found.outsider} gives the challenger. Down: how hard {found.patron} works to hold "
        "the challenger back."
    )
    rents = ", ".join(f"{name} {value:.2f}" for name, value in found.rents.items())
    numbers = (
        f"Rents of {found.patron}: {rents} (5, 50 and 95 % of the draws). A war costs "
        f"{found.cost:.1f} years of settled peace; by the arms that the challenger has from it all "
        f"its effort takes away {percent(found.restraint)} of the hazard; both are medians."
    )
    return "\n\n".join(
        [paragraph(told), _table(found), _LEGEND, paragraph(numbers), paragraph(_CAUTION)]
    )


def _table(found: Map) -> str:
    columns = Column("Effort", 10), *(Column(_whole(s), 8, True) for s in SUPPORTS)
    rows = [
        (_whole(effort), *(_cell(found, i, j) for j in range(len(SUPPORTS))))
        for i, effort in enumerate(EFFORTS)
    ]
    rows.append(("War a year", *(f"{h:.3f}" for h in found.hazard)))
    return table(columns, rows)


def _cell(found: Map, i: int, j: int) -> str:
    letters = "".join(_LETTER[cells[i][j]] for cells in found.regimes.values())
    return f"{found.least[i][j]:.2f} {letters}"


def _whole(share: float) -> str:
    return f"{100 * share:.0f} %"


def run(
    source: str,
    patron: str | None,
    outsider: str | None,
    dispute: str | None,
    draws: int,
    *,
    as_json: bool,
    quiet: bool = False,
) -> str:
    """Load a scenario and map its regimes."""
    scenario = load(source, questions=False)
    with Progress(scenario.id, draws, quiet=quiet):
        found = rents_map(scenario, patron, outsider, dispute, Options(runs=draws))
    if not as_json:
        return text(found)
    whole = {**found._asdict(), "efforts": EFFORTS, "supports": SUPPORTS, "is": _CAUTION}
    return json.dumps(whole, indent=2, ensure_ascii=False)
