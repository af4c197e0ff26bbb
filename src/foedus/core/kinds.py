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


class Action(IntEnum):
    """What a third party may do, as an array axis."""

    ABSTAIN = 0
    MEDIATE = 1
    AID_TARGET = 2
    AID_CHALLENGER = 3
    JOIN_TARGET = 4
    JOIN_CHALLENGER = 5


class Status(IntEnum):
    """Where a dispute stands on a day."""

    QUIET = 0
    FIGHTING = 1
    TRUCE = 2
    SETTLED = 3
    WON = 4
    REPULSED = 5


class Reading(IntEnum):
    """How far the parties agree that something holds: by no reading, by some, by all."""

    NO = 0
    DISPUTED = 1
    YES = 2


class Era(IntEnum):
    """Periods of the record that carry their own levels."""

    CONCERT = 0  # 1816-1913
    WORLD_WARS = 1  # 1914-1945
    COLD_WAR = 2  # 1946-1990
    RECENT = 3  # 1991-

    @classmethod
    def of(cls, year: int) -> "Era":
        """Era of a calendar year.

        Examples:
            >>> Era.of(2020).name
            'RECENT'
        """
        return cls((year > 1913) + (year > 1945) + (year > 1990))
