"""Publish over and over in processes that are killed -9 at one of their writes; each time the next one begins again.

Usage: killed_publication.py HOME KILLS STRIDE: each is killed STRIDE writes later than the one before. Prints how many were killed and how
many editions there were.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[1]))

from cycle.killed_stage import die_at
from cycle.publishing import Q2, Publisher


def publish(publisher: Publisher, edition: int) -> None:
    """Issue, sign and publish an edition; done again it is the same edition at the same moment."""
    publisher.rate("220", str(50 + edition / 10), "red", hours=2000 + edition, period=Q2)
    publisher.paper(f"Edition {edition}", hours=2000 + edition, period=Q2)


def is_killed(publisher: Publisher, edition: int, write_point: int) -> bool:
    """Publish in a process of its own that dies at its n-th write; tell whether it came so far."""
    child = os.fork()
    if child == 0:
        die_at(write_point, calls=("replace", "rename", "link", "symlink", "fsync"))
        publish(publisher, edition)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    if status:
        raise SystemExit(f"publishing edition {edition} ended with {status}")
    return False


def main() -> None:
    """Kill an edition at its first write and begin again, the next some writes later, and so on; after the last from the first again."""
    home, kills, stride = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    publisher, killed, edition, write_point = Publisher.at(home), 0, 0, 1
    # What the linter says is another matter; here it is the writes that count.
    with mock.patch("pmf.cycle.clearance.problems_of", return_value=()):
        publish(publisher, edition)  # here, so that no child has to load everything
        while killed < kills:
            edition += 1
            if is_killed(publisher, edition, write_point):
                killed, write_point = killed + 1, write_point + stride
                publish(publisher, edition)
            else:
                write_point = 1
    print(killed, edition + 1)  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main()
