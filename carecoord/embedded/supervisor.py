"""Keeps a set of children alive until told to stop."""

import time
from dataclasses import dataclass, field

from carecoord.embedded.process import Child

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
LONG_LIFE = 30.0  # seconds after which a death is news, not one of a series


@dataclass
class Watched:
    child: Child
    pause: float = FIRST_PAUSE
    start_at: float | None = field(default=None)

    def look(self, now: float) -> str | None:
        """Restart the child if it is dead and its pause is over. Returns what there is to tell."""
        if self.child.alive():
            return None
        if self.start_at is None:
            self.pause = FIRST_PAUSE if now - self.child.started_at > LONG_LIFE else min(self.pause * 2, LONGEST_PAUSE)
            self.start_at = now + self.pause
            return f"{self.child.name} stopped; starting it again. Its log: {self.child.log}"
        if now >= self.start_at:
            self.start_at = None
            self.child.start()
        return None


def watch(children: list[Child]) -> None:
    """Run until a signal handler raises."""
    watched = [Watched(child) for child in children]
    while True:
        for each in watched:
            news = each.look(time.monotonic())
            if news:
                print(news, flush=True)
        time.sleep(0.2)
