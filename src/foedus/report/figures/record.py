"""How long wars, truces and alliances last by the record: the curves that charts have beside runs.

`python -m foedus.report.figures.record` makes the shipped file anew from the record.
"""

import json
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

NAME = "record.json"
DAYS = (1, 3, 7, 14, 30, 60, 90, 180, 365, 730, 1460)
"""Days at which the curves of wars and truces are known."""
YEARS = tuple(k / 2 for k in range(21))
"""Years at which those of alliances are known."""


class Curve(NamedTuple):
    """How long something lasts by the record.

    Attributes:
        label: What it is of, with numbers and years.
        n: Cases.
        lasted: Share that lasts longer, at each of `DAYS`, or of `YEARS`.
    """

    label: str
    n: int
    lasted: tuple[float, ...]


@cache
def _stored() -> dict[str, Any]:
    return json.loads(files("foedus.report.figures").joinpath(NAME).read_text("utf-8"))


def curves(of: str) -> tuple[Curve, ...]:
    """Curves of "wars", "truces" or "alliances".

    Examples:
        >>> [curve.n for curve in curves("wars")]
        [37, 94]
    """
    told = _stored()[of]["curves"]
    return tuple(Curve(one["label"], one["n"], tuple(one["lasted"])) for one in told)


def source(of: str, start: date) -> str:
    """Where the curves of "wars", "truces" or "alliances" are from, and if of later years too."""
    told = _stored()[of]
    later = start.year <= told["last"]
    return told["source"] + (" Years after the start are in it, too." if later else "")


def make(folder: Path) -> dict[str, Any]:
    """The content of the file.

    Args:
        folder: Of the record.
    """
    from foedus.record.lasting import pacts, truces
    from foedus.record.wars import wars

    fought, stopped, bound = wars(folder), truces(folder), pacts(folder)
    fought = fought.assign(days=fought.span, ended=True)
    many, years = bound.members > 2, [365.25 * k for k in YEARS]
    return {
        "wars": {
            "source": "Correlates of War, Inter-State War Data v4.0; Sarkees and Wayman (2010), "
            "our counts; first entry to last exit, truces included.",
            "last": 2003,
            "curves": _eras("wars between states", fought),
        },
        "truces": {
            "source": "Inter-State War Data v4.0, directed dyadic wars (Maoz and coauthors 2019), "
            "disputes of Gibler, Miller and Little v2.2.1 to 2010; Kaplan-Meier, our counts.",
            "last": 2010,
            "curves": _eras("ends of fighting", stopped),
        },
        "alliances": {
            "source": "ATOP v5.1 (Leeds and coauthors 2002) to 2018; pacts of defence in force on "
            "the first day of 1950, 1960, ... 2010, each followed for ten years; Kaplan-Meier, our "
            "counts.",
            "last": 2018,
            "curves": [
                _curve("{n} pacts of two", bound[~many], years),
                _curve("{n} pacts of three or more", bound[many], years),
            ],
        },
    }  # fmt: skip


def _eras(what: str, rows: Any) -> list[dict[str, Any]]:
    """The curve since 1946, and that of all years."""
    return [
        _curve(f"{{n}} {what} since 1946", rows[rows.year >= 1946], DAYS),
        _curve(f"{{n}} {what}, 1823-2003", rows, DAYS),
    ]


def _curve(label: str, rows: Any, at: Any) -> dict[str, Any]:
    """One curve; `rows` have `days` and `ended`."""
    import numpy as np

    from foedus.record.lasting import survival

    days, ended = rows.days.to_numpy("int64"), rows.ended.to_numpy(bool)
    shares = survival(days, ended, np.array(at)).round(4).tolist()
    return {"label": f"record: {label.format(n=len(rows))}", "n": len(rows), "lasted": shares}


if __name__ == "__main__":
    from foedus.record.folder import find

    text = json.dumps(make(find()), indent=1)
    Path(str(files("foedus.report.figures"))).joinpath(NAME).write_text(text + "\n", "utf-8")
