"""A small invented scenario with everything in it that a file may hold."""

import json

import yaml

from foedus.scenario.load import parse
from foedus.scenario.schema import Scenario
from foedus.scenario.text import plain, read

WIDE = """
foedus: 1
id: wide
title: Three disputes and three treaties
start: 2019-06-01
end: 2021-12-31
states:
  PER: {capability: [0.003, 0.006], capital: [-12.05, -77.05], unsourced: true}
  ECU: {capability: [0.001, 0.002], capital: [-0.22, -78.52], unsourced: true}
  COL: {capability: [0.004, 0.005], capital: [4.61, -74.08], unsourced: true}
  BRA:
    capability: [0.02, 0.03]
    capital: [-15.78, -47.93]
    major: true
    domestic: [0.1, 0.3]
    unsourced: true
  CHL: {capability: [0.003, 0.004], capital: [-33.45, -70.67], unsourced: true}
entities:
  XNK: {fights_in: north, fights_with: target, strength: [0.0001, 0.0004],
        personnel: [1000, 2000], unsourced: true}
  XRB: {name: Rebels of the interior, fights_in: inland, fights_with: challenger,
        strength: [0.0002, 0.0004], unsourced: true}
territories:
  province: {names: [The Province], at: [-3.5, -78.4], recognised: ECU, claimants: [PER]}
  interior: {names: [The Interior], at: [4.0, -73.0], recognised: COL}
treaties:
  PACT:
    name: A pact of three
    signed: 1998-10-26
    in_force: 1999-01-01
    notice_months: 12
    members:
      - {state: ECU}
      - {state: BRA}
      - {state: COL}
      - {state: URY, to: 2010-01-01}
    candidates: [CHL]
    obligations:
      - article: "4"
        kind: defense
        words: An attack on one is an attack on all.
        on_request: true
        decision: consensus
        members: no
        proxies: disputed
        scope:
          territories:
            - {territory: province, covered: disputed, by_reading: {ECU: yes, BRA: no}}
      - {article: "5", kind: nonaggression, words: Members use no force against each other.}
      - {article: "6", kind: consultation, words: Members consult., trigger: threat}
  RIVAL:
    name: A pact against one
    signed: 2001-01-01
    members: [{state: PER}, {state: CHL}]
    obligations:
      - {article: "1", kind: offense, words: They make war together.}
      - {article: "2", kind: defense, words: Help against two., attackers: 2, internal: yes}
  SOON:
    name: A treaty that may come
    possible: true
    candidates: [PER, BRA]
    obligations:
      - {article: "1", kind: defense, words: Help., scope: {default: everywhere}}
disputes:
  - id: north
    challenger: PER
    target: ECU
    territory: province
    ignites: 2019-06-01
    began_as:
      {target: disputed, challenger: disputed, by_reading: {target: {ECU: yes, PER: no}}}
    personnel: {target: [5000, 20000], challenger: [10000, 40000], unsourced: true}
    pace: {range: [-0.5, 0.5], unsourced: true}
    grievance: {range: [0.1, 0.9], unsourced: true}
    domestic: {BRA: {target: [0.7, 0.9], unsourced: true}}
    in_place: {BRA: {range: [0.001, 0.002], unsourced: true}}
    route: {BRA: {range: [0.2, 0.6], unsourced: true}}
    format: {name: Guarantors, seats: [BRA]}
    front: {range: [0.1, 0.2], unsourced: true}
  - id: inland
    challenger: XRB
    target: COL
    territory: interior
    form: internal
    personnel: {target: [5000, 20000], challenger: [1000, 4000], unsourced: true}
  - id: coast
    challenger: ECU
    target: PER
    territory: province
    object: forces
    strength: {target: [0.01, 0.02], challenger: [0.001, 0.002], unsourced: true}
    personnel: {target: [5000, 20000], challenger: [1000, 4000], unsourced: true}
ties:
  - {from: BRA, to: ECU, kind: arms, value: [0.2, 0.6], unsourced: true}
  - {from: BRA, to: CHL, kind: arms, value: [0.2, 0.6], unsourced: true}
  - {from: ECU, to: BRA, kind: affinity, value: [0.6, 0.8], unsourced: true}
  - {from: BRA, to: ECU, kind: affinity, value: [0.2, 0.4], unsourced: true}
  - {from: COL, to: ECU, kind: contiguity}
  - {from: CHL, to: PER, kind: contiguity}
sources:
  BOOK: {cite: A book}
deliveries:
  - {from: BRA, to: PER, years: [2014, 2018], volume: 60, src: BOOK,
     paid: {range: [0.2, 0.6], unsourced: true}}
  - {from: CHL, to: PER, years: [2009, 2018], volume: 20, src: BOOK}
  - {to: PER, years: [2014, 2018], volume: 30, src: BOOK}
  - {from: BRA, years: [2010, 2018], volume: 540, src: BOOK}
  - {from: CHL, to: COL, years: [2009, 2013], volume: 7, src: BOOK}
pressures:
  - {states: [BRA], kind: epidemic, from: 2019-05-01, months: [2, 9], cost: [0.2, 0.5],
     unsourced: true}
  - {states: [BRA, CHL], kind: war-elsewhere, from: 2018-01-01, cost: [0.1, 0.2],
     forces: [0.2, 0.4], unsourced: true}
events:
  - {date: 2019-07-01, kind: invoke, who: ECU, treaty: PACT, dispute: north}
  - {date: 2019-07-02, kind: truce, dispute: north}
  - {date: 2019-07-03, kind: keepers, who: BRA, dispute: north, until: 2020-01-01}
  - {date: 2019-07-04, kind: aid, who: CHL, side: target, dispute: inland, grade: statement}
  - {date: 2019-08-01, kind: accede, who: PER, treaty: SOON}
  - {date: 2019-09-01, kind: accede, who: BRA, treaty: SOON}
  - {date: 2019-10-01, kind: suspend, who: COL, treaty: PACT}
  - {date: 2020-01-31, kind: notice, who: ECU, treaty: PACT}
"""


def raw(text: str = WIDE) -> dict:
    """Data of a text, free to change."""
    root, _ = read(text.encode(), "wide")
    return json.loads(json.dumps(plain(root)))


def write(data: dict) -> Scenario:
    """Scenario of data, through a file."""
    return parse(yaml.safe_dump(data, sort_keys=False, allow_unicode=True).encode())
