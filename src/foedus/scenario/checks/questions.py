"""Can each question be judged, and can its answer differ between runs?"""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date

from foedus.claims import language as say
from foedus.claims.evaluate import check
from foedus.scenario.checks.problem import Problem
from foedus.scenario.faults import closest
from foedus.scenario.layout import frame, members_on
from foedus.scenario.questions import ClaimError, read
from foedus.scenario.schema import Reference, Scenario
from foedus.scenario.walk import Steps


def check_questions(scenario: Scenario) -> Iterator[Problem]:
    """Claims that nobody can judge, or whose answer is known without a run."""
    if scenario.end <= scenario.start:
        return
    for key, question in scenario.questions.items():
        steps = ("questions", key, "claim")
        yield from _reference(("questions", key, "reference"), question.reference)
        try:
            claim = read(question.claim, steps)
            check(claim, frame(scenario))
        except ClaimError as error:
            yield _unreadable(error)
        except ValueError as error:
            expected = str(error).removeprefix("expected ")
            yield Problem(steps, "a claim that nobody can judge", expected)
        else:
            yield from (
                Problem(steps, what, "an open question") for what in constant(scenario, claim)
            )


def constant(scenario: Scenario, claim: say.Claim) -> Iterator[str]:
    """Why the answer to a claim is the same in every run.

    Examples:
        >>> from foedus.scenario.load import load
        >>> scenario = load("karabakh-2020")
        >>> list(constant(scenario, say.Truce(scenario.start)))
        ['a claim about 2020-09-27, the start, which is given']
        >>> list(constant(scenario, say.Holds(1.0, scenario.end)))
        ['a share that nobody can exceed']
    """
    if isinstance(claim, say.All | say.Any | say.Not):
        parts = (claim.claim,) if isinstance(claim, say.Not) else claim.claims
        for part in parts:
            yield from constant(scenario, part)
        return
    for field in fields(claim):  # pyright: ignore[reportArgumentType]
        value = getattr(claim, field.name)
        if field.name in ("by", "on") and isinstance(value, date) and value <= scenario.start:
            yield f"a claim about {value}, the start, which is given"
    if isinstance(claim, say.Holds) and claim.share >= 1:
        yield "a share that nobody can exceed"
    yield from (f"{code} cannot do that" for code in _helpless(scenario, claim))


def _helpless(scenario: Scenario, claim: say.Claim) -> list[str]:
    """States in a claim that the engine lets do nothing of the kind."""
    dispute = scenario.dispute
    third = scenario.states.keys() - {dispute.target, dispute.challenger}
    match claim:
        case say.Joins() | say.Aids() | say.Mediates():
            return [code for code in claim.states if code not in third]
        case say.Clash():
            return [code for code in (claim.a, claim.b) if code not in third]
        case say.Settles() if claim.with_mediator is not None:
            return [code for code in (claim.with_mediator,) if code not in third]
        case say.Suspends():
            inside = members_on(scenario, scenario.treaties[claim.treaty])
            return [code for code in claim.states if code not in inside]
        case say.Invokes():
            inside = members_on(scenario, scenario.treaties[claim.treaty])
            return [] if dispute.target in inside else [dispute.target]
        case _:
            return []


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
