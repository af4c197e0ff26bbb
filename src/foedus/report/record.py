"""The record as people read it: a list of tables, one table, whom to cite, what was imported."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foedus.record import catalogue
from foedus.record.catalogue import Source
from foedus.report.columns import Column, paragraph, table

if TYPE_CHECKING:  # these modules load pandas, which a list of tables does without
    from foedus.record.headline import Headline
    from foedus.record.importing import Imported

_SYSTEMS = {
    "cow": "Correlates of War",
    "gw": "Gleditsch-Ward",
    "both": "Correlates of War and Gleditsch-Ward",
    "own": "its own",
}


def listing(folder: Path | None = None) -> str:
    """All tables; a star marks those that a folder holds.

    Args:
        folder: Where tables may lie; without it nothing is marked.

    Examples:
        >>> " ".join(listing().splitlines()[2].split())
        'cow_states COW state system membership 1816-2016'
    """
    here = _held(folder)
    columns = [Column("Table", 28), Column("What", 34), Column("Years", 9), Column("", 1)]
    rows = [
        (source.name, source.title, _years(source), "*" if source.name in here else "")
        for source in catalogue.sources()
    ]
    lines = [table(columns, rows)]
    if folder is not None:
        lines.append(paragraph(f"* {len(here)} of {len(rows)} tables are in {folder}", "", "  "))
    return "\n\n".join(lines)


def listing_data(folder: Path | None = None) -> list[dict[str, Any]]:
    """All tables as data for JSON, with `here`, whether a folder holds them."""
    here = _held(folder)
    return [
        {
            "name": source.name,
            "title": source.title,
            "unit": source.unit,
            "years": source.years,
            "data": source.data,
            "here": source.name in here,
        }
        for source in catalogue.sources()
    ]


def one(name: str) -> str:
    """One table: what it is, what identifies a row, how it says unknown, whom to cite.

    Raises:
        RecordError: There is no such table.

    Examples:
        >>> print(one("cow_majors").splitlines()[3])
        A row is a    spell
    """
    source = catalogue.describe(name)
    facts = "\n".join(
        paragraph(f"{said:<13} {value}", "", " " * 14) for said, value in _facts(source) if value
    )
    references = catalogue.cite([name]).splitlines()
    cited = "\n".join(["Cite", *(paragraph(line, "  ", "    ") for line in references)])
    return "\n\n".join([f"{name}: {source.title}\n\n{facts}", cited])


def one_data(name: str) -> dict[str, Any]:
    """One table as data for JSON.

    Raises:
        RecordError: There is no such table.
    """
    source = catalogue.describe(name)
    return source._asdict() | {"cite": catalogue.cite([name]).splitlines()}


def _facts(source: Source) -> Iterator[tuple[str, str]]:
    """What there is to say of a table, with its heading."""
    yield "Holds", source.about
    yield "A row is a", source.unit
    yield "Key", ", ".join(source.keys)
    yield "Repeats", source.repeats
    yield "Years", _years(source)
    yield "Data set", source.data
    yield "State codes", _SYSTEMS.get(source.system, "")
    yield "Must have", ", ".join(source.columns)
    yield "Unknown", source.missing
    yield "File", " or ".join([f"{source.name}.parquet", *source.files.get("patterns", [])[:1]])
    yield "From", source.url
    yield "Terms", source.terms


def imported(done: "Imported") -> str:
    """What an import did."""
    lines = [paragraph(f"Tables are in {done.folder}", "", "  ")]
    for name, paths in done.written.items():
        lines.append(paragraph(f"new      {name} from {_names(paths)}", "  ", " " * 11))
    lines += [paragraph(f"same     {name}", "  ") for name in done.same]
    for name, why in done.refused.items():
        lines.append(paragraph(f"refused  {name}: {why}", "  ", " " * 11))
    if done.unknown:
        lines.append(paragraph(f"unknown  {_names(done.unknown)}", "  ", " " * 11))
    counts = {"new": done.written, "same": done.same, "refused": done.refused}
    said = [f"{len(found)} {what}" for what, found in counts.items()]
    return "\n".join([*lines, ", ".join([*said, f"{len(done.unknown)} files unknown"])])


def imported_data(done: "Imported") -> dict[str, Any]:
    """What an import did, as data for JSON."""
    return {
        "folder": str(done.folder),
        "written": {name: [str(path) for path in paths] for name, paths in done.written.items()},
        "same": done.same,
        "refused": done.refused,
        "unknown": [str(path) for path in done.unknown],
    }


def headlines(found: "Sequence[Headline]") -> str:
    """Headline numbers, then what each of them counts."""
    columns = [
        Column("Number", 40),
        Column("Here", 13, True),
        Column("Published", 9, True),
        Column("n", 6, True),
    ]
    rows = [
        (
            each.name,
            _value(each.value) + (f" ({each.error:.2f})" if each.error is not None else ""),
            "" if each.published is None else _value(each.published),
            f"{each.n:,}",
        )
        for each in found
    ]
    rules = dict.fromkeys((each.definition, each.source) for each in found)
    told = "\n".join(paragraph(f"{rule} [{source}].", "  ", "    ") for rule, source in rules)
    return f"{table(columns, rows)}\n\nWhat is counted\n{told}"


def headlines_data(found: "Sequence[Headline]") -> list[dict[str, Any]]:
    """Headline numbers as data for JSON."""
    return [each._asdict() for each in found]


def _value(x: float) -> str:
    """A share or a slope to two figures after the point, days as wholes."""
    if x >= 2:
        return f"{x:,.0f}"
    return f"{x:.2f}" if x >= 0.1 else f"{x:.3f}"


def _years(source: Source) -> str:
    return "-".join(map(str, source.years))


def _names(paths: list[Path]) -> str:
    """Names of files, the first few of many."""
    shown = ", ".join(path.name for path in paths[:6])
    return shown + (f" and {len(paths) - 6} more" if len(paths) > 6 else "")


def _held(folder: Path | None) -> set[str]:
    """Names of the tables that a folder holds."""
    if folder is None:
        return set()
    there = sorted(folder.iterdir())
    return {source.name for source in catalogue.sources() if catalogue.match(there, source)}
