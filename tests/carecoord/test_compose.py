"""docker-compose.yml as far as it can be proven without Docker: its commands, and who is given which secret."""

import os
import re
import runpy
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from celery.bin.celery import celery
from django.core.management import get_commands, load_command_class
from gunicorn.config import Config

from carecoord import settings as production

ROOT = Path(production.BASE_DIR)
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)
SAMPLE = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
TO_FILL = ["SECRET_KEY", "POSTGRES_PASSWORD", "APPLICATION_PASSWORD", "REDIS_PASSWORD", "AUDIT_SEAL_KEY"]
FILLED = SAMPLE | {name: f"{name.title().replace('_', '')}0123456789" for name in TO_FILL}
FILLED["EMAIL_URL"] = "smtp://user:word@host:587/?tls=True"


def filled_in(text: str) -> str:
    return re.sub(r"\$\{(\w+)(?::[?-][^}]*)?\}", lambda found: FILLED[found[1]], text)


def given_to(name: str) -> dict[str, str]:
    """The environment of a service's process: the image's, .env, and what the file says last."""
    said = {key: filled_in(value) for key, value in SERVICES[name].get("environment", {}).items()}
    return {"CARECOORD_HOME": "/var/lib/carecoord"} | FILLED | said


def settings_of(name: str) -> dict:
    with patch.dict(os.environ, given_to(name), clear=True):
        return runpy.run_path(str(ROOT / "carecoord" / "settings.py"))


def test_it_is_well_formed_and_every_secret_has_its_line_in_the_example():
    text = (ROOT / "docker-compose.yml").read_text()
    assert set(re.findall(r"\$\{(\w+)", text)) <= set(SAMPLE)
    assert OURS == ["beat", "migrate", "sealer", "web", "worker"]
    mounted = {mount.partition(":")[0] for service in SERVICES.values() for mount in service.get("volumes", ())}
    assert mounted == set(COMPOSE["volumes"])
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)


def test_every_line_of_the_example_is_read_by_somebody():
    read = (ROOT / "carecoord" / "settings.py").read_text() + (ROOT / "docker-compose.yml").read_text()
    assert [name for name in SAMPLE if not re.search(rf"\b{name}\b", read)] == []


@pytest.mark.parametrize("name", OURS)
def test_the_command_of_each_service_is_there_and_takes_its_arguments(name):
    program, *arguments = SERVICES[name]["command"]
    if program == "gunicorn":
        assert Config().parser().parse_args(arguments).args == ["carecoord.wsgi"]
    elif program == "celery":
        assert arguments[:2] == ["-A", "carecoord"]
        known = {option for row in celery.commands[arguments[2]].params for option in row.opts}
        assert {word.partition("=")[0] for word in arguments[3:] if word.startswith("--")} <= known
    else:
        assert (program, arguments[0]) == ("python", "manage.py")
        command = load_command_class(get_commands()[arguments[1]], arguments[1])
        command.create_parser("manage.py", arguments[1]).parse_args(arguments[2:])


def test_the_sealer_alone_has_the_key_and_the_anchor():
    for name in OURS:
        found, is_sealer = settings_of(name), name == "sealer"
        assert bool(found["AUDIT_SEAL_KEY"]) is is_sealer
        assert ("seal-audit" in found["CELERY_BEAT_SCHEDULE"]) is is_sealer
        assert (FILLED["AUDIT_SEAL_KEY"] in str(given_to(name))) is is_sealer
        assert ("anchor:/var/lib/anchor" in SERVICES[name]["volumes"]) is is_sealer
    assert Path(settings_of("sealer")["AUDIT_ANCHOR"]).parent == Path("/var/lib/anchor")


def test_migrations_alone_know_the_owner_of_the_tables():
    for name in OURS:
        found, is_owner = settings_of(name), name == "migrate"
        assert (found["DATABASE_OWNER"] is not None) is is_owner
        assert (FILLED["POSTGRES_PASSWORD"] in str(given_to(name))) is is_owner
        assert found["DATABASES"]["default"]["USER"] == "carecoord_app"
        assert found["REDIS_URL"] == f"redis://:{FILLED['REDIS_PASSWORD']}@redis:6379/0"


def test_the_web_service_is_no_demo_and_speaks_https():
    found = settings_of("web")
    assert not found["EMBEDDED"]
    assert not found["DEBUG"]
    assert found["SESSION_COOKIE_SECURE"]
    assert found["SECURE_PROXY_SSL_HEADER"]
    assert found["AUDIT_VERIFY_KEY"] == []  # the example leaves it empty until the sealer has shown it
    image = re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    assert yaml.safe_load(image[1]) == SERVICES["web"]["command"]
