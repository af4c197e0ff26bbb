"""Can each question be judged, and can its answer differ between runs and from other answers?"""

from collections.abc import Collection, Generator, Iterator
from dataclasses import fields
from datetime import date
from typing import Any

from foedus.claims import language as say
from foedus.claims.evaluate import check
from foedus.claims.frame import Frame
from foedus.scenario.checks.problem import Problem
from foedus.scenario.faults import closest
from foedus.scenario.layout import frame, members_on
from foedus.scenario.questions import ClaimError, read
from foedus.scenario.schema import Dispute, Question, Reference, Scenario
from foedus.scenario.walk import Steps

_BY_ANYBODY = (say.Joins, say.Aids, say.Backs, say.Mediates, say.Keeps, say.Deploys)
_OF_MEMBERS = (say.Hedges, say.Suspends, say.Notifies, say.Leaves)


def check_questions(scenario: Scenario) -> Iterator[Problem]:
    """Claims that nobody can judge, or whose answer is known without a run."""
    if scenario.end <= scenario.start:
        return
    asked: dict[object, str] = {}
    for key, question in scenario.questions.items():
        here = ("questions", key)
        claims = yield from check_question(scenario, question, here)
        if None not in claims:
            yield from _again(scenario, here, claims, asked)


def check_question(
    scenario: Scenario, question: Question, steps: Steps
) -> Generator[Problem, None, list[say.Claim | None]]:
    """Problems of one question by itself; returns its condition, if it has one, and its claim."""
    yield from _reference((*steps, "reference"), question.reference)
    claims = []
    for name in ("given", "claim") if question.given is not None else ("claim",):
        claim = yield from _claim(scenario, question, (*steps, name))
        claims.append(claim)
    if None not in claims:
        yield from _condition(scenario, steps, claims)
    return claims


def _claim(
    scenario: Scenario, question: Question, steps: Steps
) -> Generator[Problem, None, say.Claim | None]:
    """Problems of one claim of a question; returns it where it can be judged."""
    data = getattr(question, str(steps[-1]))
    unknown = list(_disputes(data, steps, frame(scenario).disputes))
    yield from unknown
    try:
        claim = read(data, steps)
        if not unknown:
            check(claim, frame(scenario))
    except ClaimError as error:
        yield _unreadable(error)
    except ValueError as error:
        expected = str(error).removeprefix("expected ")
        yield Problem(steps, "a claim that nobody can judge", expected)
    else:
        if not unknown:
            yield from (
                Problem(steps, what, "an open question") for what in constant(scenario, claim)
            )
            return claim
    return None


def _disputes(data: object, steps: Steps, known: Collection[str]) -> Iterator[Problem]:
    """Disputes named in a claim that the scenario does not have."""
    if isinstance(data, dict):
        for key, part in data.items():
            if key == "dispute" and isinstance(part, str) and part not in known:
                what, wanted = f"unknown dispute {part!r}", "a dispute of this file"
                yield Problem((*steps, key), what, wanted, closest(part, known))
            yield from _disputes(part, (*steps, key), known)
    elif isinstance(data, list | tuple):
        for i, part in enumerate(data):
            yield from _disputes(part, (*steps, i), known)


# ---- answers that are known without a run


def constant(scenario: Scenario, claim: say.Claim) -> Iterator[str]:
    """Why the answer to a claim is the same in every run.

    Examples:
        >>> from foedus.scenario.load import load
        >>> scenario = load("karabakh-2020")
        >>> list(constant(scenario, say.Truce(scenario.start, "karabakh")))
        ['a claim about 2020-09-27, the start, which is given']
        >>> list(constant(scenario, say.Keeps(("ARM",), scenario.end, "karabakh")))
        ['ARM cannot do that']
    """
    if isinstance(claim, say.All | say.Any | say.Not):
        for part in _parts(claim):
            yield from constant(scenario, part)
        return
    for field in fields(claim):  # pyright: ignore[reportArgumentType]
        value = getattr(claim, field.name)
        if field.name in ("by", "on") and isinstance(value, date) and value <= scenario.start:
            yield f"a claim about {value}, the start, which is given"
    if isinstance(claim, say.Holds) and claim.share >= 1:
        yield "a share that nobody can exceed"
    yield from (f"{code} cannot do that" for code in _helpless(scenario, claim))


def _parts(claim: say.All | say.Any | say.Not) -> tuple[say.Event, ...]:
    """The claims that a compound claim is made of."""
    return (claim.claim,) if isinstance(claim, say.Not) else claim.claims


def _helpless(scenario: Scenario, claim: Any) -> list[str]:
    """States in a claim that the engine lets do nothing of the kind."""
    if isinstance(claim, (*_OF_MEMBERS, say.Accedes, say.Member)):
        able = _members_who_can(scenario, claim)
        return [code for code in claim.states if code not in able]
    disputes = _about(scenario, getattr(claim, "dispute", None))
    match claim:
        case _ if isinstance(claim, _BY_ANYBODY):
            return [code for code in claim.states if not _is_third(scenario, code, disputes)]
        case say.Clash():
            return _unable_to_clash(scenario, (claim.a, claim.b), disputes)
        case say.Settles() if claim.with_mediator is not None:
            code = claim.with_mediator
            return [] if _is_third(scenario, code, disputes) else [code]
        case say.Invokes():
            able = _inside(scenario, claim.treaty) | _candidates(scenario, claim.treaty)
            targets = {dispute.target for dispute in disputes}
            return [] if able & targets else sorted(targets)
        case _:
            return []


def _members_who_can(scenario: Scenario, claim: Any) -> set[str]:
    """Members can leave, candidates can come in, and both can be members on a day."""
    inside, outside = _inside(scenario, claim.treaty), _candidates(scenario, claim.treaty)
    if isinstance(claim, say.Accedes):
        return outside
    return inside | outside if isinstance(claim, say.Member) else inside


def _unable_to_clash(
    scenario: Scenario, two: tuple[str, str], disputes: list[Dispute]
) -> list[str]:
    """Those of two states that are in no dispute third parties together."""
    if any(all(_is_third(scenario, code, [d]) for code in two) for d in disputes):
        return []
    return [code for code in two if not _is_third(scenario, code, disputes)] or list(two)


def _about(scenario: Scenario, name: str | None) -> list[Dispute]:
    """The dispute of that name, or all."""
    return [dispute for dispute in scenario.disputes if name in (None, dispute.id)]


def _is_third(scenario: Scenario, code: str, disputes: list[Dispute]) -> bool:
    """Whether a state is a third party of any of the disputes."""
    others = (d for d in disputes if code not in (d.target, d.challenger))
    return code in scenario.states and any(True for _ in others)


def _inside(scenario: Scenario, treaty: str) -> set[str]:
    """Members of a treaty at the start."""
    return members_on(scenario, scenario.treaties[treaty])


def _candidates(scenario: Scenario, treaty: str) -> set[str]:
    """States that may come in later."""
    return set(scenario.treaties[treaty].candidates) - _inside(scenario, treaty)


# ---- answers that another claim gives


def _condition(scenario: Scenario, steps: Steps, claims: list[Any]) -> Iterator[Problem]:
    """Conditions that are no events, or that answer the claim themselves."""
    given, claim = claims[0], claims[-1]
    if len(claims) == 1:
        return
    if not isinstance(given, say.Event):
        yield Problem((*steps, "given"), "a condition that is a quantity", "an event")
        return
    axes = frame(scenario)
    sure = given.claims if isinstance(given, say.All) else (given,)
    if _sense(claim, axes) in {_sense(part, axes) for part in sure}:
        wanted = "a question that its condition leaves open"
        yield Problem((*steps, "claim"), "a claim that its condition answers", wanted)


def _again(
    scenario: Scenario, steps: Steps, claims: list[Any], asked: dict[object, str]
) -> Iterator[Problem]:
    """Questions that ask what another one asks, or its opposite."""
    axes, key = frame(scenario), str(steps[-1])
    given = _meaning(claims[0], axes) if len(claims) > 1 else None
    first = asked.setdefault((_sense(claims[-1], axes), given), key)
    if first != key:
        what = f"the answer is that of {first}, or its opposite"
        yield Problem((*steps, "claim"), what, "another question")


def _sense(claim: Any, axes: Frame) -> object:
    """What a claim is about, whether it affirms or denies it."""
    if isinstance(claim, say.Not):
        return _sense(claim.claim, axes)
    if isinstance(claim, say.Holds):
        return _meaning(say.Holds(claim.share, claim.on, dispute=claim.dispute), axes)
    return _meaning(claim, axes)


def _meaning(value: Any, axes: Frame) -> object:
    """A claim, or part of one, such that those which mean the same are equal."""
    match value:
        case say.Not(claim=say.Not(claim=inner)):
            return _meaning(inner, axes)
        case tuple():
            return frozenset(_meaning(part, axes) for part in value)
        case say.Event() | say.Quantity():
            parts = {f.name: getattr(value, f.name) for f in fields(value)}  # pyright: ignore[reportArgumentType]
            if "dispute" in parts and parts["dispute"] is None and len(axes.disputes) == 1:
                parts["dispute"] = axes.disputes[0]
            named = {name: _meaning(part, axes) for name, part in parts.items()}
            return type(value).__name__, frozenset(named.items())
        case _:
            return value


# ---- what is written wrongly


def _unreadable(error: ClaimError) -> Problem:
    """A claim that is not written as it should be."""
    if error.word:
        known, hint = "one of " + ", ".join(error.known), closest(error.word, error.known)
        return Problem(error.steps, str(error), known, hint, key=True)
    return Problem(error.steps, "a claim that cannot be read", str(error).removeprefix("expected "))


def _reference(steps: Steps, reference: Reference) -> Iterator[Problem]:
    """A reference class needs its rate, number of cases, name and source; else a reason."""
    given = [reference.p is not None, reference.n is not None, bool(reference.class_)]
    if bool(reference.none) == any(given) or any(given) != all(given):
        wanted = "p, n, class and src; or none: the reason why there is no class"
        yield Problem(steps, "a reference without content", wanted)
    elif any(given) and not reference.src:
        yield Problem(steps, "a reference without source", "src")
    if reference.p is not None and not 0 <= reference.p <= 1:
        yield Problem((*steps, "p"), f"{reference.p:g}", "a share from 0 to 1")
