"""pytest plugin: PostgreSQL and Valkey for one run, started before Django's settings are read.

Loaded by `-p tests.plugin` (pyproject.toml), so pytest must be run as `python -m pytest`. Under
xdist the controller starts them and the workers inherit their addresses.

With CARECOORD_REQUIRE_ALL=1 a test skipped because something is missing (a reason that begins
with "needs ") makes the run fail.
"""

import atexit
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from carecoord.embedded.home import Home
from carecoord.embedded.process import bring_up
from carecoord.embedded.valkey import Valkey
from tests.template import start_cluster

lacking: list[str] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """A wrapper, because pytest-django reads the settings in its own, first, implementation."""
    stack = ExitStack()
    atexit.register(stack.close)  # pytest's own clean-up is passed over when a conftest fails to import
    _start_services(stack)
    return (yield)


def _start_services(stack: ExitStack) -> None:
    os.environ.pop("CARECOORD_EMBEDDED", None)  # the demo's doors are shut unless a test opens them
    os.environ.setdefault("SECRET_KEY", "only-for-tests")
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    home = Home(Path(tempfile.mkdtemp(prefix="carecoord-tests-")))
    stack.callback(home.remove)
    home.create()
    os.environ["CARECOORD_HOME"] = str(home.folder)
    if not os.environ.get("REDIS_URL"):
        broker = Valkey(home)
        stack.callback(broker.stop)
        bring_up(broker)
        os.environ["REDIS_URL"] = broker.url
    if not os.environ.get("DATABASE_URL"):
        server = start_cluster(home)
        stack.callback(server.stop)
        os.environ["DATABASE_URL"] = server.owner_url


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public sample data, which is not part of the repository."""
    folder = os.environ.get("CARECOORD_SHARED_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs shared data: CARECOORD_SHARED_DATA names no folder")
    return Path(folder)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note_what_lacked(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note_what_lacked(report)


def _note_what_lacked(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and isinstance(report.longrepr, tuple | list):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        if reason.startswith("needs "):
            lacking.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if lacking and os.environ.get("CARECOORD_REQUIRE_ALL") and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if lacking and os.environ.get("CARECOORD_REQUIRE_ALL"):
        terminalreporter.section("CARECOORD_REQUIRE_ALL: these tests lacked something", red=True)
        for line in lacking:
            terminalreporter.write_line(line)
