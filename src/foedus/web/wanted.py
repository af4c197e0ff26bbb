"""What a page may ask for, and the scenario and options that this means."""

from datetime import date
from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from foedus.scenario.catalogue import shipped
from foedus.scenario.faults import Fault, ScenarioError, closest
from foedus.scenario.load import load, parse
from foedus.scenario.schema import Scenario
from foedus.study.choices import configured
from foedus.study.glimpse import glimpse
from foedus.study.pipeline import Options
from foedus.web.work import Limits

_SIZE = Limits()


class Source(BaseModel):
    """A scenario: one that comes with the package, or the text of a file."""

    model_config = ConfigDict(extra="forbid")

    scenario: str = "karabakh-2020"
    """Name of a scenario that comes with the package; of the file where there is a text."""
    text: Annotated[str | None, Field(max_length=_SIZE.body)] = None
    """YAML, in the place of a scenario that comes with the package."""

    def read(self) -> Scenario:
        """The scenario, checked.

        Raises:
            ScenarioError: With every fault and its place.
        """
        if self.text is not None:
            return parse(self.text.encode(), self.scenario)
        if self.scenario not in shipped():  # load() would also open a file of that name
            known = shipped()
            raise ScenarioError(
                [Fault(self.scenario, 1, 1, "", "no such scenario",
                       f"one of {', '.join(known)}", closest(self.scenario, known))]
            )  # fmt: skip
        return _read_once(self.scenario)


_read_once = cache(load)


class Wanted(Source):
    """A scenario with what is changed in it."""

    changes: dict[str, str] = Field(default_factory=dict, max_length=200, alias="set")
    """Values by path, as `--set` takes them."""
    without: tuple[str, ...] = Field(default=(), max_length=20)
    """Ids of switches to turn off."""
    seed: Annotated[int, Field(ge=0, lt=2**64)] = 1

    def configured(self) -> tuple[Scenario, tuple[str, ...], tuple[tuple[str, float], ...]]:
        """The scenario as it is wanted, what is changed in words, and parameters that are held.

        Raises:
            ValueError: Something cannot be so, in one clear message.
        """
        return configured(self.read(), [f"{p}={v}" for p, v in self.changes.items()], self.without)


class Run(Wanted):
    """An ensemble of it."""

    runs: Annotated[int, Field(ge=1, le=_SIZE.runs)] = 1000
    as_of: date | None = None
    """Day by which reports are taken into account."""
    look: Literal["opening", "whole"] = "whole"
    """The opening months alone, which are quick, or the whole."""

    def options(self, fixed: tuple[tuple[str, float], ...], devices: int) -> Options:
        """How to run it."""
        return Options(self.runs, self.seed, devices=devices, fixed=fixed, as_of=self.as_of)

    def part(self, scenario: Scenario) -> Scenario:
        """What is to be run of a scenario; the whole where nothing falls due early."""
        opening = glimpse(scenario) if self.look == "opening" else None
        return opening or scenario


class Why(Wanted):
    """The reasons of a state, in a dispute."""

    by: str | None = None
    """The state; the target's strongest ally where none is named."""
    dispute: str | None = None
    draws: Annotated[int, Field(ge=2, le=_SIZE.draws)] = 50
