"""Who owes a state what on a day, as text or as JSON."""

import json
from collections.abc import Iterator

from foedus.alliance.casus import CAVEAT, Due
from foedus.core import states
from foedus.report.columns import paragraph
from foedus.scenario.calls import Answer, Call, Question

_FORMS = {
    "open": "{} attacked openly",
    "deniable": "{} attacked with force that nobody owns up to",
    "proxy": "{} attacked through proxies",
    "internal": "{} shaken from inside",
}
_OBJECTS = {
    "territory": "it were",
    "forces": "its forces abroad were",
    "base": "its base abroad were",
}
_OTHER = {"member": "by a fellow member", "proxies": "by proxies", "unrest": "unrest inside"}


def text(answer: Answer) -> str:
    """The answer for people.

    Examples:
        >>> from datetime import date
        >>> question = Question("ARM", date(2020, 9, 27))
        >>> print(text(Answer("case", question, (), {"PACT": "left"})))
        Armenia (ARM) on 2020-09-27: who owes it what
        If it were attacked openly by an outsider, on its own recognised land (scenario
        case; coding, not legal opinion):
        <BLANKLINE>
        Nobody owes it anything.
        <BLANKLINE>
        Not bound by, on that day:
          PACT: left
    """
    return "\n\n".join("\n".join(part) for part in _parts(answer))


def _parts(answer: Answer) -> Iterator[list[str]]:
    """Heading, one part a treaty, and the treaties that are silent."""
    yield _heading(answer)
    for key in dict.fromkeys(call.treaty for call in answer.calls):
        yield list(_treaty([call for call in answer.calls if call.treaty == key]))
    if not answer.calls:
        yield ["Nobody owes it anything."]
    if answer.silent:
        lines = (paragraph(f"{key}: {why}", "  ") for key, why in answer.silent.items())
        yield ["Not bound by, on that day:", *lines]


def _heading(answer: Answer) -> list[str]:
    asked = answer.question
    by = _name(asked.by, asked) if asked.by else "an outsider"
    where = f"at {asked.where}" if asked.where else "on its own recognised land"
    how = _FORMS[asked.form].format(_OBJECTS[asked.object])
    given = f"If {how} by {by}, {where} (scenario {answer.scenario}; {CAVEAT}):"
    return [f"{_name(asked.state, asked)} on {asked.on}: who owes it what", paragraph(given)]


def _name(code: str, asked: Question) -> str:
    """Short name of a state on the day, with its code; the code alone where there is none."""
    try:
        return f"{states.find(code, asked.on).name} ({code})"
    except ValueError:
        return code


def _treaty(calls: list[Call]) -> Iterator[str]:
    """A treaty and its promises."""
    first = calls[0]
    yield paragraph(f"{first.treaty}: {first.name}", more="  ")
    if first.leaving:
        yield paragraph(f"Notice of leaving given by {', '.join(first.leaving)}", "  ")
    for call in calls:
        article = f"Art. {call.article}" if call.article[:1].isdigit() else call.article
        yield paragraph(f"{article} ({call.kind}): {call.words}", "  ", "    ")
        yield from (paragraph(line, "    ", "      ") for line in _lines(call))


def _lines(call: Call) -> Iterator[str]:
    """Who owes it, whether it is due, and what would make it so."""
    yield f"Owed by {', '.join(call.owing) or 'nobody'}"
    why = "; ".join(call.reasons)
    yield f"Verdict: {'not due: ' + why if why else call.verdict}"
    parties = [f"{code}: {_short(said)}" for code, said in call.parties.items()]
    yield "; ".join(
        [f"Widest reading: {_yes(call.wide)}, narrowest: {_yes(call.narrow)}", *parties]
    )
    yield f"Falls due: {'; '.join(call.needs)}"
    if call.places:
        yield "Covers " + ", ".join(f"{place}: {said}" for place, said in call.places.items())
    if call.counts:
        counts = (f"{_OTHER[name]}: {said}" for name, said in call.counts.items())
        yield f"Other attacks: {', '.join(counts)}"


def _yes(truth: bool) -> str:
    return "due" if truth else "not due"


def _short(said: Due) -> str:
    """A verdict without its reason."""
    return {Due.DUE: "due", Due.DISPUTED: "disputed"}.get(said, "not due")


def as_json(answer: Answer) -> str:
    """The answer for programs, as one JSON object.

    Examples:
        >>> from datetime import date
        >>> json.loads(as_json(Answer("case", Question("ARM", date(2020, 9, 27)), (), {})))["on"]
        '2020-09-27'
    """
    asked = answer.question._asdict() | {"on": answer.question.on.isoformat()}
    calls = [call._asdict() for call in answer.calls]
    whole = {"scenario": answer.scenario, **asked, "calls": calls, "silent": answer.silent}
    return json.dumps(whole, indent=2, ensure_ascii=False)
