"""Real processes in a home of their own, seen from outside as an operator sees them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from carecoord.embedded.home import Home, Running

REPOSITORY = Path(__file__).resolve().parents[2]
GIVEN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "AUDIT_SEAL_KEY",
    "REDIS_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "CARECOORD_EMBEDDED",
    "CARECOORD_HOME",
)

# What a command sees inside `services`: printed as one line, then it stays until its input ends.
COMMAND = """
import json, os, sys
from carecoord import embedded
with embedded.services(["manage.py", "{name}"]):
    names = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "CARECOORD_EMBEDDED")
    seen = {{name: os.environ.get(name) for name in names}}
    seen["owner"] = [child.process.pid for child in embedded.children]
    seen["demo"] = embedded.runs(os.environ["DATABASE_URL"])
    print(json.dumps(seen), flush=True)
    sys.stdin.read()
"""


class Shell:
    """Starts commands as a person would, and ends them all when the test is over."""

    def __init__(self, home: Path):
        self.home = home
        self.started: list[subprocess.Popen] = []

    def start(self, name: str = "shell", code: str = "", **environment: str) -> subprocess.Popen:
        clean = {key: value for key, value in os.environ.items() if key not in GIVEN}
        process = subprocess.Popen(
            [sys.executable, "-c", code or COMMAND.format(name=name)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
            env=clean | {"CARECOORD_HOME": str(self.home)} | environment,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        for process in reversed(self.started):
            process.stdin.close()
            process.terminate()
        for process in self.started:
            process.wait(30)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cluster for all tests here: making one takes longer than starting it."""
    folder = tmp_path_factory.mktemp("embedded") / "home"
    yield folder
    Home(folder).remove()


@pytest.fixture
def shell(home: Path) -> Iterator[Shell]:
    shell = Shell(home)
    yield shell
    shell.end()
    with Home(home).try_to_own() as nobody_runs:
        assert nobody_runs


def seen_by(process: subprocess.Popen) -> dict:
    line = process.stdout.readline()
    assert line, process.stderr.read()
    return json.loads(line)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(truth: Callable[[], object], seconds: float = 20) -> object:
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline, f"still untrue after {seconds} s"
        time.sleep(0.05)
    return truth()


def finish(process: subprocess.Popen) -> int:
    process.stdin.close()
    return process.wait(30)


def test_a_command_finds_everything_and_leaves_nothing_running(shell):
    command = shell.start()
    seen = seen_by(command)
    assert seen["DATABASE_URL"].startswith("postgres://carecoord@%2F")
    assert seen["REDIS_URL"].startswith("redis://:")
    assert seen["EMAIL_URL"].startswith("smtp://127.0.0.1:")
    assert (seen["CARECOORD_EMBEDDED"], seen["demo"]) == ("1", True)
    assert finish(command) == 0
    assert not any(alive(pid) for pid in seen["owner"])
    assert not (shell.home / "services.json").exists()


def test_the_secret_key_is_kept_and_private(shell):
    command = shell.start()
    first = seen_by(command)["SECRET_KEY"]
    finish(command)
    assert (shell.home / "secret_key").stat().st_mode & 0o777 == 0o600
    assert seen_by(shell.start())["SECRET_KEY"] == first


@pytest.mark.slow
def test_two_commands_that_start_together_share_one_database(shell):
    commands = [shell.start(), shell.start(), shell.start()]
    seen = [seen_by(command) for command in commands]
    assert len({each["DATABASE_URL"] for each in seen}) == 1
    assert sum(bool(each["owner"]) for each in seen) == 1


@pytest.mark.slow
def test_the_owner_waits_for_the_others_before_it_stops_the_database(shell):
    owner = shell.start()
    pids = seen_by(owner)["owner"]
    guest = shell.start()
    seen_by(guest)
    owner.stdin.close()
    assert owner.stdout.readline().startswith("Waiting for another command")
    assert all(alive(pid) for pid in pids)
    assert finish(guest) == 0
    assert owner.wait(30) == 0
    assert not any(alive(pid) for pid in pids)


@pytest.mark.slow
def test_a_killed_command_leaves_no_orphans_and_the_next_one_starts(shell):
    command = shell.start()
    pids = seen_by(command)["owner"]
    command.kill()
    eventually(lambda: not any(alive(pid) for pid in pids))
    command.wait(30)
    seen = [seen_by(process) for process in (shell.start(), shell.start())]
    assert [each["demo"] for each in seen] == [True, True]
    assert seen[0]["DATABASE_URL"] == seen[1]["DATABASE_URL"]


def test_what_a_killed_command_left_behind_is_nothing_to_use(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(30)
    home = Home(tmp_path)
    home.announce(Running(gone.pid, "up", "8000", "", "", "", "", ""))
    with home.use() as running:
        assert running is None
    home.announce(Running(os.getpid(), "up", "8000", "", "", "", "", ""))
    with home.use() as running:
        assert running is not None


def test_a_secret_is_whole_for_everybody_who_asks_at_once(tmp_path):
    home = Home(tmp_path)
    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(home.secret, ["key"] * 64))
    assert len(secrets) == 1
    assert len(secrets.pop()) > 60
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_a_pid_file_that_names_another_program_is_no_obstacle(shell):
    command = shell.start()
    seen_by(command)
    finish(command)
    base = Home(shell.home).elsewhere if Home(shell.home).elsewhere.exists() else shell.home
    data = base.resolve() / "postgres"
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n")
    assert seen_by(shell.start())["demo"] is True


def test_with_a_database_given_nothing_is_started_and_the_demo_is_shut(shell, tmp_path):
    unused = tmp_path / "home"
    given = {
        "CARECOORD_HOME": str(unused),
        "DATABASE_URL": "postgres://db.example/app",
        "SECRET_KEY": "given",
        "CARECOORD_EMBEDDED": "1",
    }
    seen = seen_by(shell.start(**given))
    assert seen["owner"] == []
    assert (seen["CARECOORD_EMBEDDED"], seen["demo"], seen["EMAIL_URL"]) == (None, False, None)
    assert not unused.exists()


def test_a_database_given_without_a_secret_key_is_refused(shell):
    command = shell.start(DATABASE_URL="postgres://db.example/app")
    _, error = command.communicate(timeout=30)
    assert command.returncode == 1
    assert error.strip() == "DATABASE_URL is given, so SECRET_KEY must be given too."


def test_a_setting_that_names_no_postgres_is_refused(shell, tmp_path):
    command = shell.start(CARECOORD_PG_BIN=str(tmp_path))
    _, error = command.communicate(timeout=30)
    assert (command.returncode, error.strip()) == (1, f"initdb in {tmp_path} does not run.")


# `up` without the applications, so that these tests fail for its own faults only.
UP = """
import signal, sys, time
from carecoord import embedded
from carecoord.embedded.supervisor import watch
with embedded.services(["manage.py", "up"]):
    print("ready", flush=True)
    watch(embedded.children)
"""


def running(shell: Shell) -> dict[str, int]:
    """The supervisor's children by program name, as the kernel knows them."""
    parent = shell.started[0].pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    programs = {pid: re.split(r"[\0 ]", Path(f"/proc/{pid}/cmdline").read_text())[0] for pid in children}
    return {program.rpartition("/")[2]: int(pid) for pid, program in programs.items()}


@pytest.mark.slow
def test_up_restarts_what_is_killed(shell):
    up = shell.start(code=UP)
    assert up.stdout.readline() == "ready\n"
    before = running(shell)
    os.kill(before["postgres"], signal.SIGKILL)
    os.kill(before["valkey-server"], signal.SIGKILL)
    for name in ("postgres", "valkey-server"):
        eventually(lambda name=name: running(shell).get(name, before[name]) != before[name])
    guest = seen_by(shell.start())
    assert guest["owner"] == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_up_and_everything_it_started(shell, number):
    up = shell.start(code=UP)
    assert up.stdout.readline() == "ready\n"
    pids = running(shell).values()
    os.killpg(up.pid, number)
    assert up.wait(20) == 0
    assert len(pids) == 3
    assert not any(alive(pid) for pid in pids)


@pytest.mark.slow
def test_a_second_up_says_where_the_first_one_is(shell):
    first = shell.start(code=UP, PORT="8123")
    assert first.stdout.readline() == "ready\n"
    second = shell.start(code=UP)
    _, error = second.communicate(timeout=30)
    assert error.strip() == f"CareCoord already runs here: http://localhost:8123 (process {first.pid})."
