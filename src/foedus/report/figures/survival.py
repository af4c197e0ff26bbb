"""How long wars, truces and alliances last in the runs, beside the record's."""

from datetime import timedelta

import numpy as np

from foedus.core.clock import DAYS, MONTH
from foedus.report.figures import look, record
from foedus.report.figures.figure import Figure, Row, listed, rounded
from foedus.report.words import percent
from foedus.scenario.layout import dispute_labels, members_on, treaty_labels
from foedus.scenario.schema import Dispute, Scenario
from foedus.study.pipeline import Study

_DASHES = ([1, 0], [5, 3], [2, 2])


def wars(study: Study, dispute: Dispute) -> Figure | None:
    """Share of wars not over after so many days, beside wars of the record."""
    slot = dispute_labels(study.scenario).index(dispute.id)
    rows = _beside("wars", _survival(study, study.course.lasted[:, slot]))
    source = record.source("wars", study.scenario.start)
    if not rows:
        return None
    return Figure(
        "war-survival", "How long the war lasts, beside wars of the record",
        _says("wars", rows, 30, "Of wars in the runs {} last over 30 days"), rows,
        lambda width: _draw(rows, width),
        f"Runs: until fighting stops for 30 days. Record: {source} Wars there have "
        "a thousand deaths or more, while a run's may have fewer.",
    )  # fmt: skip


def truces(study: Study, dispute: Dispute) -> Figure | None:
    """Share of first truces that still hold after so many days, beside ends of fighting."""
    slot = dispute_labels(study.scenario).index(dispute.id)
    rows = _beside("truces", _survival(study, study.course.held[:, slot]))
    source = record.source("truces", study.scenario.start)
    if not rows:
        return None
    return Figure(
        "truce-survival", "How long the first truce holds, beside ends of fighting in the record",
        _says("truces", rows, 7, "Of first truces {} hold over a week"), rows,
        lambda width: _draw(rows, width),
        "Runs: until fighting begins again, be it for a day. Record: from the last day of a spell "
        "of war between two states that had begun it to their next war, or their next dispute "
        "with force and dead. That is not the same: no table has truces by day, so most of these "
        "wars had ended for good, by a victory too, and a truce that broke within days is a day "
        f"of war there. The record's curve is a ceiling rather than a mark. {source}",
    )  # fmt: skip


def _says(of: str, rows: list[Row], days: int, what: str) -> str:
    """The runs and the newer curve of the record at a number of days, in a sentence."""
    own = next((row["share"] for row in rows if (row["days"], row["of"]) == (days, "runs")), None)
    if own is None:
        return ""
    recent = record.curves(of)[0]
    beside = _share_of(recent, recent.lasted[record.DAYS.index(days)])
    return f"{what.format(percent(own))}; so did {beside}."


def _share_of(curve: record.Curve, share: float) -> str:
    """A share of the cases of a curve, in words."""
    cases = curve.label.removeprefix("record: ")
    return f"all {cases}" if share == 1 else f"{percent(share)} of {cases}"


def _beside(of: str, runs: list[Row]) -> list[Row]:
    """Rows of the runs, and those of the record if there are any of the runs."""
    curves = record.curves(of) if runs else ()
    return runs + [
        {"days": days, "of": curve.label, "share": share}
        for curve in curves
        for days, share in zip(record.DAYS, curve.lasted, strict=True)
    ]


def _survival(study: Study, lengths: np.ndarray) -> list[Row]:
    """Share of the lengths over each number of days; none that the horizon may cut."""
    known = lengths[~np.isnan(lengths)]
    days = (study.scenario.end - study.scenario.start).days // 2
    return [
        {"days": d, "of": "runs", "share": rounded((known > d).mean())}
        for d in record.DAYS
        if len(known) and d <= max(days, 1)
    ]


def _draw(rows: list[Row], width: int) -> look.Spec:
    """Curves over days, on a scale that grows by factors."""
    order = list(dict.fromkeys(row["of"] for row in rows))
    known = dict(zip(order, (look.TARGET, look.RECORD, look.OTHER), strict=False))
    legend = {"columns": 3 if width > 500 else 1, "labelLimit": 320} if len(order) > 1 else None
    ticks = [1, 7, 30, 90, 365, 1460]
    axis = {"title": "days", "values": ticks, "format": ",", "grid": False}
    encoding = {
        "x": look.number("days", [1, 1460], axis, type="log"),
        "y": look.number("share", [0, 1], look.per_cent()),
        "color": look.hues("of", known, legend),
        "strokeDash": look.hues("of", dict(zip(order, _DASHES, strict=False)), legend),
    }
    line = look.mark("line", encoding, point={"size": 45, "filled": True, "opacity": 1})
    return look.view(rows, width - 60, 240 if width > 500 else 200, line)


def alliances(study: Study) -> Figure | None:
    """Share of the runs in which a treaty has kept all members, beside pacts of the record."""
    scenario = study.scenario
    weeks = range(0, study.course.intact.shape[0], MONTH)
    kept = {
        key: study.course.intact[:, t]
        for t, key in enumerate(treaty_labels(scenario))
        if len(members_on(scenario, scenario.treaties[key])) > 1
    }
    rows = [
        {"date": str(scenario.start + timedelta(days=DAYS * week)), "treaty": key,
         "share": rounded(share[week])}
        for key, share in kept.items() for week in weeks
    ]  # fmt: skip
    if not rows:
        return None
    rows += _pacts(scenario)
    _, many = record.curves("alliances")
    least = sorted(kept.items(), key=lambda one: (one[1][-1], one[0]))[:3]
    said = [f"{key} in {percent(share[-1])}" for key, share in least]
    kept_there = _share_of(many, rows[-1]["share"])
    return Figure(
        "alliance-survival", "How long treaties keep all their members, beside pacts of the record",
        f"Share of the runs in which no member has left or suspended its part; by the end: "
        f"{listed(said)}. In as long a time {kept_there} kept theirs.", rows,
        lambda width: _draw_alliances(rows, list(kept), width),
        "Runs: members of the first day; a notice counts once it has run out. Record: until one of "
        "the members breaks a pact off, leaves it or does not renew it, whatever its age on the "
        "first day. It has pacts of defence alone and hardly any suspensions, which the runs "
        f"count, and most of its pacts saw no war. {record.source('alliances', scenario.start)}",
    )  # fmt: skip


def _pacts(scenario: Scenario) -> list[Row]:
    """The record's curves from the start of a scenario to its end."""
    days = [(scenario.end - scenario.start).days, *(round(365.25 * year) for year in record.YEARS)]
    return [
        {
            "date": str(scenario.start + timedelta(days=day)), "treaty": curve.label,
            "share": rounded(np.interp(day / 365.25, record.YEARS, curve.lasted)),
        }
        for curve in record.curves("alliances")
        for day in sorted(set(days))
        if day <= days[0]
    ]  # fmt: skip


def _draw_alliances(rows: list[Row], names: list[str], width: int) -> look.Spec:
    """A line a treaty, and two of the record."""
    room = width - 60
    low = min(0.9, *(row["share"] for row in rows))
    some = (look.TARGET, look.CHALLENGER, look.THIRD, look.OTHER, look.MUTED)
    known = {name: some[i % len(some)] for i, name in enumerate(names)}
    dash = {name: _DASHES[i // len(some) % len(_DASHES)] for i, name in enumerate(names)}
    for curve, style in zip(record.curves("alliances"), ([1, 3], [8, 3]), strict=True):
        known[curve.label], dash[curve.label] = look.RECORD, style
    legend = {"columns": 3 if width > 500 else 1, "labelLimit": 320}
    encoding = {
        "x": look.day("date", room),
        "y": look.number("share", [low, 1], look.per_cent()),
        "color": look.hues("treaty", known, legend),
        "strokeDash": look.hues("treaty", dash, legend),
    }
    return look.view(rows, room, 230, look.mark("line", encoding))
