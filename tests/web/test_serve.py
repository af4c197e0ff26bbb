"""Where the server listens, and what it says where it cannot."""

import socket

import pytest

from foedus.cli import main


def refusal(capfd, *arguments):
    with pytest.raises(SystemExit) as stopped:
        main(["serve", *arguments])
    out, errors = capfd.readouterr()
    assert (stopped.value.code, out) == (2, "")
    assert "Traceback" not in errors
    return errors


def test_a_port_in_use_is_told(capfd):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refusal(capfd, "--port", str(taken.getsockname()[1]))
    assert "cannot listen on 127.0.0.1" in said
    assert "--port 0" in said


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_others_may_reach_it_only_where_that_is_said(capfd, host):
    assert "--exposed" in refusal(capfd, "--host", host)


def test_without_the_extra_it_says_what_to_install(capfd, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "uvicorn", None)
    monkeypatch.delitem(__import__("sys").modules, "foedus.web.serve", raising=False)
    assert "foedus[web]" in refusal(capfd)
