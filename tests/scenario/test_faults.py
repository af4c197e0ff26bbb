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
CALL = "{side: target, states: [BRA], by: 2019-12-31}"
BAD = {
    "called: unknown state": (
        CALL,
        CALL.replace("BRA", "BRZ"),
        "BRZ",
        "called[0].states[0]: unknown state 'BRZ'; expected a state of this file; "
        "did you mean 'BRA'?",
    ),
    "called: principal": (CALL, CALL.replace("BRA", "PER"), "[PER]", "PER is a principal of the"),
    "called: twice": (CALL, CALL.replace("BRA", "BRA, BRA"), "BRA, BRA", "BRA is called twice"),
    "called: too late": (
        CALL,
        CALL.replace("2019-12-31", "2020-01-01"),
        "2020-01-01",
        "called[0].by: 2020-01-01; expected a day after 2019-06-01, up to 2019-12-31",
    ),
    "called: unknown dispute": (
        CALL,
        CALL.replace("{side", "{dispute: provinz, side"),
        "provinz",
        "called[0].dispute: unknown dispute 'provinz'",
    ),
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
        "unknown key 'recognized'; expected one of area_km2, at, claimants, holders, names, note, "
        "recognised, src, unsourced; did you mean 'recognised'?",
    ),
    "missing key": ("    recognised: ECU", "", "names:", "missing key 'recognised'"),
    "text for a number": ("value: 0.05", "value: much", "much", "'much'; expected a number"),
    "1.1 boolean": ("major: false", "major: no", "major: no", "'no'; expected true or false"),
    "number for a text": (
        "name: Guarantors",
        "name: 4",
        "name: 4",
        "disputes[0].format.name: 4; expected text (in quotes",
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
        "'atack'; expected one of attack, truce, breach, settlement, victory, repulse, front, "
        "join, aid, mediate, invoke, keepers, suspend, notice, leave, accede, deaths, "
        "civilians, strike, report, incident; did you mean 'attack'?",
    ),
    "lower-case code": ("  BRA:  ", "  bra:  ", "bra:", "the key 'bra'; expected a code of three"),
    "version": ("foedus: 1 ", "foedus: 2 ", "foedus: 2", "foedus: 2; expected 1"),
    "misspelt state": (
        "challenger: PER",
        "challenger: PRE",
        "PRE",
        "disputes[0].challenger: unknown state or entity 'PRE'; expected a state or entity of this "
        "file; did you mean 'PER'?",
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
        "  DDR: {capability: [0.1, 0.2], capital: [52.5, 13.4], unsourced: true}\n  BRA:  ",
        "DDR:",
        "states.DDR: DDR was no member of the state system on 2019-06-01; expected a state of "
        "that day",
    ),
    "unknown state code": (
        "  BRA:  ",
        "  BRZ: {capability: [0.1, 0.2], capital: [52.5, 13.4], unsourced: true}\n  BRA:  ",
        "BRZ:",
        "states.BRZ: unknown state 'BRZ'; expected a code of the state table",
    ),
    "unknown entity": (
        "territories:\n  province",
        "entities:\n  XNL: {fights_in: province, fights_with: target, strength: [0.1, 0.2], "
        "unsourced: true}\n"
        "territories:\n  province",
        "XNL",
        "entities.XNL: unknown entity 'XNL'; expected a code of the entity table, or a name",
    ),
    "entity of no time": (
        "territories:\n  province",
        "entities:\n  XAC: {fights_in: province, fights_with: target, strength: [0.1, 0.2], "
        "unsourced: true}\n"
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
    "uncertain past": (
        "kind: contiguity}",
        "kind: alongside, value: [1, 3], unsourced: true}",
        "[1, 3]",
        "ties[0].value: a range; expected one value: this number is the same in all draws",
    ),
    "negative past": (
        "kind: contiguity}",
        "kind: against, value: {value: -1, src: EXAMPLE}}",
        "-1, src",
        "ties[0].value.value: -1; expected a whole number of 0 or more",
    ),
    "part of a dispute": (
        "kind: contiguity}",
        "kind: alongside, value: {value: 1.5, src: EXAMPLE}}",
        "1.5, src",
        "ties[0].value.value: 1.5; expected a whole number of 0 or more",
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
        "events[0].who: PER was no member before 2019-07-01; expected one of BRA, ECU",
    ),
    "tie with oneself": ("{from: BRA, to: PER, kind: trade", "{from: PER, to: PER, kind: trade",
        "to: PER, kind: trade", "ties[2].to: a tie of PER with itself"),
    "tie stated twice": (
        "to: ECU, kind: arms",
        "to: PER, kind: trade",
        "{from: BRA, to: PER, kind: trade, value: {value",
        "ties[2]: trade from BRA to PER stated twice, first in ties[1]",
    ),
    "no capital": (
        "  ECU:\n",
        "  CHL: {capability: {range: [0.003, 0.006], unsourced: true}}\n  ECU:\n",
        "{capability: {range: [0.003, 0.006], unsourced: true}}\n  ECU",
        "states.CHL: missing key 'capital'; expected its latitude and longitude, for the distance "
        "to province",
    ),
    "capital off the globe": (
        "[-15.8, -47.9]",
        "[-47.9, -215.8]",
        "[-47.9",
        "states.BRA.capital: a list; expected latitude and longitude, such as [55.8, 37.6]",
    ),
    "place of one number": ("[-3.5, -78.4]", "-3.5", "-3.5 ",
        "territories.province.at: -3.5; expected latitude and longitude"),
    "no place": ("    at: [-3.5", "    # at: [-3.5", "names:", "missing key 'at'"),
    "two disputes of one id": (
        "\nties:",
        "  - {id: province, challenger: PER, target: BRA, territory: province,\n"
        "     personnel: {target: [1, 2], challenger: [1, 2], unsourced: true}}\n\nties:",
        "province, challenger",
        "disputes[1].id: a second dispute 'province', first in disputes[0]; expected an id of its",
    ),
    "unknown dispute": (
        "kind: attack,",
        "kind: attack, dispute: provnice,",
        "provnice,",
        "events[0].dispute: unknown dispute 'provnice'; expected a dispute of this file; did you "
        "mean 'province'?",
    ),
    "entity in no dispute": (
        "territories:\n  province",
        "entities:\n  XNK: {fights_in: provnice, fights_with: target, strength: [0.1, 0.2], "
        "unsourced: true}\nterritories:\n  province",
        "provnice",
        "entities.XNK.fights_in: unknown dispute 'provnice'; expected a dispute of this file; did "
        "you mean 'province'?",
    ),
    "entity with the code of a state": (
        "territories:\n  province",
        "entities:\n  CHL: {fights_in: province, fights_with: target, strength: [0.1, 0.2], "
        "unsourced: true}\nterritories:\n  province",
        "CHL:",
        "entities.CHL: CHL is the code of a state; expected X and two letters",
    ),
    "challenger that fights elsewhere": (
        "territories:\n  province",
        "entities:\n  XNK: {fights_in: province, fights_with: target, strength: [0.1, 0.2], "
        "unsourced: true}\nterritories:\n  province",
        "XNK    ",
        "disputes[0].challenger: XNK does not fight in province as its challenger; expected an "
        "entity with fights_in: province and fights_with: challenger, or a state",
    ),
    "forces of a principal": (
        "    form: open",
        "    in_place: {PER: {range: [0.1, 0.2], unsourced: true}}\n    form: open",
        "PER: {range",
        "disputes[0].in_place.PER: PER is no third party of province; expected a state of this",
    ),
    "arms of a year that is not over": (
        "territories:\n  province",
        "deliveries:\n  - {from: ECU, to: PER, years: [1990, 2030], volume: [1, 2], "
        "unsourced: true}\nterritories:\n  province",
        "[1990, 2030]",
        "deliveries[0].years: [1990, 2030]; expected the first and the last, up to",
    ),
    "arms of nobody to nobody": (
        "territories:\n  province",
        "deliveries:\n  - {years: [1970, 1975], volume: [1, 2], unsourced: true}\n"
        "territories:\n  province",
        "{years",
        "deliveries[0]: arms from all others to all others; expected from, to or both",
    ),
    "arms by volume and by share": (
        "territories:\n  province",
        "deliveries:\n  - {to: ECU, years: [1970, 1975], volume: [1, 2], unsourced: true}\n"
        "territories:\n  province",
        "{to: ECU",
        "deliveries[0]: arms to ECU, whose shares stand under ties; expected deliveries or shares",
    ),
    "the same arms twice": (
        "territories:\n  province",
        "deliveries:\n  - {to: PER, years: [1970, 1975], volume: [1, 2], unsourced: true}\n"
        "  - {to: PER, years: [1970, 1975], volume: [3, 4], unsourced: true}\n"
        "territories:\n  province",
        "{to: PER, years: [1970, 1975], volume: [3",
        "deliveries[1]: the same arms in the same years as deliveries[0]; expected one entry",
    ),
    "pressure that weighs nothing": (
        "territories:\n  province",
        "pressures:\n  - {states: [PER], kind: unrest, from: 1981-01-01}\nterritories:\n  province",
        "{states: [PER]",
        "pressures[0]: a pressure that weighs nothing; expected cost, forces or both",
    ),
    "pressure from the future": (
        "territories:\n  province",
        "pressures:\n  - {states: [PER], kind: unrest, from: 2031-01-01, cost: [0.1, 0.2], "
        "unsourced: true}\nterritories:\n  province",
        "2031-01-01",
        "pressures[0].from: 2031-01-01 is after the start; expected a day up to",
    ),
    "pressure of no known kind": (
        "territories:\n  province",
        "pressures:\n  - {states: [PER], kind: unrset, from: 1981-01-01, cost: [0.1, 0.2], "
        "unsourced: true}\nterritories:\n  province",
        "unrset",
        "did you mean 'unrest'?",
    ),
    "the same pressure twice": (
        "territories:\n  province",
        "pressures:\n"
        "  - {states: [PER], kind: unrest, from: 1981-01-01, cost: [0.1, 0.2], unsourced: true}\n"
        "  - {states: [ECU, PER], kind: unrest, from: 1981-01-01, cost: [0.3, 0.4], "
        "unsourced: true}\nterritories:\n  province",
        "{states: [ECU, PER]",
        "pressures[1]: a second unrest on PER from 1981-01-01, as pressures[0]; expected one entry",
    ),
    "way of a principal": (
        "    form: open",
        "    route: {PER: {range: [0.1, 0.2], unsourced: true}}\n    form: open",
        "PER: {range",
        "disputes[0].route.PER: PER is no third party of province; expected a state of this",
    ),
    "supplier that is a principal": (
        "    form: open",
        "    suppliers: {target: {strike: {PER: {range: [0.1, 0.2], unsourced: true}}}}\n"
        "    form: open",
        "PER: {range",
        "disputes[0].suppliers.target.strike.PER: PER is no third party of province; expected a "
        "state of this",
    ),
    "cost of an unknown state": (
        "    form: open",
        "    domestic: {BRZ: {target: [0.1, 0.2], unsourced: true}}\n    form: open",
        "BRZ",
        "disputes[0].domestic.BRZ: BRZ is no third party of province; expected a state of this "
        "file; did you mean 'BRA'?",
    ),
    "form of an attack": ("form: open ", "form: opened ", "opened", "did you mean 'open'?"),
    "unknown reader": (
        "ECU: \"yes\", PER: \"no\"",
        "ECU: \"yes\", PRE: \"no\"",
        "PRE",
        "by_reading.PRE: unknown state 'PRE'; expected a code of the state table; did you mean",
    ),
    "after whom": (
        "        protects:",
        "        after: PRE\n        protects:",
        "PRE",
        "obligations[0].after: unknown state 'PRE'; expected a code of the state table",
    ),
    "against whom": (
        "        protects:",
        "        only: [PER, ECY]\n        protects:",
        "ECY",
        "obligations[0].only[1]: unknown state 'ECY'; expected a code of the state table",
    ),
    "protects nothing": ("protects: [territory]", "protects: []", "[]    # terr",
        "obligations[0].protects: a list; expected more entries"),
    "protects what": ("protects: [territory]", "protects: [teritory]", "teritory",
        "'teritory'; expected one of territory, forces, base; did you mean 'territory'?"),
    "no attackers": (
        "        protects:",
        "        attackers: 0\n        protects:",
        "0\n        protects",
        "obligations[0].attackers: 0; expected a whole number of 1 or more",
    ),
    "negative notice": ("notice_months: 6", "notice_months: -6", "-6 ",
        "treaties.PACT.notice_months: -6; expected a whole number of 0 or more"),
    "empty scope": (
        "\n            - {territory: province, covered: \"yes\", by_reading: {ECU: \"yes\", "
        "PER: \"no\"}}",
        " []",
        "[]\n",
        "scope.territories: a scope that names no territory; expected a territory of this file, or "
        "no such list",
    ),
    "scope stated twice": (
        "          territories:\n",
        "          territories:\n            - {territory: province, covered: \"no\"}\n",
        "{territory: province, covered: \"yes\"",
        "scope.territories[1]: province stated twice, first in territories[0]; expected one answer",
    ),
    "spells overlap": (
        "{state: BRA}\n",
        "{state: BRA, to: 2010-01-01}\n      - {state: BRA, from: 2009-01-01}\n",
        "2009-01-01",
        "treaties.PACT.members[2].from: overlaps with BRA, member from 1998-10-26 until "
        "2010-01-01; expected spells one after the other",
    ),
    "member after the end of the treaty": (
        "    notice_months: 6",
        "    ended: 2005-01-01\n    notice_months: 6",
        "{state: BRA",
        "treaties.PACT.members[1].from: a member from 2006-01-01, after the treaty ended; expected "
        "a day before 2005-01-01",
    ),
    "out before it began": (
        "{state: BRA}\n",
        "{state: BRA, to: 1990-01-01}\n",
        "1990-01-01",
        "treaties.PACT.members[1].to: to 1990-01-01, before from 1998-10-26",
    ),
    "one member": ("      - {state: BRA}\n", "", "name: A treaty of",
        "treaties.PACT: fewer than two members; expected two or more states"),
    "neither signed nor possible": (
        "    signed: 1998-10-26 ",
        "    # signed: 1998-10-26 ",
        "name: A treaty of",
        "treaties.PACT: a treaty neither signed nor possible; expected signed: a day, or possible",
    ),
    "possible and signed": (
        "treaties:\n",
        "treaties:\n  NEXT:\n    name: Next\n    possible: true\n    signed: 2001-01-01\n"
        "    candidates: [PER, BRA]\n"
        "    obligations: [{article: x, kind: defense, words: Help.}]\n",
        "2001-01-01",
        "treaties.NEXT.signed: 2001-01-01 in a possible treaty; expected none: nobody has signed",
    ),
    "possible with members": (
        "treaties:\n",
        "treaties:\n  NEXT:\n    name: Next\n    possible: true\n    members: [{state: BRA}]\n"
        "    candidates: [PER, BRA]\n"
        "    obligations: [{article: x, kind: defense, words: Help.}]\n",
        "[{state: BRA}]",
        "treaties.NEXT.members: members of a possible treaty; expected candidates",
    ),
    "possible between nobody": (
        "treaties:\n",
        "treaties:\n  NEXT:\n    name: Next\n    possible: true\n"
        "    obligations: [{article: x, kind: defense, words: Help.}]\n",
        "name: Next",
        "treaties.NEXT: fewer than two candidates; expected those who might sign it",
    ),
    "candidate that is a member": (
        "    notice_months: 6",
        "    candidates: [BRA]\n    notice_months: 6",
        "BRA]\n    notice",
        "treaties.PACT.candidates[0]: BRA is a member already; expected a state that is no member",
    ),
    "unknown candidate": (
        "    notice_months: 6",
        "    candidates: [PRE]\n    notice_months: 6",
        "PRE]",
        "treaties.PACT.candidates[0]: unknown state 'PRE'; expected a state of this file; did you",
    ),
    "who accedes and is no candidate": (
        "kind: attack, note: Invented.",
        "kind: accede, who: PER, treaty: PACT",
        "PER, treaty",
        "events[0].who: PER is no candidate of PACT; expected a candidate",
    ),
    "who accedes and is a member": (
        "kind: attack, note: Invented.",
        "kind: accede, who: BRA, treaty: PACT",
        "BRA, treaty",
        "events[0].who: BRA was a member before 2019-07-01; expected a candidate",
    ),
    "who leaves and has left": (
        "kind: attack, note: Invented.}",
        "kind: leave, who: BRA, treaty: PACT}\n  - {date: 2019-09-01, kind: notice, who: BRA, "
        "treaty: PACT}",
        "BRA, treaty: PACT}\n  - {date: 2019-08-15",
        "events[1].who: BRA was no member before 2019-09-01; expected ECU",
    ),
    "peacekeepers of a principal": (
        "kind: attack, note: Invented.",
        "kind: keepers, who: PER",
        "PER}",
        "events[0].who: PER is a principal of the dispute; expected a third party",
    ),
    "no dispute": ("challenger: PER              #", "challenger: ECU #", "target: ECU  ",
        "disputes[0].target: the same state as challenger; expected another"),
    "unknown claim": (
        "{joins: {states: [BRA]",
        "{join: {states: [BRA]",
        "join: {states",
        "questions.ally-fights.claim.join: unknown claim 'join'; expected one of joins, aids, "
        "backs,",
    ),
    "unknown key of a claim": (
        "with_mediator: BRA",
        "mediator: BRA",
        "mediator: BRA}}",
        "unknown key 'mediator'; expected one of by, with_mediator, dispute; did you mean "
        "'with_mediator'?",
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


ALSO = {
    "challenger that fights elsewhere": ("challenger: PER ", "challenger: XNK "),
    "member after the end of the treaty": ("{state: BRA}\n", "{state: BRA, from: 2006-01-01}\n"),
}
"""What else is replaced."""


def bad(name: str) -> str:
    """The text with a fault."""
    text = GOOD
    for old, new in (BAD[name][:2], *([ALSO[name]] if name in ALSO else [])):
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gives_its_message_and_line(name):
    text, (_, _, place, expected) = bad(name), BAD[name]
    found = [fault for fault in faults(text) if expected in fault]
    assert found, faults(text)
    line = line_of(text, place)
    start, column = found[0].split(":")[1:3]
    assert int(start) == line
    assert 1 <= int(column) <= len(text.splitlines()[line - 1]) + 1


def test_one_fault_does_not_bring_others():
    for name in BAD:
        if name not in ("alias", "unknown key", "uncertain border", "lower-case code", *ALSO):
            assert len(faults(bad(name))) == 1, name


SECOND = (
    "  - {id: other, challenger: PER, target: BRA, territory: province,\n"
    "     personnel: {target: [1, 2], challenger: [1, 2], unsourced: true}}\n\nties:"
)


def test_an_event_of_no_dispute_where_there_are_several():
    text = GOOD.replace("\nties:", SECOND, 1)
    assert [fault.partition(": ")[2] for fault in faults(text) if "events" in fault] == [
        f"events[{i}]: missing key 'dispute'; expected one of other, province" for i in (0, 1)
    ]


def test_more_disputes_than_the_engine_plays():
    rows = "".join(SECOND.replace("other", f"other{i}").removesuffix("\nties:") for i in range(8))
    found = faults(GOOD.replace("\nties:", rows + "\nties:", 1))
    assert any("disputes[8]: 9 disputes; expected at most 8" in fault for fault in found)


def test_a_scenario_without_disputes():
    first, last = GOOD.index("\ndisputes:") + 1, GOOD.index("\nties:")
    found = faults(GOOD[:first] + "disputes: []\n" + GOOD[last:])
    assert any("disputes: no dispute; expected one or more" in fault for fault in found)


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
