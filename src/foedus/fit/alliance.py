r"""Who leaves a treaty and who comes in: the record's rates, told in the engine's own law.

Treaties differ: members of treaty t have the level $a_t = a + \tau z_t$ of the standing wish to go,
and of $n_t$ member-years

$$ y_t \sim \mathrm{Binomial}(n_t, h(a_t + u\,1[\text{unaided}])) $$

end in an exit, with h the yearly hazard of the engine's law (`fit.alliance_law`), averaged over
what ATOP does not tell: half-life, exit step, and the share of suspensions that it codes. A draw
of `suspend_intercept` is the level of a treaty not yet seen, $a + \tau z$; so the spread between
treaties is in it. States that might have come in are fitted alike. Beside it stands the usual
hazard model of broken alliances (`fit.alliance_hazard`).
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
import pandas as pd
from scipy.special import logit

from foedus.fit.alliance_hazard import hazard
from foedus.fit.alliance_law import YEARS, Law, five_years, law
from foedus.fit.alliance_prior import ENOUGH, distribution, draw, sample, thin, weak
from foedus.fit.diagnose import convergence, summary
from foedus.fit.fitted import Fitted
from foedus.record.fulfilment import VIOLATED
from foedus.record.treaties import Table

NAMES = ("alliance.suspend_intercept", "alliance.unaided", "alliance.join_intercept")

FIRST = 1946
"""Year from which memberships are fitted: treaties of many members, as in scenarios."""
LEAST = 3  # members of a treaty that one can leave without ending it


class Cells(NamedTuple):
    """Years at risk and events, by treaty (and by whether the member fought unaided).

    Attributes:
        treaty: Place of each cell's treaty in `atopid`, [cell].
        unaided: [cell], bool.
        years: [cell].
        events: [cell].
        atopid: [treaty].
    """

    treaty: np.ndarray
    unaided: np.ndarray
    years: np.ndarray
    events: np.ndarray
    atopid: np.ndarray


class After(NamedTuple):
    """What followed wars in which a pact was judged violated.

    Attributes:
        ended: Of `cases`, in how many a member ended it or left within five years.
        cases: Number.
        weight: Treaties over cases: one treaty's cases are not independent.
        usual: The same share, of all years of such pacts.
    """

    ended: int
    cases: int
    weight: float
    usual: float


def league(years: Table) -> Table:
    """Member-years of multilateral defence pacts since 1946.

    Args:
        years: `record.treaties.member_years`.
    """
    many = (years.bilateral == 0) & (years.members >= LEAST) & (years.defense == 1)
    return years[many & (years.year >= FIRST)]


def leaving(years: Table) -> Table:
    """Member-years that may end in an exit: those of the `league` but for the strongest members.

    Args:
        years: `record.treaties.member_years`.
    """
    rows = league(years)
    return rows[~rows.leader]


def cells(rows: Table, event: str, unaided: np.ndarray | None = None) -> Cells:
    """Count years and events by treaty.

    Args:
        rows: `atopid` and the event, one row a member-year.
        event: Its column.
        unaided: [row], if the member fought unaided.

    Raises:
        ValueError: No rows.

    Examples:
        >>> rows = pd.DataFrame({"atopid": [7, 7, 9], "leaves": [False, True, False]})
        >>> cells(rows, "leaves").events
        array([1, 0])
    """
    if not len(rows):
        raise ValueError("expected years of membership; got none")
    flag = np.zeros(len(rows), bool) if unaided is None else np.asarray(unaided, bool)
    told = pd.DataFrame({
        "atopid": rows.atopid.to_numpy("int64"),
        "unaided": flag,
        "event": rows[event].to_numpy(bool),
    })  # fmt: skip
    count = told.groupby(["atopid", "unaided"]).event.agg(["size", "sum"]).reset_index()
    atopid, treaty = np.unique(count.atopid.to_numpy(), return_inverse=True)
    numbers = (count["size"].to_numpy("int64"), count["sum"].to_numpy("int64"))
    return Cells(treaty, count.unaided.to_numpy(bool), *numbers, atopid)


def after_violations(years: Table, codings: Table) -> After:
    """Multilateral defence pacts judged violated in a war from 1945 on: does a member go?

    Args:
        years: `record.treaties.member_years`.
        codings: `record.fulfilment.codings`; the scheme of Leeds, Long and Mitchell is used.

    Raises:
        ValueError: Memberships over no more than five years.
    """
    told = codings[(codings.scheme == "llm") & ~codings.early & ~codings.held_back]
    told = told[(told.defense == 1) & (told.multilateral == 1)]
    violated = told[told.outcome == VIOLATED]
    many = years[(years.bilateral == 0) & (years.defense == 1) & (years.year >= FIRST - 1)]
    goes = many[many.breaks][["atopid", "exit"]].drop_duplicates()
    pacts = many[many.year <= many.year.max() - YEARS][["atopid", "year"]].drop_duplicates()
    if not len(pacts):
        raise ValueError(f"expected memberships over more than {YEARS} years; got fewer")

    def ended(cases: Table) -> np.ndarray:
        pairs = cases[["atopid", "year"]].reset_index(drop=True).reset_index()
        pairs = pairs.merge(goes, on="atopid")
        soon = pairs.exit.between(pairs.year, pairs.year + YEARS)
        return np.isin(np.arange(len(cases)), pairs["index"][soon])

    cases = max(len(violated), 1)
    weight = violated.atopid.nunique() / cases
    return After(int(ended(violated).sum()), len(violated), weight, float(ended(pacts).mean()))


def model(going: Cells, coming: Cells, after: After, law: Law, table: dict) -> None:
    """NumPyro model of both rates."""
    unaided = draw("unaided", distribution(table, "alliance.unaided"))
    for name, counts, curve in (
        ("suspend_intercept", going, law.going),
        ("join_intercept", coming, law.coming),
    ):
        centre = draw(name, distribution(table, f"alliance.{name}"))
        spread = draw(f"{name}_sd", distribution(table, "alliance.treaty_sd"))
        with numpyro.plate(f"{name}_treaty", len(counts.atopid)):
            treaty = draw(f"{name}_z", dist.Normal(0.0, 1.0))
        level = centre + spread * treaty[counts.treaty] + unaided * counts.unaided
        hazard = jnp.interp(level, law.level, curve)
        likely = dist.Binomial(counts.years, logits=hazard)
        draw(f"{name}_events", likely, obs=counts.events)
    shifted = dist.Binomial(after.cases, logits=logit(after.usual) + unaided)
    numpyro.factor("violated", after.weight * shifted.log_prob(after.ended))


def fit(
    years: Table,
    candidates: Table,
    codings: Table,
    *,
    draws: int = 1000,
    seed: int,
    table: dict | None = None,
    atopid: int | None = None,
) -> Fitted:
    """Levels of the standing wishes to go and to come, from who went and who came.

    `alliance.exit_step`, `hedge_step`, `disappointment`, `exit_cost`, `join_closeness` and
    `join_push` are not among them: no table codes suspensions, hedging, or the trust of members.

    Args:
        years: `record.treaties.member_years`.
        candidates: `record.treaties.candidate_years` of the `league`, its strongest too.
        codings: `record.fulfilment.codings`.
        draws: Wanted of each parameter.
        seed: Of the sampler.
        table: Priors, as `weak()`.
        atopid: Give `suspend_intercept` of this treaty's members instead of a treaty not seen.

    Returns:
        Draws of `NAMES`; diagnostics: convergence, the centres and spreads between treaties, five-
        year probabilities implied, those of single treaties, the hazard model.

    Raises:
        ValueError: `atopid` is no multilateral defence pact since 1946.
    """
    table = weak() if table is None else table
    rows = leaving(years)
    going = cells(rows, "leaves", rows.unaided == 1)
    coming = cells(candidates[candidates.year >= FIRST], "joins")
    after = after_violations(years, codings)
    curves = law(table)
    data = (going, coming, after, curves, table)
    found, diverging = sample(model, *data, draws=max(draws, ENOUGH), seed=seed)
    flat, rng = thin(found, draws), np.random.default_rng(seed)
    new = {
        name: flat[name] + flat[f"{name}_sd"] * rng.standard_normal(draws)
        for name in ("suspend_intercept", "join_intercept")
    }
    if atopid is not None:
        new["suspend_intercept"] = _levels(flat)[:, _place(going, atopid)]
    kept = {"alliance.unaided": flat["unaided"]}
    kept |= {f"alliance.{name}": value for name, value in new.items()}
    diagnostics = convergence(
        {name: a for name, a in found.items() if not name.endswith("_z")}, diverging
    )
    diagnostics |= {
        "centres": summary({k: v for k, v in flat.items() if v.ndim == 1}),
        "five_years": _implied(flat, new, curves),
        "treaties": _by_treaty(flat, going, curves.going, curves.level),
        "violated": after._asdict(),
        "hazard": hazard(years).reset_index().to_dict("records"),
    }
    n = {
        "member_years": int(going.years.sum()),
        "left": int(going.events.sum()),
        "unaided_years": int(going.years[going.unaided].sum()),
        "unaided_left": int(going.events[going.unaided].sum()),
        "treaties": len(going.atopid),
        "candidate_years": int(coming.years.sum()),
        "joined": int(coming.events.sum()),
    }
    return Fitted({name: kept[name] for name in NAMES}, diagnostics, n)


def _implied(flat: dict[str, np.ndarray], new: dict[str, np.ndarray], curves: Law) -> dict:
    """Five-year probabilities in the median treaty and in one not yet seen."""
    told = {}
    for name, curve in (("suspend_intercept", curves.going), ("join_intercept", curves.coming)):
        told[f"{name}: median treaty"] = five_years(flat[name], curve, curves.level)
        told[f"{name}: another treaty"] = five_years(new[name], curve, curves.level)
    alone = new["suspend_intercept"] + flat["unaided"]
    told["suspend_intercept: another treaty, unaided"] = five_years(
        alone, curves.going, curves.level
    )
    return summary(told)


def _levels(flat: dict[str, np.ndarray]) -> np.ndarray:
    """Levels of the wish to go [draw, treaty]."""
    name = "suspend_intercept"
    return flat[name][:, None] + flat[f"{name}_sd"][:, None] * flat[f"{name}_z"]


def _place(counts: Cells, atopid: int) -> int:
    found = np.flatnonzero(counts.atopid == atopid)
    if not len(found):
        known = ", ".join(map(str, counts.atopid))
        raise ValueError(f"expected a multilateral defence pact among {known}; got {atopid}")
    return int(found[0])


def _by_treaty(
    flat: dict[str, np.ndarray], counts: Cells, curve: np.ndarray, levels: np.ndarray
) -> dict[str, dict[str, float]]:
    """Five-year probabilities of the treaties that members left."""
    chance = five_years(_levels(flat), curve, levels)
    left = np.unique(counts.treaty[counts.events > 0])
    return summary({str(counts.atopid[t]): chance[:, t] for t in left})
