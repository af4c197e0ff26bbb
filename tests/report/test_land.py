"""Coast lines: what lies in a box, no more, and no border."""

import numpy as np
import pytest

from foedus.report.figures import land
from foedus.report.figures.land import Box, coast


def area(ring):
    x, y = ring.T
    return abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2


@pytest.mark.parametrize(
    "box", [Box(38, 35, 55, 45), Box(118, 20, 124, 27), Box(-62, -53, -56, -50)]
)
def test_nothing_lies_beyond_the_box(box):
    rings = coast(box)
    assert rings
    for ring in rings:
        assert (ring >= np.array([box.west, box.south]) - 1e-9).all()
        assert (ring <= np.array([box.east, box.north]) + 1e-9).all()


def test_a_box_inland_is_land_all_over():
    box = Box(66, 47, 68, 49)  # the Kazakh steppe
    (ring,) = coast(box)
    assert area(ring) == pytest.approx(4)


def test_two_halves_are_the_whole():
    whole, west, east = Box(28, 36, 42, 44), Box(28, 36, 35, 44), Box(35, 36, 42, 44)
    signed = [sum(area(ring) for ring in coast(box)) for box in (whole, west, east)]
    assert signed[0] == pytest.approx(signed[1] + signed[2])


def test_no_border_is_drawn():
    largest = max(land._rings(), key=area)
    low, high = largest.min(0), largest.max(0)
    assert low[0] < -17  # one ring from Senegal to Siberia, over all borders in between
    assert high[0] > 179
