"""What changes from step to step, what was decided in a step, and the record of many runs."""

from typing import NamedTuple

from jaxtyping import Array, Bool, Float, Int, Int8, UInt8


class Conflict(NamedTuple):
    """State of a dispute at the start of a step; a column is one dispute of one run.

    Attributes:
        status: `kinds.Status`.
        front: Share of the contested land that changed hands, -1 (times the repulse barrier) to 1;
            negative while the challenger's army is being driven back and no land is lost.
        age: Days since fighting, or the truce, began.
        fought: Days of fighting in this episode, truces left out.
        deaths: Military deaths of each side in this episode of fighting.
        buried: Military deaths of each side in earlier episodes.
        stock: Share of each side's heavy arms that is left, by class (`kinds.Arms`).
        strength: Capability of each side at the place, joined and aided, before losses.
        present: Strength of each third party that stands at the place.
        mediated: What those who mediate now multiply the hazard of a truce by; 0 if nobody does.
        effort: How hard they work for a settlement, 0 (also if nobody does) to 1.
        leverage: Influence of the one of them whose word weighs most, 0 to 1; 0 if nobody does.
        signed: The parties have signed the present truce, or the last one; else it was announced.
        broker: Leverage of who brokered it.
        tempo: Log tempo of this episode.
        intensity: Log deaths per soldier and day of this episode.
        skill: Unseen military skill of the challenger's side, logit.
        exchange: Log ratio of target's to challenger's deaths.
        action: What each state does now (`kinds.Action`).
        asked: Target has invoked the treaty in this episode.
        keeper: Index of the state whose peacekeepers stand at the place, else -1.
        mandate: Days until the term ends that a settlement gave them; 0 where it gave none.
        attack_will: Challenger's unexplained wish to attack, standard normal.
        across: Side has struck land of the other's beyond the contested in this episode.
        spread: The own land of outsiders that fight for the side has been struck in this episode.
        civilians: Civilian deaths of each side since the start.
        seen: Wins since the start, in any dispute, for which nobody stood by the target.
    """

    status: Int[Array, " column"]
    front: Float[Array, " column"]
    age: Float[Array, " column"]
    fought: Float[Array, " column"]
    deaths: Float[Array, "side column"]
    buried: Float[Array, "side column"]
    stock: Float[Array, "class side column"]
    strength: Float[Array, "side column"]
    present: Float[Array, "state column"]
    mediated: Float[Array, " column"]
    effort: Float[Array, " column"]
    leverage: Float[Array, " column"]
    signed: Bool[Array, " column"]
    broker: Float[Array, " column"]
    tempo: Float[Array, " column"]
    intensity: Float[Array, " column"]
    skill: Float[Array, " column"]
    exchange: Float[Array, " column"]
    action: Int[Array, "state column"]
    asked: Bool[Array, "treaty column"]
    keeper: Int[Array, " column"]
    mandate: Float[Array, " column"]
    attack_will: Float[Array, " column"]
    across: Bool[Array, "side column"]
    spread: Bool[Array, "side column"]
    civilians: Float[Array, "side column"]
    seen: Float[Array, " column"]


class Alliances(NamedTuple):
    """State of the alliances at the start of a step.

    Attributes:
        membership: `kinds.Membership`.
        waits: Weeks until a notice of leaving takes effect.
        unaided: Member fought an episode to its end without the treaty's strongest member.
        quarrelled: Member fought another member since the start.
        lessons: Log-likelihood of each ally's conduct since the start, if it is steadfast and if
            it is not, under the narrow and under the wide reading of what was due
            (`kinds.Reading` NO and YES).
        heard: Log-odds of steadfastness that signals of before the start have added.
        will: Unexplained wish to be out of the treaty rather than in it, standard normal.
        brokered: Truces and settlements that each state has mediated, up to now.
        influence: Of each state in the region, 0 to 1 (`alliance.order`).
        risen: What it has gained since day 0.
    """

    membership: Int[Array, "treaty state run"]
    waits: Float[Array, "treaty state run"]
    unaided: Bool[Array, "treaty state run"]
    quarrelled: Bool[Array, "treaty state run"]
    lessons: Float[Array, "type reading ally run"]
    heard: Float[Array, "ally run"]
    will: Float[Array, "treaty state run"]
    brokered: Float[Array, "state run"]
    influence: Float[Array, "state run"]
    risen: Float[Array, "state run"]


class Situation(NamedTuple):
    """All disputes and all alliances at the start of a step."""

    conflict: Conflict
    alliances: Alliances


class Moves(NamedTuple):
    """What was decided in a dispute in one step, and what an observer may learn from it.

    Attributes:
        action: `kinds.Action` of each state.
        asked: Target has invoked the treaty.
        attacks: Challenger opens a new episode of fighting.
        yields: Target gives the land up without a fight.
        enters: State begins to fight in this step.
        helps: Probability of each grade of help for the target (`kinds.Grade`), as things stand; 0
            for who fights already.
        duty: Weight of a duty on each grade, as a share of its weight on combat.
        felt: What each state felt it owed the target, 0 to 1: it decided by this.
        owed: What it owed, asked or not, under the narrow and the wide reading, 0 to 1.
        weight: Utility of a duty in full: to the state as it is, to a steadfast one, to another.
        residual: Of the third-party stage.
    """

    action: Int[Array, "state column"]
    asked: Bool[Array, "treaty column"]
    attacks: Bool[Array, " column"]
    yields: Bool[Array, " column"]
    enters: Bool[Array, "state column"]
    helps: Float[Array, "grade state column"]
    duty: Float[Array, "grade column"]
    felt: Float[Array, "state column"]
    owed: Float[Array, "reading state column"]
    weight: Float[Array, "3 state column"]
    residual: Float[Array, " column"]


class Trajectories(NamedTuple):
    """Histories of a batch of runs, or (with one run) of the record itself.

    Day 0 is the start; an entry is the situation at the end of that day or week.

    Attributes:
        status: `kinds.Status` at the end of each day.
        front: Challenger's share of the contested land, 0 to 1, at the end of each day.
        deaths: Military deaths of each side since the start, by the end of each week.
        civilians: Civilian deaths of each side since the start, by the end of each week.
        across: Side has struck land of the other's beyond the contested in this episode, by that
            week.
        spread: The own land of outsiders that fight for the side has been struck in this
            episode, by that week.
        action: `kinds.Action` of each state in each week.
        asked: Target has invoked the treaty in this episode of fighting, by that week.
        keeper: Index of the state whose peacekeepers stand at the place at the end of the week,
            else -1.
        membership: `kinds.Membership` at the end of the week.
        residual: Largest change that one more sweep of the third-party stage would have made;
            0 where nothing was solved.
    """

    status: UInt8[Array, "day dispute run"]
    front: Float[Array, "day dispute run"]
    deaths: Float[Array, "week side dispute run"]
    civilians: Float[Array, "week side dispute run"]
    across: Bool[Array, "week side dispute run"]
    spread: Bool[Array, "week side dispute run"]
    action: UInt8[Array, "week state dispute run"]
    asked: Bool[Array, "week treaty dispute run"]
    keeper: Int8[Array, "week dispute run"]
    membership: UInt8[Array, "week treaty state run"]
    residual: Float[Array, "week dispute run"]
