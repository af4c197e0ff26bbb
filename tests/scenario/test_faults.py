"""Every kind of bad input gives its own message, with its place."""

import pytest

from foedus.scenario.faults import ScenarioError
from foedus.scenario.load import load, parse, scaffold
from foedus.scenario.text import MAX_BYTES

GOOD = scaffold("case")


def faults(text: str | bytes) -> list[str]:
    """First lines of all faults of a text."""
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ScenarioError) as caught:
        parse(data, "f.yaml")
    return [str(fault).splitlines()[0] for fault in caught.value.faults]


def line_of(text: str, part: str) -> int:
    """Number of the line that holds a part, counted from 1."""
    return text[: text.index(part)].count("\n") + 1


UNREADABLE = {
    "binary": (b"a: \x00", "f.yaml:1:4: the character U+0000"),
    "not UTF-8": (b"a: ok\nb: \xff", "f.yaml:2:4: no text in UTF-8"),
    "too large": (b"#" * (MAX_BYTES + 1), "f.yaml:1:1: 2000001 bytes; expected at most 2000000"),
    "too deep": (b"a: " + b"[" * 30, "f.yaml:1:23: a[0]"),
    "far too deep": (b"[" * 100_000, "nested too deeply; expected at most 20 levels"),
    "broken": (b"a: [1, 2\nb: 3", "f.yaml:2:2: no valid YAML: did not find expected ',' or ']'"),
    "empty": (b"# nothing\n", "f.yaml:1:1: an empty file; expected a scenario"),
    "two documents": (b"a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document"),
    "key that is a list": (b"? [a]\n: 2\n", "f.yaml:1:3: a key that is no word"),
    "no mapping": (b"- 1\n", "f.yaml:1:1: a list; expected a mapping"),
}


@pytest.mark.parametrize(("data", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable(data, expected):
    assert expected in "\n".join(faults(data))


# what is replaced, by what; where the message points to; the message
BAD = {
    "anchor": ("title: A border", "title: &x A border", "title: &x", "title: the anchor &x"),
    "alias": ("claimants: [ECU, PER]", "claimants: [*x]", "claimants:", "the alias *x"),
    "tag": ("title: A border", "title: !!str A border", "title:", "title: the tag"),
    "duplicate key": (
        "    recognised: ECU",
        "    recognised: ECU\n    recognised: PER",
        "recognised: PER",
        "territories.province.recognised: written twice, first in line",
    ),
    "not a number": ("[0.003, 0.006]", "[0.003, .inf]", ".inf", "expected a finite number"),
    "nan": ("value: 0.05", "value: .nan", ".nan", "ties[2].value.value: .nan; expected a finite"),
    "nul in quotes": ("Guarantors", '"a\\0b"', "seats", "the character U+0000"),
    "unknown key": (
        "    recognised: ECU",
        "    recognized: ECU",
        "recognized",
        "unknown key 'recognized'; expected one of area_km2, claimants, holders, names, note, "
        "recognised, src, unsourced; did you mean 'recognised'?",
    ),
    "missing key": ("    recognised: ECU", "", "names:", "missing key 'recognised'"),
    "text for a number": ("value: 0.05", "value: much", "much", "'much'; expected a number"),
    "1.1 boolean": ("major: false", "major: no", "major: no", "'no'; expected true or false"),
    "number for a text": (
        "name: Guarantors",
        "name: 4",
        "name: 4",
        "format.name: 4; expected text (in quotes",
    ),
    "number for a date": ("start: 2019-06-01", "start: 20190601", "start:", "expected a date"),
    "no such day": ("signed: 1998-10-26", "signed: 1998-13-26", "1998-13", "such as 2020-09-27"),
    "unknown word": (
        "kind: defense ",
        "kind: defence ",
        "kind: defence",
        "'defence'; expected one of defense, offense, neutrality, nonaggression, consultation; "
        "did you mean 'defense'?",
    ),
    "unknown event": (
        "kind: attack,",
        "kind: atack,",
        "kind: atack",
        "'atack'; expected one of attack, truce, breach, settlement, front, join, aid, mediate, "
        "invoke, suspend, deaths, incident; did you mean 'attack'?",
    ),
    "lower-case code": ("  BRA:  ", "  bra:  ", "bra:", "the key 'bra'; expected a code of three"),
    "version": ("foedus: 1 ", "foedus: 2 ", "foedus: 2", "foedus: 2; expected 1"),
    "misspelt state": (
        "challenger: PER",
        "challenger: PRE",
        "PRE",
        "disputes[0].challenger: unknown state 'PRE'; expected a state of this file; "
        "did you mean 'PER'?",
    ),
    "misspelt treaty": (
        "kind: settlement, broker: [BRA]",
        "kind: suspend, who: BRA, treaty: PCAT",
        "PCAT",
        "events[1].treaty: unknown treaty 'PCAT'; expected a treaty of this file; "
        "did you mean 'PACT'?",
    ),
    "misspelt territory": (
        "    territory: province\n",
        "    territory: provnice\n",
        "provnice",
        "unknown territory 'provnice'; expected a territory of this file; did you mean 'province'?",
    ),
    "misspelt source": (
        "src: EXAMPLE",
        "src: EXMAPLE",
        "EXMAPLE",
        "ties[2].value.src: unknown source 'EXMAPLE'; expected a source of this file; "
        "did you mean 'EXAMPLE'?",
    ),
    "unknown member": ("state: BRA}", "state: BRZ}", "BRZ", "unknown state 'BRZ'; expected a code"),
    "state of no time": (
        "  BRA:  ",
        "  DDR: {capability: [0.1, 0.2], distance: [1, 2], unsourced: true}\n  BRA:  ",
        "DDR:",
        "states.DDR: DDR was no member of the state system on 2019-06-01; expected a state of "
        "that day",
    ),
    "unknown state code": (
        "  BRA:  ",
        "  BRZ: {capability: [0.1, 0.2], distance: [1, 2], unsourced: true}\n  BRA:  ",
        "BRZ:",
        "states.BRZ: unknown state 'BRZ'; expected a code of the state table",
    ),
    "unknown entity": (
        "territories:\n  province",
        "entities:\n  XNL: {fights_with: target, strength: [0.1, 0.2], unsourced: true}\n"
        "territories:\n  province",
        "XNL",
        "entities.XNL: unknown entity 'XNL'; expected a code of the entity table",
    ),
    "entity of no time": (
        "territories:\n  province",
        "entities:\n  XAC: {fights_with: target, strength: [0.1, 0.2], unsourced: true}\n"
        "territories:\n  province",
        "XAC",
        "entities.XAC: XAC did not exist on 2019-06-01",
    ),
    "share above one": (
        "value: 0.05",
        "value: 1.05",
        "1.05",
        "ties[2].value.value: 1.05; expected a share from 0 to 1",
    ),
    "negative": (
        "[5000, 20000]",
        "[-5000, 20000]",
        "-5000",
        "disputes[0].personnel.target[0]: -5000; expected a number above 0",
    ),
    "low above high": (
        "[0.05, 0.3], unsourced: true}\n  - {from: BRA, to: PER",
        "[0.4, 0.3], unsourced: true}\n  - {from: BRA, to: PER",
        "[0.4",
        "ties[1].value: low 0.4 above high 0.3; expected the lower end first",
    ),
    "range to the edge": (
        "{range: [0.6, 0.95]",
        "{range: [0.6, 1.0]",
        "1.0]",
        "a range that ends at 1; expected an end within a share from 0 to 1, or dist: uniform",
    ),
    "wrong shape": (
        "{range: [0.6, 0.95]",
        "{dist: normal, mean: 0.5, sd: 0.1",
        "{dist",
        "dist normal; expected beta or uniform for a share from 0 to 1",
    ),
    "parameters of another": (
        "{range: [0.6, 0.95]",
        "{dist: beta, mean: 0.5",
        "{dist",
        "a mapping; expected a and b for beta",
    ),
    "two forms": (
        "{range: [0.6, 0.95]",
        "{value: 0.3, range: [0.6, 0.95]",
        "{value: 0.3",
        "a mapping; expected one of value, range and dist",
    ),
    "impossible shape": (
        "{range: [0.6, 0.95]",
        "{dist: beta, a: -1, b: 2",
        "-1, b",
        "disputes[0].limited_aim.a: -1; expected a number above 0",
    ),
    "no source": (
        "{range: [0.6, 0.95], unsourced: true}",
        "[0.6, 0.95]",
        "[0.6, 0.95]",
        "disputes[0].limited_aim: a number without source; expected src, or unsourced: true",
    ),
    "unsourced value": (
        "{range: [0.6, 0.95]",
        "{value: 0.9",
        "{value: 0.9",
        "disputes[0].limited_aim: an unsourced number that is not a range; expected [low, high]",
    ),
    "uncertain border": (
        "kind: contiguity}",
        "kind: contiguity, value: [0.2, 0.4], unsourced: true}",
        "[0.2, 0.4]",
        "ties[0].value: a range; expected one value",
    ),
    "end before start": (
        "end: 2019-12-31",
        "end: 2019-01-31",
        "2019-01-31",
        "end: 2019-01-31; expected a day after the start",
    ),
    "member before signature": (
        "{state: BRA}\n",
        "{state: BRA, from: 1990-01-01}\n",
        "1990-01-01",
        "treaties.PACT.members[1].from: a member from 1990-01-01, before the treaty was signed; "
        "expected a day from 1998-10-26 on",
    ),
    "member from after to": (
        "{state: BRA}\n",
        "{state: BRA, from: 2010-01-01, to: 2005-01-01}\n",
        "2005-01-01",
        "treaties.PACT.members[1].to: to 2005-01-01, before from 2010-01-01",
    ),
    "in force before signature": (
        "    signed: 1998-10-26",
        "    signed: 1998-10-26\n    in_force: 1997-01-01",
        "1997-01-01",
        "treaties.PACT.in_force: in force on 1997-01-01, before it was signed",
    ),
    "holders overlap": (
        "from: 1998-10-26}\n    claimants",
        "from: 1998-10-26}\n      - {holder: PER, from: 2000-01-01}\n    claimants",
        "2000-01-01",
        "territories.province.holders[1].from: overlaps with ECU, holder from 1998-10-26",
    ),
    "member from the future": (
        "{state: BRA}\n",
        "{state: BRA, from: 2019-09-09}\n",
        "2019-09-09",
        "treaties.PACT.members[1].from: 2019-09-09 is after the start; expected a day up to "
        "2019-06-01: what comes later stands in events and only scores",
    ),
    "tie from the future": (
        "kind: contiguity}",
        "kind: contiguity, on: 2019-09-09}",
        "2019-09-09",
        "ties[0].on: 2019-09-09 is after the start",
    ),
    "event that steers": (
        "kind: attack, note: Invented.",
        "kind: attack, effect: {ties: [{from: BRA, to: ECU, kind: base}]}",
        "effect: {ties",
        "events[0].effect: an event of 2019-07-01 that changes inputs; expected no effect: events "
        "after the start, 2019-06-01, only score",
    ),
    "event after the end": (
        "2019-08-15",
        "2021-08-15",
        "2021-08-15",
        "events[1].date: 2021-08-15 is after the end; expected a day up to 2019-12-31",
    ),
    "invoked by another": (
        "kind: attack, note: Invented.",
        "kind: invoke, who: BRA, treaty: PACT",
        "who: BRA, treaty",
        "events[0].who: BRA is not the target; expected ECU",
    ),
    "principal who mediates": (
        "kind: attack, note: Invented.",
        "kind: mediate, who: PER",
        "who: PER",
        "events[0].who: PER is a principal of the dispute; expected a third party",
    ),
    "leaver who is no member": (
        "kind: attack, note: Invented.",
        "kind: suspend, who: PER, treaty: PACT",
        "who: PER",
        "events[0].who: PER was no member at the start; expected one of BRA, ECU",
    ),
    "tie with oneself": ("{from: BRA, to: PER, kind: trade", "{from: PER, to: PER, kind: trade",
        "to: PER, kind: trade", "ties[2].to: a tie of PER with itself"),
    "tie stated twice": (
        "to: ECU, kind: arms",
        "to: PER, kind: trade",
        "{from: BRA, to: PER, kind: trade, value: {value",
        "ties[2]: trade from BRA to PER stated twice, first in ties[1]",
    ),
    "no distance": (
        "  ECU:\n",
        "  CHL: {capability: {range: [0.003, 0.006], unsourced: true}}\n  ECU:\n",
        "{capability: {range: [0.003, 0.006], unsourced: true}}\n  ECU",
        "states.CHL: missing key 'distance'",
    ),
    "second dispute": (
        "\nties:",
        "  - {id: other, challenger: PER, target: ECU, territory: province,\n"
        "     personnel: {target: [1, 2], challenger: [1, 2], unsourced: true}}\n\nties:",
        "{id: other",
        "disputes[1]: a second dispute 'other'; expected one: this version plays one dispute",
    ),
    "no dispute": ("challenger: PER              #", "challenger: ECU #", "target: ECU  ",
        "disputes[0].target: the same state as challenger; expected another"),
    "unknown claim": (
        "{joins: {states: [BRA]",
        "{join: {states: [BRA]",
        "join: {states",
        "questions.ally-fights.claim.join: unknown claim 'join'; expected one of joins, aids, "
        "mediates,",
    ),
    "unknown key of a claim": (
        "with_mediator: BRA",
        "mediator: BRA",
        "mediator: BRA}}",
        "unknown key 'mediator'; expected one of by, with_mediator; did you mean 'with_mediator'?",
    ),
    "unreadable date of a claim": (
        "by: 2019-12-31}}\n    reference: {none: An invented case.}\n  settles",
        "by: soon}}\n    reference: {none: An invented case.}\n  settles",
        "soon",
        "questions.ally-fights.claim.joins.by: a claim that cannot be read; expected a date",
    ),
    "claim without a part": (
        "states: [BRA], side: target, by: 2019-12-31",
        "states: [BRA], side: target",
        "{states: [BRA]",
        "a claim that cannot be read; expected by too",
    ),
    "claim beyond the end": (
        "{settles: {by: 2019-09-30",
        "{settles: {by: 2029-09-30",
        "{settles",
        "questions.settles.claim: a claim that nobody can judge; expected a date from 2019-06-01 "
        "to 2019-12-31; got 2029-09-30",
    ),
    "claim on an unknown state": (
        "with_mediator: BRA",
        "with_mediator: BAR",
        "{settles",
        "a claim that nobody can judge; expected one of the states BRA, ECU, PER; got 'BAR', did "
        "you mean 'BRA'?",
    ),
    "closed question": (
        "{settles: {by: 2019-09-30, with_mediator: BRA}}",
        "{settles: {by: 2019-06-01}}",
        "{settles",
        "questions.settles.claim: a claim about 2019-06-01, the start, which is given; expected an "
        "open question",
    ),
    "helpless state": (
        "{joins: {states: [BRA]",
        "{joins: {states: [PER]",
        "{joins",
        "questions.ally-fights.claim: PER cannot do that",
    ),
    "empty reference": (
        "reference: {none: An invented case.}\n  settles",
        "reference: {p: 0.5}\n  settles",
        "{p: 0.5}",
        "questions.ally-fights.reference: a reference without content; expected p, n, class and",
    ),
    "reference without source": (
        "reference: {none: An invented case.}\n  settles",
        "reference: {p: 0.5, n: 3, class: wars}\n  settles",
        "{p: 0.5",
        "questions.ally-fights.reference: a reference without source; expected src",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "expected"), BAD.values(), ids=BAD)
def test_bad_input_gives_its_message_and_line(old, new, place, expected):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    found = [fault for fault in faults(text) if expected in fault]
    assert found, faults(text)
    line = line_of(text, place)
    start, column = found[0].split(":")[1:3]
    assert int(start) == line
    assert 1 <= int(column) <= len(text.splitlines()[line - 1]) + 1


def test_one_fault_does_not_bring_others():
    for name, (old, new, _, _) in BAD.items():
        if name not in ("alias", "unknown key", "uncertain border", "lower-case code"):
            assert len(faults(GOOD.replace(old, new, 1))) == 1, name


def test_every_fault_in_one_pass():
    text = GOOD
    for old, new in (
        ("value: 0.05", "value: 1.05"),
        ("kind: defense ", "kind: defence "),
        ("title: A border", "titel: A border"),
        ("{joins: {states: [BRA]", "{join: {states: [BRA]"),
        ("2019-08-15", "2021-08-15"),
    ):
        text = text.replace(old, new, 1)
    found = faults(text)
    for part in ("1.05", "'defence'", "'titel'", "'title'", "'join'", "2021-08-15"):
        assert any(part in fault for fault in found), part
    lines = [int(fault.split(":")[1]) for fault in found]
    assert lines == sorted(lines)


def test_faults_are_found_even_without_start():
    text = GOOD.replace("start: 2019-06-01", "start: yesterday").replace(
        "value: 0.05", "value: 1.05"
    )
    found = faults(text)
    assert len([fault for fault in found if "yesterday" in fault]) == 1
    assert any("1.05" in fault for fault in found)
    assert len(found) == 2, found


def test_a_fault_shows_its_line_with_a_caret():
    with pytest.raises(ScenarioError) as caught:
        parse(GOOD.replace("value: 0.05", "value: 1.05").encode(), "f.yaml")
    _, source, caret = str(caught.value).splitlines()
    assert source[caret.index("^") :].startswith("1.05")
    fault = caught.value.faults[0]
    assert (fault.file, fault.path, fault.what) == ("f.yaml", "ties[2].value.value", "1.05")


def test_unknown_scenario_suggests():
    with pytest.raises(ScenarioError, match="did you mean 'karabakh-2020'"):
        load("karabach-2020")


def test_a_long_line_is_cut_around_the_place():
    text = GOOD.replace("summary: ", f"summery: {'x' * 500} ")
    with pytest.raises(ScenarioError) as caught:
        parse(text.encode())
    assert max(map(len, str(caught.value).splitlines()[1:])) <= 104
