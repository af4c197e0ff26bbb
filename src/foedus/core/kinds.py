"""Which kinds of things the model tells apart; names follow ATOP, COW and MID."""

from enum import IntEnum


class Obligation(IntEnum):
    """What a treaty promises (ATOP)."""

    DEFENSE = 0
    OFFENSE = 1
    NEUTRALITY = 2
    NONAGGRESSION = 3
    CONSULTATION = 4


class Side(IntEnum):
    """The two sides of a dispute, as an array axis."""

    TARGET = 0
    CHALLENGER = 1


class Arms(IntEnum):
    """Classes of heavy arms, as an array axis."""

    GROUND = 0  # armour, guns, launchers
    AIR_DEFENCE = 1
    STRIKE = 2  # drones and loitering munitions


class Grade(IntEnum):
    """How far a third party goes for a side, from words to open combat."""

    STATEMENT = 0
    AID = 1  # advisers and arms
    DEPLOYMENT = 2  # to deter; it stands there and does not fight
    DENIABLE = 3  # force that is not owned up to
    COMBAT = 4


TROOPS = (Grade.DEPLOYMENT, Grade.DENIABLE, Grade.COMBAT)
"""Grades in which a third party sends forces of its own."""


class Signal(IntEnum):
    """What an ally may do before a war to show that it would come; talk is cheapest."""

    STATEMENT = 0
    EXERCISE = 1
    PLEDGE = 2  # of help, in public
    DEPLOYMENT = 3


class Action(IntEnum):
    """What a third party may do, as an array axis: nothing, mediate, or a grade for a side."""

    ABSTAIN = 0
    MEDIATE = 1
    STATE_TARGET = 2
    STATE_CHALLENGER = 3
    AID_TARGET = 4
    AID_CHALLENGER = 5
    DEPLOY_TARGET = 6
    DEPLOY_CHALLENGER = 7
    DENIABLE_TARGET = 8
    DENIABLE_CHALLENGER = 9
    JOIN_TARGET = 10
    JOIN_CHALLENGER = 11

    @classmethod
    def of(cls, grade: Grade, side: Side) -> "Action":
        """Going so far for a side.

        Examples:
            >>> Action.of(Grade.COMBAT, Side.CHALLENGER).name
            'JOIN_CHALLENGER'
        """
        return cls(2 + len(Side) * grade + side)

    @property
    def side(self) -> Side:
        """The side gone with; only of actions that go with one.

        Examples:
            >>> Action.AID_CHALLENGER.side.name, Action.AID_CHALLENGER.grade.name
            ('CHALLENGER', 'AID')
        """
        return Side((self - 2) % len(Side))

    @property
    def grade(self) -> Grade:
        """How far it goes; only of actions that go with a side."""
        return Grade((self - 2) // len(Side))


class Membership(IntEnum):
    """Where a state stands in a treaty."""

    OUTSIDE = 0
    FULL = 1
    HEDGES = 2  # stays, and looks for others
    SUSPENDED = 3  # neither owes nor is owed
    LEAVING = 4  # has given notice; bound until it runs out
    PARTING = 5  # the same, having suspended its part before: not bound
    LEFT = 6


class Status(IntEnum):
    """Where a dispute stands on a day."""

    QUIET = 0
    FIGHTING = 1
    TRUCE = 2
    SETTLED = 3
    WON = 4
    REPULSED = 5


BINDING = (Membership.FULL, Membership.HEDGES, Membership.LEAVING)
"""Where a state stands in a treaty that binds it: also while one hedges, or a notice runs."""


class Reading(IntEnum):
    """How far the parties agree that something holds: by no reading, by some, by all.

    They are ordered, so that "and" is the smallest of several and "or" the largest.
    """

    NO = 0
    DISPUTED = 1
    YES = 2


class Era(IntEnum):
    """Periods of the record that carry their own levels."""

    CONCERT = 0  # 1816-1913
    WORLD_WARS = 1  # 1914-1945
    COLD_WAR = 2  # 1946-1990
    RECENT = 3  # 1991-

    @property
    def middle(self) -> float:
        """Year in its middle; the last is still going on, and ends in 2020."""
        return (1864.5, 1929.5, 1968.0, 2005.5)[self]

    @classmethod
    def of(cls, year: int) -> "Era":
        """Era of a calendar year.

        Examples:
            >>> Era.of(2020).name
            'RECENT'
        """
        return cls((year > 1913) + (year > 1945) + (year > 1990))
