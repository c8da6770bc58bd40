"""Every address with the answer each role gets. The rows stand with their apps in `tests/<app>/matrix.py`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.world import World

EVERYBODY = "clinical intake patient-care treatment activities physician-services clerk clinician privacy technical"


def no_arguments(world: World) -> list[Any]:
    return []


def of_patient(world: World) -> list[Any]:
    return [world.patient.uuid]


@dataclass
class Row:
    """One address and method.

    `allowed` and `forbidden` name roles, separated by blanks. On an address of a patient the allowed get an
    answer, the forbidden 403, all others 404, and so does every stranger. On any other address all who are not
    allowed get 403. Nobody signed in is led to the sign-in page, unless the address is `public`.
    """

    name: str
    allowed: str = ""
    forbidden: str = ""
    args: Callable[[World], list[Any]] = no_arguments
    method: str = "get"
    data: Callable[[World], dict[str, Any]] | dict[str, Any] = field(default_factory=dict)
    about_patient: bool = True
    public: bool = False
    answers: frozenset[int] = frozenset({200, 302, 409, 422})

    @property
    def id(self) -> str:
        return f"{self.method} {self.name}"

    def expects(self, role: str, *, stranger: bool = False) -> int | None:
        """The status code, None for any answer that is not a refusal."""
        if self.public:
            return None
        if self.about_patient and stranger:
            return 404
        if role in self.allowed.split():
            return None
        if not self.about_patient or role in self.forbidden.split():
            return 403
        return 404


def desk_row(name: str, allowed: str = EVERYBODY, **options: Any) -> Row:
    """An address that names no patient."""
    return Row(name, allowed=allowed, about_patient=False, **options)


def rows(*modules: Any) -> Iterable[Row]:
    for module in modules:
        yield from module.MATRIX
