"""Exit with 0 if the replica on PORT answers /-/health with ok; wait for it if asked to. Needs only Python itself.

Examples:
  python deploy/healthy.py 8001
  python deploy/healthy.py 8001 --wait 60 --warm 120
"""

import argparse
import json
import sys
import time
import urllib.request


def health(port: int) -> dict:
    """Return what the replica says of itself; {} if it says nothing or is not well."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/health", timeout=5) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return {}


def waited(port: int, key: str, seconds: float) -> bool:
    """Return whether `key` of the replica's health became true within the time; it is asked at least once."""
    until = time.monotonic() + seconds
    while not health(port).get(key):
        if time.monotonic() >= until:
            return False
        time.sleep(0.2)
    return True


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("port", type=int)
    parser.add_argument("--wait", type=float, default=0, help="seconds that it may take to answer")
    parser.add_argument("--warm", type=float, default=0, help="more seconds that its usual pictures may take")
    args = parser.parse_args()
    ok = waited(args.port, "ok", args.wait)
    # A replica that still draws its pictures answers all the same, only slower: that is no failure.
    if ok and args.warm:
        waited(args.port, "warm", args.warm)
    sys.exit(0 if ok else 1)
