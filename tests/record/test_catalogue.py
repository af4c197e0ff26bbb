import subprocess
import sys

import pytest

from foedus.record import catalogue
from foedus.record.folder import RecordError
from foedus.record.read import read


def test_there_are_84_tables_each_with_all_that_a_reader_needs():
    found = catalogue.sources()
    assert len({source.name for source in found}) == len(found) == 84
    for source in found:
        assert all((source.title, source.about, source.unit, source.data, source.terms))
        assert source.url.startswith("http")
        assert len(source.title) <= 60
        assert set(source.keys) <= set(source.columns)
        assert len(source.years) in (0, 2)
        assert source.years == sorted(source.years)
        assert source.system in ("", "cow", "gw", "both", "own")


def test_every_work_is_cited_once_and_in_both_styles():
    names = [source.name for source in catalogue.sources()]
    text, bibtex = catalogue.cite(names), catalogue.cite(names, "bibtex")
    lines = text.splitlines()
    assert len(lines) == len(set(lines)) == bibtex.count("\n@") + 1
    assert lines == sorted(lines)
    assert bibtex.count("{") == bibtex.count("}")
    assert not any(".." in line or "?." in line for line in lines)


def test_every_column_of_the_grammar_has_a_label():
    assert catalogue.label("atop_defense_12") == "owes defence, 1st state to 2nd"
    assert catalogue.label("polity21") == "Polity2 (-10 to 10), 1st state"
    assert catalogue.label("warnum") == "warnum"


def test_an_unknown_table_gets_a_suggestion_or_the_way_to_the_list():
    with pytest.raises(RecordError, match=r"got 'cow_nmcs'; did you mean 'cow_nmc'\?"):
        catalogue.describe("cow_nmcs")
    with pytest.raises(RecordError, match="see `foedus record list`"):
        catalogue.cite(["zzz"])


def test_a_list_of_tables_loads_neither_pandas_nor_jax():
    code = (
        "import sys; from foedus.report import record; record.listing(); record.one('cow_nmc');"
        "print(sorted({'pandas', 'jax', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_all_tables_of_the_record_are_as_the_catalogue_says(record):
    for source in catalogue.sources():
        assert len(read(record, source.name))
