import pytest

from foedus.record import folder
from foedus.record.folder import RecordError


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    monkeypatch.delenv("FOEDUS_RECORD", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def _with_table(path):
    path.mkdir(parents=True)
    (path / "cow_states.csv").touch()
    return path


def test_the_folder_given_comes_first_then_the_variable_then_the_users_own(nowhere, monkeypatch):
    own = _with_table(nowhere / "data" / "foedus" / "record")
    assert folder.find() == own
    named = _with_table(nowhere / "named")
    monkeypatch.setenv("FOEDUS_RECORD", str(named))
    assert folder.find() == named
    given = _with_table(nowhere / "given")
    assert folder.find(given) == given


def test_without_any_folder_one_line_says_what_to_do(nowhere):
    with pytest.raises(
        RecordError, match=r"^no historical tables: name a folder with --record DIR"
    ):
        folder.find()
    assert folder.known() is None


def test_a_named_folder_is_not_passed_over(nowhere, monkeypatch):
    _with_table(nowhere / "data" / "foedus" / "record")
    (nowhere / "empty").mkdir()
    monkeypatch.setenv("FOEDUS_RECORD", str(nowhere / "empty"))
    with pytest.raises(RecordError, match=r"empty \(FOEDUS_RECORD\): expected historical tables"):
        folder.find()
    with pytest.raises(RecordError, match=r"gone \(--record\): expected a folder; got none$"):
        folder.find(nowhere / "gone")


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"HOME": "/h"}, "/h/.local/share/foedus/record"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/foedus/record"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/foedus/record"),
        ("darwin", {"XDG_DATA_HOME": "/x"}, "/x/foedus/record"),
    ],
)
def test_every_platform_has_its_data_folder(platform, environ, expected):
    assert folder.user_folder(environ, platform).as_posix() == expected


def test_a_record_error_is_a_value_error():
    assert issubclass(RecordError, ValueError)
