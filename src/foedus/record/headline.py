"""The numbers that everybody quotes, computed from the tables, each beside its definition."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from foedus.core.kinds import Era
from foedus.record import calls, catalogue
from foedus.record.opportunities import FORCE, WAR
from foedus.record.read import read

_ERAS = {
    Era.CONCERT: "1816-1913",
    Era.WORLD_WARS: "1914-45",
    Era.COLD_WAR: "1946-90",
    Era.RECENT: "1991-",
}
_KINDS = {
    "defense": ("defence", 0.41),
    "offense": ("offence", 0.74),
    "neutral": ("neutrality", 0.78),
    "nonagg": ("non-aggression", 0.37),
}
_HONOR, _WARS, _POWER = "honor_berkemeier_fuhrmann", "cow_war_inter_participants", "cow_nmc"
_DAY = pd.Timedelta(days=1)


class Headline(NamedTuple):
    """One number.

    Attributes:
        name: Short name.
        definition: What was counted, over what.
        value: The number; a share, days, or a slope.
        n: How many cases it rests on.
        source: Data sets, with versions.
        published: The same number as its authors print it; None where they do not.
        error: Standard error; None for a plain count.
    """

    name: str
    definition: str
    value: float
    n: int
    source: str
    published: float | None = None
    error: float | None = None


def headlines(
    record: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[Headline, ...]:
    """All of them.

    Args:
        record: Folder with the tables.
        progress: Told how many kinds of how many are counted.

    Raises:
        RecordError: A table cannot be read.
    """
    wars = all_wars(record)
    of_wars = (kind(wars) for kind in (war_outcomes, war_lengths, contest))
    kinds = [fulfilment(record), joining(record), *of_wars]
    found: list[Headline] = []
    for done, kind in enumerate(kinds, 1):
        found += kind
        progress(done, len(kinds))
    return tuple(found)


def fulfilment(record: Path) -> Iterator[Headline]:
    """How often alliances were honoured in wars that invoked them.

    Berkemeier & Fuhrmann 2018, in the coding by the rules of Leeds, Long & Mitchell. A row is an
    alliance in a war; one that nobody's conduct put to the test counts neither way.
    """
    table = read(record, _HONOR)
    flags = table[["honorllm", "violatellm", *_KINDS]].fillna(0).astype(bool)
    tested = flags["honorllm"] | flags["violatellm"]
    rule = "alliances honoured, of those that a war invoked and that were honoured or violated"
    cuts = {
        "fulfilment": (tested, "wars 1816-2003", 0.50),
        "fulfilment, to 1945": (tested & (table["sample"] == 1), "wars 1816-1944", 0.66),
        "fulfilment, after 1945": (tested & (table["sample"] == 0), "wars 1945-2003", 0.22),
    }
    for column, (kind, printed) in _KINDS.items():
        cuts[f"fulfilment, {kind}"] = (tested & flags[column], "those that promise this", printed)
    for name, (rows, which, printed) in cuts.items():
        hits = flags.loc[rows.to_numpy(dtype=bool), "honorllm"]
        yield _share(name, f"{rule}; {which}", hits, (_HONOR,), printed)


def joining(record: Path) -> Iterator[Headline]:
    """How often a state with a defence pact joined in a dispute, by era.

    A row is a state in the system when the dispute began, no originator, with an ATOP defence
    pact with originators of exactly one side; it joins if it becomes a participant on that side.
    Conditions of the pact are not read and large pacts count with every member, so this is not
    comparable with fulfilment.
    """
    table = calls.table(record, wide=False)
    bound = table[table["defense_a"] ^ table["defense_b"]]
    side = np.where(bound["defense_a"], 1, 2)
    bound = bound.assign(side=side, came=bound["joined"] == side, era=bound["styear"].map(Era.of))
    sources = ("gml_part", "atop_alliance")
    levels = {"force": (FORCE, "disputes with force or war"), "war": (WAR, "disputes with war")}
    for level, (least, where) in levels.items():
        rows = bound[bound["host"] >= least]
        rule = f"states with a defence pact to one side only that joined it; {where}"
        yield _share(f"joining, {level}", rule, rows["came"], sources)
        for era, years in _ERAS.items():
            came = rows.loc[rows["era"] == era, "came"]
            yield _share(f"joining, {level}, {years}", rule, came, sources)
        sides = rows.groupby(["dispnum", "side"])["came"].any()
        rule = f"sides with such states that one of them joined; {where}"
        yield _share(f"somebody came, {level}", rule, sides, sources)


def all_wars(record: Path) -> pd.DataFrame:
    """All inter-state wars of COW by number: year, days, outcome for the initiators, log ratio.

    These are the 95 wars that others count too. `wars.wars` is for fits: it leaves one out.
    """
    people = read(record, _WARS)
    for column in ("start_date", "end_date", "start_date2", "end_date2"):
        people[column] = pd.to_datetime(people[column])
    power = read(record, _POWER)[["ccode", "year", "cinc"]]
    people["year"] = people["warnum"].map(people.groupby("warnum")["start_date"].min().dt.year)
    people = people.merge(power, "left", on=["ccode", "year"], validate="m:1")
    rows = {number: _war(rows) for number, rows in people.groupby("warnum")}
    return pd.DataFrame.from_dict(rows, orient="index")


def war_outcomes(wars: pd.DataFrame) -> Iterator[Headline]:
    """How inter-state wars ended for the side that began them."""
    rules = {
        "won": "inter-state wars that the initiating side won",
        "lost": "inter-state wars that the initiating side lost",
        "other": "inter-state wars that ended in stalemate, compromise or another war",
    }
    for outcome, rule in rules.items():
        for when, part in _spans(wars):
            name = f"initiator, {outcome}{when}"
            yield _share(name, rule, part["outcome"] == outcome, (_WARS,))


def war_lengths(wars: pd.DataFrame) -> Iterator[Headline]:
    """How long inter-state wars last: quantiles of days, truces taken out."""
    rule = "days from anybody's first day of fighting to anybody's last, truces taken out; quantile"
    for when, part in _spans(wars):
        for level in (0.1, 0.25, 0.5, 0.75, 0.9):
            value = float(np.quantile(part["days"], level))
            yield Headline(f"war days, {level:.0%}{when}", rule, value, len(part), _told(_WARS))


def contest(wars: pd.DataFrame) -> Iterator[Headline]:
    """How much capabilities tell about who wins: slope of a logit.

    The wars are all of COW's, so that the number can be compared; a fit leaves out war 216.
    """
    rule = (
        "slope of the logit of the initiating side's victory on the log ratio of its CINC to the "
        "other side's, over all states that fought on a side, in the war's first year; decided wars"
    )
    known = wars[(wars["outcome"] != "other") & wars["log_ratio"].notna()]
    cuts = {"contest slope": known, "contest slope, to 1992": known[known["year"] < 1993]}
    for name, part in cuts.items():
        won = (part["outcome"] == "won").to_numpy(dtype=float)
        slope, error = logit(part["log_ratio"].to_numpy(dtype=float), won)
        yield Headline(name, rule, slope, len(part), _told(_WARS, _POWER), error=error)


def logit(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and standard error of a logit of `y` on a constant and `x`, by Newton's method.

    Args:
        x: Covariate.
        y: 1 or 0.

    Examples:
        >>> slope, error = logit(np.array([0.0, 0, 0, 1, 1, 1]), np.array([0.0, 0, 1, 0, 1, 1]))
        >>> round(slope, 4), round(error, 4)
        (1.3863, 1.7321)
    """
    design = np.stack([np.ones_like(x), x], axis=1)
    beta = np.zeros(2)
    information = np.eye(2)
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ beta))
        information = (design * (p * (1 - p))[:, None]).T @ design
        step = np.linalg.solve(information, design.T @ (y - p))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return float(beta[1]), float(np.sqrt(np.linalg.inv(information)[1, 1]))


def _share(
    name: str,
    definition: str,
    hits: pd.Series,
    sources: tuple[str, ...],
    published: float | None = None,
) -> Headline:
    """A share of cases."""
    value = float(hits.astype(float).mean()) if len(hits) else float("nan")
    return Headline(name, definition, value, len(hits), _told(*sources), published)


def _told(*names: str) -> str:
    """Data sets with versions."""
    return "; ".join(dict.fromkeys(catalogue.describe(name).data for name in names))


def _spans(wars: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """All wars, and those of three eras: to 1913, to 1945, and after."""
    edges = {"1816-1913": (1816, 1913), "1914-45": (1914, 1945), "1946-": (1946, 9999)}
    parts = [(f", {when}", wars[wars["year"].between(*span)]) for when, span in edges.items()]
    return [("", wars), *parts]


def _war(rows: pd.DataFrame) -> dict[str, object]:
    """One war."""
    began = rows[rows["initiator"] == 1].sort_values("start_date", kind="stable")
    side = began["side"].mode().iloc[0]
    code = int(began.loc[began["side"] == side, "outcome"].iloc[0])
    once = rows.drop_duplicates(["ccode", "side"])
    ours, theirs = (
        float(once.loc[mine, "cinc"].sum()) for mine in (once["side"] == side, once["side"] != side)
    )
    return {
        "year": int(rows["year"].iloc[0]),
        "days": _days(rows),
        "outcome": {1: "won", 2: "lost"}.get(code, "other"),
        "log_ratio": np.log(ours / theirs) if ours > 0 and theirs > 0 else np.nan,
    }


def _days(rows: pd.DataFrame) -> int:
    """Days on which anybody fought: spells of the participants put together."""
    spells = pd.concat(
        [
            rows[["start_date", "end_date"]],
            rows[["start_date2", "end_date2"]].set_axis(["start_date", "end_date"], axis=1),
        ]
    ).dropna()
    spells = spells.sort_values("start_date")
    reached = spells["end_date"].cummax().shift()
    apart = reached.isna() | (spells["start_date"] > reached + _DAY)
    starts = np.r_[np.flatnonzero(apart), len(spells)]
    total = pd.Timedelta(0)
    for first, last in pairwise(starts):
        part = spells.iloc[first:last]
        total += part["end_date"].max() - part["start_date"].min() + _DAY
    return total.days
