"""Claims about one process under load: no error, flat memory, quick answers, and a rebuild that nobody notices."""

import random
import threading
import time
from urllib.parse import quote

import pytest

from tests.campaign import cases, figure
from tests.processes import Running, get, running, site_folder
from tests.test_faults import built

SECONDS = cases(sample=6, full=600)
READERS = 6
WORDS = ["Iran", "法国", "joint sea", "vaccine", "sanctions", "Arctic", "港", "belt road", "navy", "sovereignty"]
KINDS = {
    "pages": ["/", "/countries", "/claims", "/charts", "/codebook", "/country/{}", "/coalition/actors/{}",
              "/downloads"],
    "JSON": ["/coalition/events.json?_size=100&_fresh={n}", "/country/{}.json", "/coalition/exercises_by_year.json"],
    "charts": ["/coalition/exercises_by_year.svg", "/coalition/exercises_by_year.embed", "/coalition/partner_map.png",
               "/coalition/country_timeline.svg?country={s}"],
    "SQL": ["/coalition.json?sql=select+count(*)+from+events+where+year+>+{n}", "/coalition?sql=select+{n}",
            "/coalition.csv?sql=select+*+from+themes+limit+{n}"],
    "search": ["/search?q={w}+{n}", "/search.json?q={w}"],
    "tables": ["/coalition/events?_fresh={n}", "/coalition/sources?_search={w}&_sort=title", "/coalition/events.csv"],
    "downloads": ["/coalition.db", "/downloads/events.csv", "/downloads/manifest.json"],
}  # fmt: skip
STATES = ["RUS", "IRN", "FRA", "BRA", "PAK", "ZAF", "KAZ"]
ACTORS = [*STATES, "TUV", "CHN", "SCO"]


def reading(site: Running, seed: int, stop: threading.Event, times: list[float], failed: list) -> None:
    """Ask for something of every kind in turn until told to stop; a refusal under load would be a failure too."""
    chance = random.Random(seed)
    while not stop.is_set():
        path = chance.choice(KINDS[chance.choice(list(KINDS))])
        words = {"n": chance.randrange(1, 2000), "w": quote(chance.choice(WORDS)), "s": chance.choice(STATES)}
        path = path.format(chance.choice(ACTORS), **words).replace(">", "%3E")
        start = time.perf_counter()
        try:
            status, body = get(site.address + path, seconds=30)
        except OSError as error:
            failed.append((path, repr(error)))
            continue
        times.append(time.perf_counter() - start)
        if status != 200 or not body:
            failed.append((path, status, body[:200]))
        time.sleep(0.01)


@pytest.mark.long
@pytest.mark.campaign
def test_mixed_traffic_and_a_rebuild_without_a_failure(tmp_path):
    root = site_folder(tmp_path)
    with running(root, warm=True) as site:
        stop, times, failed, memory = threading.Event(), [], [], []
        readers = [threading.Thread(target=reading, args=(site, n, stop, times, failed)) for n in range(READERS)]
        for reader in readers:
            reader.start()
        started, rebuilt = time.monotonic(), []
        while time.monotonic() - started < SECONDS:
            time.sleep(min(5, SECONDS / 4))
            memory.append(site.memory())
        steady = len(times)
        theme = root / "sources" / "themes.csv"
        text = theme.read_text(encoding="utf-8")
        theme.write_text(text.replace("Arms control,", "Arms control and disarmament,", 1), encoding="utf-8")
        rebuilt.append(built(root)[0])
        time.sleep(1)
        stop.set()
        for reader in readers:
            reader.join()
    sample = sorted(times[:steady])
    p99, median = sample[int(len(sample) * 0.99)] * 1000, sample[len(sample) // 2] * 1000
    # The caches fill in the first part of a run; flat is what comes after.
    third, last = memory[len(memory) // 3], memory[-1]
    figure(
        "load held",
        f"{steady:,} requests in {SECONDS} s",
        f"{len(failed)} errors, median {median:.0f} ms, p99 {p99:.0f} ms",
    )
    figure("memory", f"{third:.0f} MB after a third, {last:.0f} MB at the end", f"peak {max(memory):.0f} MB")
    figure("rebuild under load", f"{len(times) - steady:,} requests meanwhile", f"{len(failed)} failed")
    assert not failed, f"{len(failed)}: {failed[:5]}"
    assert rebuilt == [0]
    assert p99 < 2000
    # 96 MB of kept answers and as much of drawings are the bounds of the caches.
    assert last - third < 200
