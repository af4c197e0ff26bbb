"""What tables there are, what each holds, and whom to cite for it.

The catalogue is `sources.toml`; reading it needs neither pandas nor the tables.
"""

import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from fnmatch import fnmatch
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, NamedTuple

from foedus.record.folder import RecordError

_TERMS = "free for scholarly use with citation, as far as known; see the page"


class Source(NamedTuple):
    """One table of the record; the fields are those of `sources.toml`.

    Attributes:
        name: Name of the table, and of its Parquet file.
        title: What it is, in a few words.
        about: What it is, in a sentence.
        unit: What one row is.
        data: Data set, with version.
        years: First and last year covered; empty where the table knows no time.
        keys: Columns that tell rows apart; empty where none do.
        repeats: Why a state comes more than once under the obvious key.
        columns: Columns that must be there.
        system: Codes of states: "cow", "gw", "both", "own"; empty without states.
        codes: Columns that hold codes of states.
        versions: What the column `version` may say; empty where it is not checked.
        ranges: Least and greatest value, by column.
        missing: How the table says that something is unknown.
        blank: By column, codes that say so.
        url: Where it is.
        terms: On which terms.
        works: Keys of the works to cite.
        files: How the publisher ships it; empty where only Parquet is read.
    """

    name: str
    title: str
    about: str
    unit: str
    data: str
    columns: list[str]
    url: str
    works: list[str]
    years: list[int]
    keys: list[str]
    repeats: str
    system: str
    codes: list[str]
    versions: list[float | str]
    ranges: dict[str, list[float]]
    missing: str
    blank: dict[str, list[int]]
    terms: str
    files: dict[str, Any]


_EMPTY: dict[str, Any] = {
    "years": [],
    "keys": [],
    "repeats": "",
    "system": "",
    "codes": [],
    "versions": [],
    "ranges": {},
    "missing": "",
    "blank": {},
    "terms": _TERMS,
    "files": {},
}


def sources() -> tuple[Source, ...]:
    """All tables, in the order of the catalogue.

    Examples:
        >>> len(sources()), sources()[0].name
        (84, 'cow_states')
    """
    return tuple(_tables().values())


def describe(name: str) -> Source:
    """One table.

    Raises:
        RecordError: There is no such table.

    Examples:
        >>> describe("cow_nmc").data
        'COW NMC v7.0'
        >>> describe("nmc")
        Traceback (most recent call last):
        foedus.record.folder.RecordError: expected a table; got 'nmc'; did you mean 'cow_nmc'?
    """
    tables = _tables()
    if name not in tables:
        near = get_close_matches(name, tables, 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else "see `foedus record list`"
        raise RecordError(f"expected a table; got {name!r}; {hint}")
    return tables[name]


def match(there: list[Path], source: Source) -> list[Path]:
    """Files that hold a table: by the record's name for it, then as its publisher names it.

    One file, or all that match where the publisher spreads a table over several.

    Args:
        there: Files to choose from.
        source: The table.

    Examples:
        >>> there = [Path("NMC-70-abridged.csv"), Path("cow_nmc.parquet")]
        >>> [path.name for path in match(there, describe("cow_nmc"))]
        ['cow_nmc.parquet']
    """
    own = [f"{source.name}{ending}" for ending in (".parquet", ".csv", ".dta")]
    found: list[Path] = []
    for pattern in [*own, *source.files.get("patterns", [])]:
        hits = [path for path in there if fnmatch(path.name.lower(), pattern.lower())]
        if hits and (pattern in own or not source.files.get("many")):
            return found or hits[:1]
        found += [path for path in hits if path not in found]
    return found


def cite(names: Iterable[str], style: Literal["text", "bibtex"] = "text") -> str:
    """References for tables, each work once, in alphabetical order.

    Args:
        names: Names of tables.
        style: Plain text, or BibTeX.

    Raises:
        RecordError: There is no such table.

    Examples:
        >>> print(cite(["maoz_powers"]).split(": ")[0])
        Maoz, Zeev. 2010. Networks of Nations
        >>> cite(["cow_contdir"], "bibtex").splitlines()[0]
        '@article{stinnett_etal_2002,'
    """
    keys = sorted({key for name in names for key in describe(name).works})
    works = _read()["works"]
    if style == "bibtex":
        return "\n\n".join(_bibtex(key, works[key]) for key in keys)
    return "\n".join(sorted(_reference(works[key]) for key in keys))


def label(column: str) -> str:
    """What a column of the grammar of `panel` says, in a few words; the name itself if unknown.

    Examples:
        >>> label("cinc1"), label("atop_defense_21"), label("dispnum3")
        ('share of capabilities (CINC), 1st state', 'owes defence, 2nd state to 1st', 'dispnum3')
    """
    labels: dict[str, str] = _read()["labels"]
    if column in labels:
        return labels[column]
    for ending, said in _ENDINGS.items():
        if column.endswith(ending) and (stem := column.removesuffix(ending)) in labels:
            return f"{labels[stem]}, {said}"
    return column


_ENDINGS = {
    "_12": "1st state to 2nd",
    "_21": "2nd state to 1st",
    "1": "1st state",
    "2": "2nd state",
}


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads((files("foedus.record") / "sources.toml").read_text(encoding="utf-8"))


@cache
def _tables() -> dict[str, Source]:
    tables: dict[str, dict[str, Any]] = _read()["tables"]
    return {name: Source(name=name, **{**_EMPTY, **entry}) for name, entry in tables.items()}


def _reference(work: dict[str, Any]) -> str:
    """A work as one line of a list of references."""
    head = f"{_names(work['author'])}. {work.get('year', 'n.d.')}. ".replace("n.d..", "n.d.")
    title = work["title"] + ("" if work["title"].endswith("?") else ".")
    if work["type"] == "book":
        return f"{head}{title} {work['publisher']}."
    if work["type"] == "incollection":
        inside = f"{work['booktitle']}, ed. {_turned(work['editor'][0])}, {work['pages']}"
        return f'{head}"{title}" In {inside}. {work["publisher"]}.'
    if work["type"] == "article":
        number = f"({work['number']})" if "number" in work else ""
        pages = f": {work['pages']}" if "pages" in work else ""
        return f'{head}"{title}" {work["journal"]} {work["volume"]}{number}{pages}.'
    return f'{head}"{title}" {work["note"]}.'


def _names(authors: list[str]) -> str:
    """Authors as "Family, Given, Given Family, and Given Family"."""
    first, *others = [name.strip("{}") for name in authors]
    if others and others[-1] == "others":
        return f"{first}, et al"
    listed = [first, *map(_turned, others)]
    if len(listed) > 1:
        listed[-1] = f"and {listed[-1]}"
    return ", ".join(listed).removesuffix(".")


def _turned(name: str) -> str:
    """A name as "Given Family"."""
    return " ".join(reversed(name.split(", ")))


def _bibtex(key: str, work: dict[str, Any]) -> str:
    """A work as an entry of BibTeX."""
    fields = {name: value for name, value in work.items() if name != "type"}
    lines = []
    for name, value in fields.items():
        said = " and ".join(value) if isinstance(value, list) else str(value)
        if name == "pages":
            said = said.replace("-", "--")
        lines.append(f"  {name} = {{{said.replace('&', chr(92) + '&')}}},")
    return "\n".join([f"@{work['type']}{{{key},", *lines, "}"])
