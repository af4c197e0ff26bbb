"""How the two sides of a dispute stood to each other on its first day."""

from pathlib import Path

import numpy as np
import pandas as pd

from foedus.record import calls
from foedus.record.closeness import closeness
from foedus.record.opportunities import FORCE, WAR, Source, disputes

KNOWN = (
    "rival", "contiguous", "alongside", "against", "strongest", "gap", "major", "defense",
    "nonagg", "originators", "half_centuries", "democracy", "organisations",
)  # fmt: skip
"""Covariates of `onsets`, in order."""


def onsets(
    folder: Path,
    first: int = 1816,
    last: int = 2010,
    *,
    source: Source = "gml",
    open_closed: bool = False,
) -> pd.DataFrame:
    """One row per dispute: what was known at its onset, and how far its originators went.

    Returns:
        Indexed by `dispnum`: the columns of `KNOWN` (of any pair of originators from both sides;
        `strongest` is the log of the largest CINC and `gap` the largest log ratio; what is not
        known of a pair is the mean of all), `year`, `held_back`, and `level`: 0 display or less,
        1 force, 2 war.
    """
    found = disputes(folder, first, last, source=source, open_closed=open_closed)
    past = disputes(folder, last=last, source=source, open_closed=open_closed)
    side = {n: found.originator[found.originator.side == n] for n in (1, 2)}
    columns = ["dispnum", "ccode"]
    pairs = side[1][columns].merge(side[2][columns].rename(columns={"ccode": "o"}), on="dispnum")
    pairs = pairs.join(found.dispute[["styear", "month"]], on="dispnum")
    pairs = pairs.rename(columns={"styear": "year"})
    own, other = (calls.capability(folder, pairs[c], pairs.year) for c in ("ccode", "o"))
    alongside, against = calls.fought(past, pairs)
    parts = closeness(folder, pairs)
    table = pd.DataFrame({
        "rival": calls.rival(folder, pairs),
        "contiguous": calls.contiguous(folder, pairs),
        "alongside": np.log1p(alongside),
        "against": np.log1p(against),
        "strongest": np.log(np.maximum(own, other)),
        "gap": np.abs(np.log(own / other)),
        "major": calls.major(folder, pairs) | calls.major(folder, pairs.assign(ccode=pairs.o)),
        **{kind: calls.pledges(folder, pairs, 0)[kind] for kind in ("defense", "nonagg")},
        **{name: parts[name] for name in ("democracy", "organisations")},
    })  # fmt: skip
    table = table.astype(float).groupby(pairs.dispnum.to_numpy()).max()
    table = table.reindex(found.dispute.index)
    table["originators"] = found.originator.groupby("dispnum").size() - 2.0
    table["half_centuries"] = (found.dispute.styear - 1945) / 50
    table = table[list(KNOWN)]
    table = table.fillna(table.mean())
    level = (found.dispute.host >= FORCE).astype(int) + (found.dispute.host >= WAR)
    more = {"year": found.dispute.styear, "held_back": found.dispute.held_back, "level": level}
    return table.assign(**more)
