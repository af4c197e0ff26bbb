import re
from collections import defaultdict
from datetime import date, timedelta
from itertools import groupby, pairwise

import pytest

from foedus.core.states import entities, find, is_member, states, successor

KARABAKH = date(2020, 9, 27)
FAR = date.max
CODES = sorted({span.code for span in states()})


def last(span):
    return span.end or FAR


def spells(system):
    """Spells of a list as our table has them: spans of one number that follow on each other."""
    by_number = defaultdict(list)
    for span in sorted(states(), key=lambda s: s.start):
        if (number := getattr(span, system)) is not None:
            by_number[number].append((span.start, last(span)))
    found = set()
    for number, spans in by_number.items():
        start, end = spans[0]
        for s, e in spans[1:]:
            if s != end + timedelta(days=1):
                found.add((number, start, end))
                start = s
            end = e
        found.add((number, start, end))
    return found


def test_spans_of_one_code_stand_together_in_order_and_never_overlap():
    runs = [code for code, _ in groupby(span.code for span in states())]
    assert sorted(runs) == CODES
    for code in CODES:
        spans = [s for s in states() if s.code == code]
        assert all(s.start <= last(s) for s in spans)
        assert all(last(a) < b.start for a, b in pairwise(spans))


@pytest.mark.parametrize("system", ["cow", "gw"])
def test_no_number_is_held_twice_on_one_day(system):
    spans = sorted(
        (getattr(s, system), s.start, last(s)) for s in states() if getattr(s, system) is not None
    )
    for (n, _, end), (m, start, _) in pairwise(spans):
        assert n != m or end < start


def test_every_span_is_counted_by_some_list():
    assert all(s.cow is not None or s.gw is not None for s in states())


def test_a_state_that_ended_for_good_and_no_other_has_a_successor_that_is_a_member_next_day():
    for code in CODES:
        *earlier, final = [s for s in states() if s.code == code]
        assert all(s.successor is None for s in earlier)
        assert (final.end is None) == (final.successor is None) == (successor(code) is None)
        if final.end is not None:
            assert is_member(final.successor, final.end + timedelta(days=1))


def test_codes_are_three_capitals_and_iso3_belongs_to_one_state():
    owner = defaultdict(set)
    for span in states():
        assert re.fullmatch("[A-Z]{3}", span.code)
        if span.iso3 is not None:
            assert re.fullmatch("[A-Z]{3}", span.iso3)
            owner[span.iso3].add(span.code)
    assert all(len(codes) == 1 for codes in owner.values())
    assert all(owner[code] == {code} for code in CODES if code in owner)
    # A key of our own never has an ISO code, so the two cannot be taken for each other.
    assert {s.code for s in states() if s.iso3 is None}.isdisjoint(owner)


def test_states_and_entities_share_no_code_and_no_name():
    def names(e):
        return [t.casefold() for t in (e.code, e.name, *e.also_known_as)]

    texts = [t for e in entities() for t in names(e)]
    assert len(texts) == len(set(texts))
    of_states = {t.casefold() for s in states() for t in (s.code, s.name, s.iso3 or s.code)}
    assert of_states.isdisjoint(texts)


def test_entities_are_told_apart_dated_and_lie_in_a_state_of_their_time():
    assert [e.code for e in entities()] == sorted({e.code for e in entities()})
    for e in entities():
        assert re.fullmatch("X[A-Z]{2}", e.code)
        assert e.start <= last(e)
        assert all(t == t.strip() != "" for t in (e.name, *e.also_known_as))
        if e.recognised_as_part_of is not None:
            assert any(
                s.start <= last(e) and e.start <= last(s)
                for s in states()
                if s.code == e.recognised_as_part_of
            )


@pytest.mark.parametrize(
    ("code", "inside", "begun", "over"),
    [
        ("XNK", "AZE", "1991-09-02", "2023-12-31"),
        ("XAB", "GEO", "1992-07-23", None),
        ("XBF", "NGA", "1967-05-30", "1970-01-15"),
        ("XPS", None, "1988-11-15", None),
    ],
)
def test_entities_known_by_heart(code, inside, begun, over):
    (e,) = [e for e in entities() if e.code == code]
    assert (e.recognised_as_part_of, e.start.isoformat()) == (inside, begun)
    assert (e.end and e.end.isoformat()) == over


def test_find_gives_every_span_back_from_each_of_its_texts():
    for s in states():
        texts = (s.code, s.code.lower(), s.iso3, s.name, f" {s.name.upper()} ", s.cow, str(s.cow))
        for text in (*texts, s.gw, str(s.gw)):
            if text not in (None, "None"):
                assert find(text, on=s.start) == s
                assert s.end is None or find(text, on=s.end) == s
                assert find(text).code == s.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (365, "RUS"),
        ("640", "TUR"),
        (255, "DEU"),
        (260, "DEU"),
        (340, "SRB"),
        (345, "SRB"),
        (678, "YEM"),
        (679, "YEM"),
        (730, "JSN"),
        (732, "KOR"),
        (816, "VNM"),
        (817, "RVN"),
        (970, "NRU"),
        ("SUN", "RUS"),
        ("yugoslavia", "SRB"),
        ("Prussia", "DEU"),
    ],
)
def test_texts_known_by_heart(text, code):
    assert find(text).code == code


def test_without_a_day_find_gives_the_last_span_under_the_text():
    assert find("Soviet Union").end == date(1991, 12, 25)
    assert find("RUS").end is None
    assert find("Soviet Union", on=KARABAKH).name == "Russia"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Azerbaidjan", "got 'Azerbaidjan'; did you mean 'Azerbaijan'?"),
        ("Untied Kingdom", "did you mean 'United Kingdom'?"),
        (99999, "got 99999"),
        ("", "got ''"),
        ("Artsakh", "got 'Artsakh', which is the entity XNK and not a state"),
    ],
)
def test_unknown_texts_are_refused_with_a_suggestion(text, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        find(text)


def test_a_state_that_is_no_member_on_the_day_is_refused_with_its_dates():
    with pytest.raises(ValueError, match="member on 1980-01-01; got 'ARM', a member 1991-12-21 to"):
        find("ARM", on=date(1980, 1, 1))


@pytest.mark.parametrize("ask", [successor, lambda code: is_member(code, KARABAKH)])
def test_only_codes_are_taken_where_a_code_is_asked_for(ask):
    with pytest.raises(ValueError, match="got 'Armenia'; did you mean 'ARM'"):
        ask("Armenia")
    with pytest.raises(ValueError, match="expected the code of a state; got 'Q'"):
        ask("Q")


@pytest.mark.parametrize(
    ("system", "day", "members"),
    [
        (None, KARABAKH, 195),
        ("cow", KARABAKH, 195),
        ("gw", KARABAKH, 174),
        ("cow", date(1816, 1, 1), 23),
        ("cow", date(1914, 7, 28), 45),
        ("gw", date(1914, 7, 28), 56),
    ],
)
def test_numbers_of_members(system, day, members):
    assert sum(is_member(code, day, system) for code in CODES) == members


def test_size_of_the_tables():
    assert (len(states()), len(CODES), len(entities())) == (411, 221, 42)
    assert (len(spells("cow")), len(spells("gw"))) == (243, 216)


def test_cow_list_comes_back_spell_by_spell(record):
    pandas = pytest.importorskip("pandas")
    closed = date(2016, 12, 31)  # the version; later membership is our extension
    published = set()
    for row in pandas.read_parquet(record / "cow_states.parquet").itertuples():
        end = date(row.endyear, row.endmonth, row.endday)
        start = date(row.styear, row.stmonth, row.stday)
        published.add((row.ccode, start, FAR if end == closed else end))
    assert len(published) == 243
    assert spells("cow") == published


def test_gleditsch_ward_list_comes_back_spell_by_spell(record):
    pandas = pytest.importorskip("pandas")
    closed = date(2017, 12, 31)
    published = set()
    for row in pandas.read_parquet(record / "gw_states.parquet").itertuples():
        start, end = (pandas.Timestamp(d).date() for d in (row.startdate, row.enddate))
        published.add((row.gwcode, start, FAR if end == closed else end))
    assert len(published) == 216
    assert spells("gw") == published


def test_crosswalk_gives_the_same_pairs_of_numbers(record):
    pandas = pytest.importorskip("pandas")
    table = pandas.read_parquet(record / "state_codes_cow_gw.parquet").dropna(
        subset=["gwcode", "ccode"]
    )
    listed = {s.gw for s in states()}  # microstates that we leave out drop from the comparison
    theirs = {(int(r.ccode), int(r.gwcode)) for r in table.itertuples() if r.gwcode in listed}
    theirs = {pair for pair in theirs if pair[1] != 970}  # their microstate 970, Kiribati
    ours = {(s.cow, s.gw) for s in states() if None not in (s.cow, s.gw)}
    assert theirs == ours
