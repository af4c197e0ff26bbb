"""Who was bound by which treaty, from when to when, how it ended; who left, and who came in.

Treaties are those of ATOP 5.1 (Leeds, Ritter, Mitchell and Long 2002), which ends on 31 December
2018: whoever was bound on that day is right-censored. A year's row says how things stood on its
last day, and whether the member left in the year after.

ATOP's codes of ends were read from cases, not from its codebook. Mode: 1 a term that ran out, 2 a
new treaty or phase in place of the old, 3 broken off or left, 4 a member that lost its
independence, 5 a purpose fulfilled, 6 defeat. A member leaves by its own act where the mode is 3,
or 1 with cause 4 (a term that it did not renew); where more than half go at once, they dissolve
the treaty, whoever stays.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from foedus.record.opportunities import FORCE, WAR, disputes, hostility
from foedus.record.read import read

if TYPE_CHECKING:
    Table = Any
else:
    Table = pd.DataFrame
"""A table; to type checkers anything, as pandas' annotations do not tell a row from a column."""

LAST = 2018
"""Year at whose end ATOP stops."""
KINDS = ("defense", "offense", "neutral", "nonagg", "consul")
"""Promises, by ATOP's names."""
CONDITIONS = {
    "place": "defcoloc",
    "adversary": "defcoadv",
    "conflict": "defcocon",
    "number": "defconum",
    "demand": "defcodem",
    "unprovoked": "defconpr",
}
"""What a promise of defence may hang on, and ATOP's names."""
RAN_OUT, RENEWED, BROKEN, SUCCEEDED = 1, 2, 3, 4  # modes
NOT_RENEWED = 4  # a cause
RECALL = 5
"""Years for which a war fought unaided counts."""
TOLD = 2010
"""Last year of disputes that is read: later ones are kept closed."""
BLOODY = 2  # class of fatality: more than 25 dead
SIDE_B = 2  # of a dispute: not the side of the first act
NEIGHBOURS = 5  # class of contiguity: land, or at most 400 miles of water
NEWS = 2  # years for which a new pact counts as new
DEMOCRACY = 0.5  # V-Dem polyarchy above which a state counts as a democracy

_SPELL = ["atopid", "member", "spell"]


def load(folder: Path, name: str) -> Table:
    """One table of the record (`record.read`)."""
    return read(folder, name)


def memberships(folder: Path) -> Table:
    """One row per treaty, member and spell of membership.

    Args:
        folder: Of the record.

    Returns:
        What `spells` returns, and of the treaty: `members` (states that ever were) and `left`,
        that the member went by its own act while the treaty went on.
    """
    found = spells(load(folder, "atop51_member"))
    found["members"] = found.groupby("atopid").member.transform("nunique")
    found["left"] = found.own_act & _goes_on(found)
    return found


def _goes_on(found: Table) -> pd.Series:
    """Whether the treaty goes on after a member's exit: most of it, and past that year."""
    until = found.exit.fillna(np.inf)
    last = until.groupby(found.atopid).transform("max")
    goes = found.own_act.groupby([found.atopid, until]).transform("sum")
    when = found.loc[found.own_act, ["atopid", "exit"]].drop_duplicates()
    pairs = when.merge(found, on="atopid", suffixes=("", "_of"))
    there = (pairs.entry < pairs.exit) & ~(pairs.exit_of < pairs.exit)
    bound = there.groupby([pairs.atopid, pairs.exit]).sum()
    bound = bound.reindex(pd.MultiIndex.from_arrays([found.atopid, until])).to_numpy()
    return (until < last) & (goes <= bound / 2)


def spells(phases: Table) -> Table:
    """Phases of a renegotiated treaty put together; a member that left and came back has two rows.

    Args:
        phases: ATOP's table of members, a row per phase.

    Returns:
        atopid, member, spell (1, 2, ..), `entry` and `exit` (years; no exit where still bound at
        the end of 2018), entry_date and exit_date where the day is known, `mode` and `cause` of
        the end, `own_act`, bilateral, wartime, the promises of `KINDS` and the conditions on
        defence of `CONDITIONS` (1 if in any phase), asymmetric (its obligations differ), base,
        milaid and organisation (any; missing where ATOP has none).

    Examples:
        Members renegotiate in 1951; one leaves in 1960 and comes back in 1970:

        >>> columns = ["atopid", "member", "phase", "yrent", "yrexit", "termmode", "termcaus"]
        >>> rows = [[1, 2, 1, 1949, 1951, 2, 1], [1, 2, 2, 1951, 0, 0, 0],
        ...         [1, 3, 1, 1949, 1960, 3, 4], [1, 3, 1, 1970, 0, 0, 0]]
        >>> told = spells(pd.DataFrame(rows, columns=columns))
        >>> told[["member", "spell", "entry", "exit", "own_act"]].values.tolist()
        [[2, 1, 1949.0, nan, False], [3, 1, 1949.0, 1960.0, True], [3, 2, 1970.0, nan, False]]
    """
    p = phases.sort_values(["atopid", "member", "yrent", "phase"], kind="stable")
    p = p.assign(entry=p.yrent.astype(float), exit=p.yrexit.where(p.yrexit > 0).astype(float))
    p = p.assign(spell=_number(p))
    first, last = p.groupby(_SPELL).first(), p.groupby(_SPELL).last()
    ends = p.exit.fillna(np.inf).groupby([p[c] for c in _SPELL]).max()
    found = pd.DataFrame({"entry": first.entry, "exit": ends.where(np.isfinite(ends))})
    over = found.exit.notna()
    found["mode"] = last.termmode.astype(float).where(over)
    found["cause"] = last.termcaus.astype(float).where(over)
    not_renewed = (found["mode"] == RAN_OUT) & (found.cause == NOT_RENEWED)
    found["own_act"] = (found["mode"] == BROKEN) | not_renewed
    for name, day in (("entry_date", first), ("exit_date", last)):
        if name in p:
            found[name] = day[name].where(over | (name == "entry_date"), None)
    flags = {k: k for k in KINDS} | CONDITIONS
    flags |= {"wartime": "wartime", "asymmetric": "asymm"}
    flags |= {"base": "base", "milaid": "milaid", "organisation": "intcom"}
    known = {ours: theirs for ours, theirs in flags.items() if theirs in p}
    most = p[[*_SPELL, *known.values()]].astype(float).groupby(_SPELL).max()
    most = most.clip(upper=1).rename(columns={theirs: ours for ours, theirs in known.items()})
    if "bilat" in p:
        most["bilateral"] = p.bilat.astype(float).groupby([p[c] for c in _SPELL]).min()
    return found.join(most).reset_index()


def _number(p: Table) -> pd.Series:
    """Number of the spell that each phase belongs to, phases in order."""
    by = [p.atopid, p.member]
    before = p.groupby(["atopid", "member"])
    until = p.exit.fillna(np.inf).groupby(by).cummax().groupby(by).shift()
    goes_on = before.termmode.shift().isin([RENEWED, SUCCEEDED])
    breaks = until.notna() & (p.entry > until + goes_on)
    return 1 + breaks.groupby(by).cumsum().astype("int64")


def member_years(folder: Path) -> Table:
    """One row per membership and year in force on its last day, with what may make a member leave.

    Leeds and Savun (2007) tell why alliances are broken; the names of their reasons are ours.

    Args:
        folder: Of the record.

    Returns:
        atopid, member, spell, year (to 2017); outcomes `leaves` (left in the year after, the
        treaty goes on), `breaks` (ended it by its own act, whether or not it goes on), `ends`
        (for any reason), `exit` and `left` of the spell; age (years), members (on that day),
        `leader` (is the strongest of them), and against the strongest other member of the year
        of entry: `power` (absolute log ratio of capabilities), `power_change` and `regime_change`
        (absolute, since entry), both_democratic; new_pact (entered another treaty, with an
        outsider, in this year or the last), unaided (see `unaided`), milinst (peacetime military
        institutions, 0 to 2), and the fixed columns of `memberships`. Missing is missing.
    """
    bound = memberships(folder)
    rows = _years(bound)
    rows["members"] = rows.groupby(["atopid", "year"]).member.transform("nunique")
    rows = _against_partner(rows, load(folder, "cow_nmc"), load(folder, "democracy_cow"))
    rows["new_pact"] = _flag(rows, _new_pacts(bound))
    rows["unaided"] = _flag(rows, unaided(folder, rows))
    military = load(folder, "atop51_institution").groupby("atopid").milinst.max()
    rows["milinst"] = military.astype(float).reindex(rows.atopid).to_numpy()
    return rows


def _years(bound: Table) -> Table:
    until = bound.exit.fillna(LAST + 1).clip(upper=LAST)
    length = (until - bound.entry).clip(lower=0).astype("int64")
    rows = bound.loc[bound.index.repeat(length)].reset_index(drop=True)
    rows["age"] = rows.groupby(_SPELL).cumcount()
    rows["year"] = (rows.entry + rows.age).astype("int64")
    rows["ends"] = rows.exit == rows.year + 1
    rows["breaks"], rows["leaves"] = rows.ends & rows.own_act, rows.ends & rows.left
    return rows


def _look_up(table: Table, value: str, state: pd.Series, year: pd.Series) -> np.ndarray:
    known = table[["ccode", "year", value]].dropna().astype({"ccode": "int64", "year": "int64"})
    known = known.drop_duplicates(["ccode", "year"]).set_index(["ccode", "year"])[value]
    asked = pd.MultiIndex.from_arrays([state.to_numpy(float), year.to_numpy(float)])
    return known.astype(float).reindex(asked).to_numpy()


def _against_partner(rows: Table, nmc: Table, regimes: Table) -> Table:
    """Add what compares a member with the strongest other member of the year it came in."""
    rows = rows.assign(cinc=_look_up(nmc, "cinc", rows.member, rows.year))
    most = rows.groupby(["atopid", "year"]).cinc.transform("max")
    rows["leader"] = (rows.cinc == most) & rows.cinc.notna()
    partner = _strongest_other(rows)
    rows = rows.merge(partner, "left", on=_SPELL, validate="m:1")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(rows.cinc / _look_up(nmc, "cinc", rows.partner, rows.year))
    ratio = ratio.where(np.isfinite(ratio))
    rows["power"] = ratio.abs()
    rows["power_change"] = (ratio - _at_entry(rows, ratio)).abs()
    own = pd.Series(_look_up(regimes, "v2x_polyarchy", rows.member, rows.year), rows.index)
    other = _look_up(regimes, "v2x_polyarchy", rows.partner, rows.year)
    rows["regime_change"] = (own - _at_entry(rows, own)).abs()
    both = (own > DEMOCRACY) & (other > DEMOCRACY)
    rows["both_democratic"] = both.astype(float).where(own.notna() & ~np.isnan(other))
    return rows


def _at_entry(rows: Table, values: Table) -> Table:
    """What they were on the last day of the year of entry."""
    return values.where(rows.age == 0).groupby([rows[c] for c in _SPELL]).transform("first")


def _strongest_other(rows: Table) -> Table:
    """Of each spell, the strongest other member on the last day of its first year."""
    first = rows[rows.age == 0][[*_SPELL, "year"]]
    others = rows[["atopid", "member", "year", "cinc"]].dropna(subset="cinc")
    pairs = first.merge(others.rename(columns={"member": "partner"}), on=["atopid", "year"])
    pairs = pairs[pairs.partner != pairs.member].sort_values(["cinc", "partner"])
    return pairs.groupby(_SPELL, as_index=False).last()[[*_SPELL, "partner"]]


def _flag(rows: Table, events: Table) -> np.ndarray:
    """Whether each row stands among the events (atopid, member, year)."""
    keys = ["atopid", "member", "year"]
    asked, known = (pd.MultiIndex.from_frame(t[keys].astype("int64")) for t in (rows, events))
    return asked.isin(known).astype(float)


def _new_pacts(bound: Table) -> Table:
    """Years in which a member had just entered another treaty with a state outside the first."""
    inside = bound.groupby("atopid").member.agg(frozenset)
    own = bound[["atopid", "member", "entry"]]
    pairs = own.merge(own, on="member", suffixes=("", "_other"))
    pairs = pairs[(pairs.atopid != pairs.atopid_other) & (pairs.entry_other > pairs.entry)]
    both = pairs[["atopid", "atopid_other"]].drop_duplicates()
    sides = zip(inside[both.atopid_other], inside[both.atopid], strict=True)
    outside = both[np.array([bool(theirs - ours) for theirs, ours in sides], bool)]
    pairs = pairs.merge(outside, on=["atopid", "atopid_other"])
    return _spread(pairs.assign(year=pairs.entry_other.astype("int64")), NEWS)


def _spread(events: Table, years: int) -> Table:
    """The events again in each of the years after, `years` in all."""
    again = [events.assign(year=events.year + k) for k in range(years)]
    return pd.concat(again)[["atopid", "member", "year"]].drop_duplicates()


def unaided(folder: Path, rows: Table) -> Table:
    """Members that had to fight without the treaty's strongest member, for `RECALL` years.

    They were original targets (side B) of a dispute with more than 25 dead, or of a war, in which
    no other member, or just not the strongest, used force on their side. Disputes are those of
    Gibler, Miller and Little to 2010; those of Armenia and Azerbaijan that reach past 1993 are
    left out.

    Args:
        folder: Of the record.
        rows: atopid, member, year, `leader`: who was bound at the end of each year.

    Returns:
        atopid, member, year.
    """
    return _spread(left_alone(folder, rows).query("~aided"), RECALL)


def left_alone(folder: Path, rows: Table) -> Table:
    """One row per bloody dispute and membership of an original target, bound a year before.

    Args:
        folder: Of the record.
        rows: As in `unaided`.

    Returns:
        dispnum, atopid, member, year (of the onset), `helped` (some other member used force on
        its side), `aided` (the strongest did, or it is the strongest itself).
    """
    found, listed = disputes(folder, last=TOLD), load(folder, "gml_mid_disps")
    dead = listed.set_index("dispnum").fatality.reindex(found.dispute.index) >= BLOODY
    bloody = found.dispute[dead.fillna(False) | (found.dispute.hostlev == WAR)]
    bloody = bloody[~bloody.held_back]
    part = pd.concat([found.originator, found.joiner])
    part = part[part.dispnum.isin(bloody.index) & (part.side == SIDE_B)]
    target = found.originator.merge(part[["dispnum", "ccode"]], on=["dispnum", "ccode"])
    target = target.rename(columns={"ccode": "member"})[["dispnum", "member"]]
    target["year"] = bloody.styear.reindex(target.dispnum).to_numpy()
    known = rows[["atopid", "member", "year", "leader"]].drop_duplicates([*_SPELL[:2], "year"])
    known = known.assign(year=known.year + 1)
    event = target.merge(known, on=["member", "year"])
    fights = part[hostility(part.act) >= FORCE][["dispnum", "ccode"]]
    other = known.rename(columns={"member": "ccode", "leader": "strongest"})
    beside = event.merge(other, on=["atopid", "year"]).query("ccode != member")
    beside = beside.merge(fights, on=["dispnum", "ccode"])
    keys = ["dispnum", "atopid", "member"]
    came = beside.groupby(keys).strongest.max().rename("aided").reset_index()
    event = event.merge(came, "left", on=keys)
    event["helped"] = event.aided.notna()
    event["aided"] = event.aided.eq(True) | event.leader
    return event[[*keys, "year", "helped", "aided"]]


def candidate_years(folder: Path, rows: Table) -> Table:
    """States that might have come in: neighbours of a member of a treaty in force.

    Args:
        folder: Of the record.
        rows: atopid, member, year: who was bound at the end of each year.

    Returns:
        atopid, state, year, and `joins`: it came in in the year after. Contiguity ends in 2016.
    """
    spell = load(folder, "cow_contdir")
    spell = spell[spell.conttype <= NEIGHBOURS]
    begin, end = (pd.to_datetime(spell[c]).dt.year for c in ("stdate", "enddate"))
    pair = spell[["ccode1", "ccode2"]].astype("int64").assign(begin=begin, length=end - begin + 1)
    pair = pair.loc[pair.index.repeat(pair.length)].reset_index()
    pair["year"] = pair.begin + pair.groupby("index").cumcount()
    pair = pair.rename(columns={"ccode1": "member", "ccode2": "state"})
    inside = rows[["atopid", "member", "year"]].drop_duplicates()
    found = inside.merge(pair[["member", "state", "year"]], on=["member", "year"])
    found = found[["atopid", "state", "year"]].drop_duplicates()
    now, then = (
        pd.MultiIndex.from_arrays([found.atopid, found.state, found.year + k]) for k in (0, 1)
    )
    bound = pd.MultiIndex.from_frame(inside)
    outside = ~now.isin(bound)
    return found.assign(joins=then.isin(bound))[outside].reset_index(drop=True)
