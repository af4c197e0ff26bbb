import json
from pathlib import Path

import pytest

from foedus.record import catalogue
from foedus.record.importing import Imported
from foedus.report import record as report


def _fits(text):
    return max(map(len, text.splitlines())) <= 80


def test_the_list_fits_the_page_and_marks_what_is_there(tmp_path):
    (tmp_path / "NMC-70-abridged.csv").touch()
    text = report.listing(tmp_path)
    assert _fits(text.rsplit("\n\n", 1)[0])
    starred = [line.split()[0] for line in text.splitlines() if line.endswith("  *")]
    assert starred == ["cow_nmc"]
    assert "1 of 84 tables are in" in text
    data = json.loads(json.dumps(report.listing_data(tmp_path)))
    assert [each["name"] for each in data if each["here"]] == ["cow_nmc"]


@pytest.mark.parametrize("name", [source.name for source in catalogue.sources()])
def test_every_table_can_be_told_on_a_page(name):
    text = report.one(name)
    assert _fits("\n".join(line for line in text.splitlines() if "http" not in line))
    assert catalogue.describe(name).data.split()[0] in text
    assert json.loads(json.dumps(report.one_data(name)))["cite"]


def test_what_an_import_did():
    done = Imported(
        Path("mine"),
        {"cow_nmc": [Path("a/NMC-70-abridged.csv")]},
        ["cow_majors"],
        {"cow_mida": "MIDA 4.3.csv, column version, row 1: expected 5.0; got 4.3"},
        [Path(f"{i}.csv") for i in range(8)],
    )
    text = report.imported(done)
    assert _fits(text)
    assert "new      cow_nmc from NMC-70-abridged.csv" in text
    assert "5.csv and 2 more" in text
    assert text.endswith("1 new, 1 same, 1 refused, 8 files unknown")
    assert json.loads(json.dumps(report.imported_data(done)))["written"] == {
        "cow_nmc": ["a/NMC-70-abridged.csv"]
    }
