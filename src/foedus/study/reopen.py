"""A finished run, read again from its folder."""

import json
from datetime import date
from pathlib import Path

import foedus
from foedus.core import params
from foedus.core.source import JUDGED, mark
from foedus.scenario.digest import content, digest
from foedus.scenario.load import load
from foedus.scenario.schema import Scenario
from foedus.study.asof import Known
from foedus.study.folder import Folder, FolderError, Kept
from foedus.study.pipeline import Options, Study, told

_SCENARIO, _ANSWERS = "scenario.json", "answers.json"


def keep(folder: Folder, scenario: Scenario) -> None:
    """Write the scenario as it was run into the folder; it is a scenario file itself."""
    folder.write_text(_SCENARIO, json.dumps(content(scenario), ensure_ascii=False, indent=1) + "\n")


def reopen(path: Path) -> tuple[Folder, Study]:
    """A finished run from its folder.

    Args:
        path: The folder.

    Raises:
        FolderError: It holds no finished run, or one that this program cannot tell.
        ScenarioError: The scenario in it was broken.
    """
    manifest = _read(path, "manifest.json")
    _check(path, manifest)
    scenario = load(path / _SCENARIO)
    if digest(scenario) != manifest["content"]:
        raise FolderError(f"{path / _SCENARIO}: was changed after the run; run it as a new one")
    folder = Folder(path, manifest, resume=True)
    options = Options(
        manifest["runs"],
        manifest["seed"],
        fixed=tuple(sorted(manifest["fixed"].items())),
        as_of=None if manifest["as_of"] == "None" else date.fromisoformat(manifest["as_of"]),
    )
    known = _known(_read(path, _ANSWERS)) if options.as_of else None
    return folder, told(scenario, options, batches(folder), known)


def beside(path: Path, scenario: Scenario) -> Folder:
    """The folder of a finished run of this very scenario, to put what else is said of it there.

    Args:
        path: The folder.
        scenario: As the other command has read it.

    Raises:
        FolderError: It holds no finished run, or a run of something else.
    """
    manifest = _read(path, "manifest.json")
    _check(path, manifest)
    _read(path, _ANSWERS)
    if digest(scenario) != manifest["content"]:
        raise FolderError(
            f"{path}: holds a run of another scenario than {scenario.id} as it is here; "
            f"{path / _SCENARIO} is the one that was run"
        )
    if manifest["fixed"] or manifest["as_of"] != "None":
        raise FolderError(f"{path}: holds a run with held parameters or reports; expected neither")
    return Folder(path, manifest, resume=True)


def batches(folder: Folder) -> list[Kept]:
    """All batches of a finished run.

    Raises:
        FolderError: One is missing or damaged.
    """
    number = -(-folder.manifest["runs"] // folder.manifest["batch"])
    found = [folder.read(i) for i in range(number)]
    kept = [batch for batch in found if batch is not None]
    if len(kept) < number:
        raise FolderError(
            f"{folder.path}: {number - len(kept)} of {number} batches are missing or damaged; "
            "the same `foedus run` with --resume makes them again"
        )
    return kept


def _check(path: Path, manifest: dict) -> None:
    """Refuse a run that another program, or other parameters, have made."""
    ours = {
        "version": foedus.__version__,
        "engine": mark(JUDGED),
        "parameters": params.load().sha256,
    }
    differ = [name for name, value in ours.items() if manifest.get(name) != value]
    if differ == ["parameters"]:
        raise FolderError(
            f"{path}: was run with other parameters ({str(manifest['parameters'])[:8]}); "
            "name them with --parameters"
        )
    if differ:
        raise FolderError(
            f"{path}: was run by another version of the program (other {', '.join(differ)}); "
            "run it again"
        )


def _known(answers: dict) -> Known:
    """What conditioning on reports came to."""
    named = {name: answers[name] for name in Known._fields if name != "on"}
    return Known(date.fromisoformat(answers["as_of"]), **named)


def _read(path: Path, name: str) -> dict:
    """A file of the folder."""
    try:
        found = json.loads((path / name).read_text("utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise FolderError(f"{path}: holds no finished run ({name}); expected the folder of one")
    return found
