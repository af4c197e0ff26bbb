"""What changes from step to step, what was decided in a step, and the record of many runs."""

from typing import NamedTuple

from jaxtyping import Array, Bool, Float, Int, UInt8


class Situation(NamedTuple):
    """State of a dispute and its alliances at the start of a step; every array ends in `run`.

    Attributes:
        status: `kinds.Status`.
        front: Share of the contested land that changed hands, -1 (times the repulse barrier) to 1;
            negative while the challenger's army is being driven back and no land is lost.
        age: Days since the status began.
        fought: Days of fighting in this episode, truces left out.
        deaths: Military deaths of each side in this episode of fighting.
        buried: Military deaths of each side in earlier episodes.
        stock: Share of each side's heavy equipment that is left.
        strength: Capability of each side at the place, joined and aided, before losses.
        mediated: Weight of the third parties that mediate now.
        tempo: Log tempo of this episode.
        intensity: Log deaths per soldier and day of this episode.
        skill: Unseen military skill of the challenger's side, logit.
        exchange: Log ratio of target's to challenger's deaths.
        action: What each state does now (`kinds.Action`).
        asked: Target has invoked the treaty in this episode.
        active: Membership in force.
        unaided: Target fought an episode to its end without the treaty's strongest member.
        evidence: Log-odds that conduct in war has added to the trust in each ally.
        attack_will: Challenger's unexplained wish to attack, standard normal.
        stay_will: Member's unexplained wish to stay, standard normal.
    """

    status: Int[Array, " run"]
    front: Float[Array, " run"]
    age: Float[Array, " run"]
    fought: Float[Array, " run"]
    deaths: Float[Array, "side run"]
    buried: Float[Array, "side run"]
    stock: Float[Array, "side run"]
    strength: Float[Array, "side run"]
    mediated: Float[Array, " run"]
    tempo: Float[Array, " run"]
    intensity: Float[Array, " run"]
    skill: Float[Array, " run"]
    exchange: Float[Array, " run"]
    action: Int[Array, "state run"]
    asked: Bool[Array, "treaty run"]
    active: Bool[Array, "treaty state run"]
    unaided: Bool[Array, "treaty run"]
    evidence: Float[Array, "ally run"]
    attack_will: Float[Array, " run"]
    stay_will: Float[Array, "treaty state run"]


class Moves(NamedTuple):
    """What was decided in one step, and what an observer may learn from it.

    Attributes:
        action: `kinds.Action` of each state.
        asked: Target has invoked the treaty.
        attacks: Challenger opens a new episode of fighting.
        yields: Target gives the land up without a fight.
        join_probability: That each state would join the target, as things stand.
        owed: What each state owes the target, 0 to 1.
        weight: Utility of a duty in full: to the state as it is, to a steadfast one, to another.
        residual: Of the third-party stage.
        sweeps: Of the third-party stage.
    """

    action: Int[Array, "state run"]
    asked: Bool[Array, "treaty run"]
    attacks: Bool[Array, " run"]
    yields: Bool[Array, " run"]
    join_probability: Float[Array, "state run"]
    owed: Float[Array, "state run"]
    weight: Float[Array, "3 state run"]
    residual: Float[Array, " run"]
    sweeps: Int[Array, " run"]


class Trajectories(NamedTuple):
    """Histories of a batch of runs, or (with one run) of the record itself.

    Day 0 is the start; an entry is the situation at the end of that day or week.

    Attributes:
        status: `kinds.Status` at the end of each day.
        front: Challenger's share of the contested land, 0 to 1, at the end of each day.
        deaths: Military deaths of each side since the start, by the end of each week.
        action: `kinds.Action` of each state in each week.
        asked: Target has invoked the treaty in this episode of fighting, by that week.
        active: Membership was in force at the end of the week.
        residual: Largest change that one more sweep of the third-party stage would have made;
            0 where nothing was solved.
    """

    status: UInt8[Array, "day run"]
    front: Float[Array, "day run"]
    deaths: Float[Array, "week side run"]
    action: UInt8[Array, "week state run"]
    asked: Bool[Array, "week treaty run"]
    active: Bool[Array, "week treaty state run"]
    residual: Float[Array, "week run"]
