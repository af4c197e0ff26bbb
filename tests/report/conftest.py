import pytest

from tests.report import small


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """Folder of a short run of the main scenario."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    small.run("karabakh-2020", folder, runs=80)
    return folder
