"""`python -m carecoord.embedded.remove`: delete the demo's folder, which no running CareCoord may be using."""

import sys

from carecoord.embedded.home import Home


def remove(home: Home) -> None:
    if not home.folder.exists():
        return
    with home.try_to_own() as owned:
        if not owned:
            sys.exit(f"CareCoord runs in {home.folder}: stop it first.")
        home.remove()


if __name__ == "__main__":
    remove(Home.from_environment())
