"""What states are, by year: codes of the other list, capabilities, rank, regime."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from foedus.record import frames
from foedus.record.folder import RecordError
from foedus.record.read import read

_CAPABILITIES = ("milex", "milper", "irst", "pec", "tpop", "upop", "cinc")


def add_codes(
    frame: pd.DataFrame, record: Path, system: Literal["cow", "gw"] = "cow"
) -> pd.DataFrame:
    """Add the numbers of the other list of states; empty where that list has no such state.

    Where two states of one list follow each other in a year (Germany and Yemen in 1990), the one
    of 1 January counts.

    Args:
        frame: Has `gwcode` or `gwcode1` and `gwcode2` (or, for "gw", `ccode` and so on), and
            `year`.
        record: Folder with the tables.
        system: List whose numbers are added.

    Returns:
        The frame with `ccode` or `ccode1` and `ccode2` (`gwcode`, ...).

    Raises:
        RecordError: The frame has no codes to start from.
    """
    have, want = ("gwcode", "ccode") if system == "cow" else ("ccode", "gwcode")
    table = read(record, "state_codes_cow_gw").dropna(subset=[have, want])
    # Rows that the crosswalk takes over from its own list come first.
    table = table.sort_values("gw_name", na_position="last", kind="stable")
    table = table.drop_duplicates([have, "year"])[[have, want, "year"]]
    new = {
        f"{want}{sight.suffix}": frames.look_up(frame, sight.states, table, [want])[want]
        for sight in frames.states_of(frame, "gw" if system == "cow" else "cow")
    }
    return frames.noted(frame.assign(**new), frame, ["state_codes_cow_gw"])


def add_capabilities(
    frame: pd.DataFrame,
    record: Path,
    columns: Sequence[str] = _CAPABILITIES,
    lag: int = 0,
) -> pd.DataFrame:
    """Add National Material Capabilities: military spending and personnel, ..., CINC.

    Args:
        frame: State-years or dyad-years with COW codes.
        record: Folder with the tables.
        columns: Which of milex (thousands of pounds to 1913, of current US dollars after),
            milper (thousands), irst (thousands of tons), pec (thousands of coal-ton
            equivalents), tpop and upop (thousands), cinc (share of the system, 0 to 1).
        lag: Years to look back: a war raises a state's capabilities in its own year.

    Returns:
        The frame with those columns; in dyads `cinc1`, `cinc2` and so on.

    Raises:
        RecordError: A column that the table does not have.
    """
    table = read(record, "cow_nmc")
    return _states(frame, table, "cow_nmc", columns, lag)


def add_regime(
    frame: pd.DataFrame,
    record: Path,
    columns: Sequence[str] = ("polity2", "v2x_polyarchy"),
    lag: int = 0,
) -> pd.DataFrame:
    """Add regime: Polity2 (-10 to 10) and V-Dem polyarchy (0 to 1).

    Args:
        frame: State-years or dyad-years with COW codes.
        record: Folder with the tables.
        columns: Which of polity2, v2x_polyarchy, euds, aeuds.
        lag: Years to look back.

    Returns:
        The frame with those columns; in dyads `polity21`, `polity22` and so on.

    Raises:
        RecordError: A column that the table does not have.
    """
    return _states(frame, read(record, "democracy_cow"), "democracy_cow", columns, lag)


def add_majors(frame: pd.DataFrame, record: Path) -> pd.DataFrame:
    """Add `major` (`major1`, `major2`): 1 for a major power on any day of the year, else 0.

    Args:
        frame: State-years or dyad-years with COW codes.
        record: Folder with the tables.
    """
    spells = read(record, "cow_majors")
    years = frames.spell_years(spells, "styear", "endyear", 1816, 2016)
    table = years[["ccode", "year"]].drop_duplicates().assign(major=1)
    inside = frames.covered(frame, "cow_majors")
    new = {}
    for sight in frames.states_of(frame):
        found = frames.look_up(frame, sight.states, table, ["major"])["major"]
        known = inside & frame[sight.states[0]].notna().to_numpy()
        new[f"major{sight.suffix}"] = frames.flags(found, known)
    return frames.noted(frame.assign(**new), frame, ["cow_majors"])


def _states(
    frame: pd.DataFrame, table: pd.DataFrame, name: str, columns: Sequence[str], lag: int
) -> pd.DataFrame:
    """Columns of a table of state-years, for each state of a row."""
    for column in columns:
        if column not in table:
            there = ", ".join(table.columns[2:])
            raise RecordError(f"{name}: expected one of {there}; got {column!r}")
    new: dict[str, pd.Series] = {}
    table = table[["ccode", "year", *columns]]
    for sight in frames.states_of(frame):
        found = frames.look_up(frame, sight.states, table, columns, lag)
        new |= {f"{column}{sight.suffix}": values for column, values in found.items()}
    return frames.noted(frame.assign(**new), frame, [name])
