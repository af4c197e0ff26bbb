"""Claims about a system of the model: what turning it off does to what they speak of."""

import hashlib
import json
from collections.abc import Callable

from foedus.scenario.ledger import Row
from foedus.scenario.schema import Scenario
from foedus.study import switches
from foedus.study.ablate import Ablation, Effect, Verdict, ablate
from foedus.study.pipeline import Options


def turned_off(
    scenario: Scenario, rows: dict[str, Row], options: Options, progress: Callable[[int], None]
) -> Ablation | None:
    """The ensembles without the systems that claims speak of, and what they say of the measures."""
    spoken = {id_: row.switch for id_, row in rows.items() if row.switch is not None}
    if not spoken:
        return None
    measures = {
        _measure(rows[id_]): off.measure(rows[id_].text)
        for id_, off in spoken.items()
        if off.of is not None
    }
    asked = scenario.model_copy(update={"questions": measures})
    chosen = switches.find({off.id for off in spoken.values()}, "switch")
    return ablate(asked, options, chosen, progress)


def effect_of(row: Row, found: Ablation | None) -> Effect | None:
    """What turning a row's system off does to what the row speaks of."""
    if row.switch is None or found is None:
        return None
    off = next(one for one in found.rows if one.switch.id == row.switch.id)
    return off.effect if row.switch.of is None else off.questions.get(_measure(row))


def _measure(row: Row) -> str:
    """Key of a row's measure; several rows may speak of the same."""
    said = json.dumps(row.switch and [row.switch.of, row.switch.given], sort_keys=True)
    return f"M{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def moved(effect: Effect, without: str) -> Verdict:
    """Whether an effect is what a claim expects of it.

    Examples:
        >>> up = Effect(0.2, 0.3, 0.1, 0.01)
        >>> [str(moved(up, without)) for without in ("raises", "lowers", "nothing")]
        ['as said', 'opposite', 'opposite']
        >>> str(moved(Effect(0.2, 0.2, 0.0, 0.01), "nothing"))
        'as said'
    """
    if without == "nothing":
        return Verdict.OPPOSITE if effect.detectable else Verdict.AS_SAID
    if not effect.detectable:
        return Verdict.NONE
    return Verdict.AS_SAID if (effect.difference > 0) == (without == "raises") else Verdict.OPPOSITE
