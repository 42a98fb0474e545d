"""`python -m gateway.testing.lab [group ...]` fills the services' cache; without a name with all it lacks."""

from __future__ import annotations

import sys

from gateway.testing.lab.cache import Cache, CacheError
from gateway.testing.lab.groups import GROUPS


def main(names: list[str]) -> int:
    """0: everything is there; 1: a package cannot be had, one sentence says which; 2: no such group."""
    if unknown := [name for name in names if name not in GROUPS]:
        print(f"no such group: {', '.join(unknown)}; there are {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    try:
        Cache().ensure(*(names or GROUPS))
    except CacheError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
