"""Explanations on past cases: a loss is a difference of scores, and cases count as one."""

import numpy as np
import pytest

from foedus.claims.conduct import CATEGORIES
from foedus.report import explain as report
from foedus.study import held_out as study
from foedus.study.called import Line
from foedus.study.cases import Book
from foedus.study.explain import explanations
from foedus.study.held_out import clustered, held_out, past
from foedus.study.on_record import OnRecord
from foedus.study.pipeline import Options


def test_what_helps_has_a_loss_and_what_does_nothing_has_none(monkeypatch):
    """One explanation makes what happened twice as likely; the others do nothing."""

    def cases(scenarios, options, progress):
        p = 0.25 if ("joining.outside", 1) in options.fixed else 0.5
        lines = [_line(s.id, call, p) for s in scenarios for call in ("FRA", "GBR")]
        return Book(tuple(lines), {}, None, len(lines), options, "")

    monkeypatch.setattr(study, "cases", cases)
    found = held_out(past()[:3], Options(runs=10))
    assert (found.n, found.cases) == (6, 3)
    assert found.log_score == pytest.approx(np.log(2))
    active = [one.id for one in explanations() if not one.missing]
    assert [one.explanation.id for one in found.worths] == active
    loss = {one.explanation.id: one.loss for one in found.worths}
    assert loss == pytest.approx({name: np.log(2) * (name == "scope") for name in active})


def _line(case, state, p):
    probability = dict.fromkeys(CATEGORIES, (1 - p) / 4) | {"none": p}
    return Line(case, state, "target", "main", probability, "none", -np.log(p), False, None, False)


def test_all_cases_of_known_conduct_count_and_no_hypothetical_one():
    assert len(past()) >= 14
    assert not any(s.hypothetical for s in past())


def test_the_table_of_the_record_fits_the_page_and_says_what_has_no_column():
    told = [one for one in explanations() if one.columns]
    known = OnRecord(
        1886, 0.35196, tuple(study.Worth(one, 0.3512, -0.0123, 0.0004) for one in told)
    )
    text = report._columns(known)
    assert max(map(len, text.splitlines())) <= 80
    words = " ".join(text.split())
    for one in explanations():
        assert one.name.split()[0] in words
        assert one.columns or one.silent in words
    found = report._record_json(known)
    assert set(found["no_column"]) == {"scope", "request", "rents"}
    assert [line["id"] for line in found["explanations"]] == [one.id for one in told]


def test_lines_of_one_case_count_as_one():
    x = np.random.default_rng(1).normal(size=8)
    alone = clustered(x, np.arange(8))
    assert alone == pytest.approx(x.std(ddof=1) / np.sqrt(8))
    twice = clustered(np.repeat(x, 2), np.repeat(np.arange(8), 2))
    assert twice == pytest.approx(alone)


def test_the_table_fits_the_page():
    worths = tuple(
        study.Worth(one, 1.234, -0.0123, 0.0456) for one in explanations() if not one.missing
    )
    text = report._worths(study.HeldOut(60, 16, 1000, 1.25, worths))
    assert max(map(len, text.splitlines())) <= 80
    for one in worths:
        assert one.explanation.name in text
