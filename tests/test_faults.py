"""Claims about broken machines: a full disk, a read-only folder, links, two builds, a server beside a build."""

import hashlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from coalition import ROOT
from coalition.building import build
from tests.campaign import figure
from tests.processes import get, running, site_folder

pytestmark = [pytest.mark.campaign, pytest.mark.long]

COMMAND = [sys.executable, str(ROOT / "build_db.py"), "build", "--root"]
OLD = b"the database that was there"
SURVIVED: list[str] = []


@pytest.fixture(autouse=True, scope="module")
def counted():
    yield
    figure("faults survived", str(len(SURVIVED)), ", ".join(SURVIVED))


def built(project, **options) -> tuple[int, str]:
    """Run a build in a process of its own; return (exit code, what it said)."""
    done = subprocess.run([*COMMAND, str(project)], capture_output=True, text=True, **options)
    return done.returncode, done.stdout + done.stderr


def refused(project, code: int, said: str, *words: str) -> None:
    """Assert that a build ended with one sentence and left nothing behind."""
    assert code == 1 and "Traceback" not in said, said
    assert all(word in said for word in words) and said.rstrip().endswith("nothing was written"), said
    assert not [path for path in project.iterdir() if "building" in path.name]


@pytest.fixture
def mounted(tmp_path):
    """Mount a file system of a few megabytes, where this machine allows it; call with (options)."""
    places = []

    def mount(options: str):
        place = tmp_path / "mounted"
        place.mkdir()
        if shutil.which("mount") is None or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True
        ).returncode:  # fmt: skip
            pytest.skip("this machine does not allow mounting")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", "-l", str(place)], check=True)


def filled(place):
    shutil.copytree(ROOT / "sources", place / "sources")
    shutil.copy(ROOT / "metadata.yml", place)
    (place / "coalition.db").write_bytes(OLD)
    return place


def test_a_file_that_may_not_grow_is_one_sentence(project):
    """A quota, as far as a process can give one to itself."""
    (project / "coalition.db").write_bytes(OLD)
    code, said = built(project, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)))
    refused(project, code, said, "coalition.db")
    assert (project / "coalition.db").read_bytes() == OLD
    SURVIVED.append("a file size limit")


def test_a_full_disk_is_one_sentence(mounted):
    sources = sum(path.stat().st_size for path in (ROOT / "sources").iterdir())
    place = filled(mounted(f"size={sources + 1_000_000}"))  # room for the sources, and not for the database
    code, said = built(place)
    refused(place, code, said, "coalition.db", "full")
    assert (place / "coalition.db").read_bytes() == OLD
    SURVIVED.append("a full disk")


def test_a_read_only_disk_is_one_sentence(mounted):
    place = filled(mounted("size=64m"))
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    code, said = built(place)
    refused(place, code, said)
    assert (place / "coalition.db").read_bytes() == OLD
    subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
    SURVIVED.append("a read-only disk")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere; the read-only disk stands for it")
def test_a_read_only_folder_is_one_sentence(project):
    project.chmod(0o555)
    code, said = built(project)
    project.chmod(0o755)
    refused(project, code, said)


def test_a_folder_in_the_place_of_the_database_is_one_sentence(project):
    (project / "coalition.db").mkdir()
    refused(project, *built(project))
    assert (project / "coalition.db").is_dir()
    SURVIVED.append("a folder in the way")


def test_a_database_that_is_a_link_is_replaced_and_its_target_left_alone(project, tmp_path):
    target = tmp_path / "elsewhere.txt"
    target.write_bytes(OLD)
    (project / "coalition.db").symlink_to(target)
    assert built(project)[0] == 0
    assert target.read_bytes() == OLD and not (project / "coalition.db").is_symlink()
    SURVIVED.append("a database that is a link")


@pytest.fixture
def expected(project) -> str:
    """The digest of the database that the sources make when nothing is in the way."""
    build(project, path := project / "expected.db")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.unlink()
    return digest


def test_sources_behind_a_link_are_built_all_the_same(project, tmp_path, expected):
    shutil.move(project / "sources", tmp_path / "kept")
    (project / "sources").symlink_to(tmp_path / "kept", target_is_directory=True)
    assert built(project)[0] == 0
    assert hashlib.sha256((project / "coalition.db").read_bytes()).hexdigest() == expected
    SURVIVED.append("linked sources")


@pytest.mark.parametrize("what", ["missing", "dangling link", "file"])
def test_sources_that_are_no_folder_are_one_sentence(project, what):
    shutil.rmtree(project / "sources")
    if what == "dangling link":
        (project / "sources").symlink_to(project / "nowhere")
    elif what == "file":
        (project / "sources").write_text("")
    refused(project, *built(project), "sources/datapackage.yml")
    SURVIVED.append(f"sources: {what}")


def test_a_root_that_is_missing_is_a_usage_error(tmp_path):
    code, said = built(tmp_path / "nowhere")
    assert code == 2 and "does not exist" in said and "Traceback" not in said
    SURVIVED.append("a missing folder")


def test_builds_at_once_leave_one_whole_database(project, expected):
    builds = [
        subprocess.Popen([*COMMAND, str(project)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(4)
    ]
    assert [build.wait() for build in builds] == [0] * 4, [build.stdout.read() for build in builds]
    assert hashlib.sha256((project / "coalition.db").read_bytes()).hexdigest() == expected
    assert not [path for path in project.iterdir() if "building" in path.name]
    SURVIVED.append("four builds at once")


def test_a_running_server_keeps_the_old_database_whole_and_the_next_one_has_the_new(tmp_path):
    """The server holds the file it opened; a build puts a new one in its place, and a restart picks it up."""
    root = site_folder(tmp_path)
    with running(root) as site:
        old = site.content_hash()
        before = get(site.address + "/coalition/themes.json?_shape=array")[1]
        failures, stop = [], threading.Event()

        def reading():
            number = 0
            while not stop.is_set():
                number += 1
                code, body = get(f"{site.address}/coalition/themes.json?_shape=array&_fresh={number}")
                if (code, body) != (200, before):
                    failures.append((code, body[:200]))

        reader = threading.Thread(target=reading)
        reader.start()
        theme = root / "sources" / "themes.csv"
        text = theme.read_text(encoding="utf-8")
        theme.write_text(text.replace("Arms control,", "Arms control and disarmament,", 1), encoding="utf-8")
        assert built(root)[0] == 0
        downloaded = get(site.address + "/coalition.db")[1]
        stop.set()
        reader.join()
        assert failures == [] and site.content_hash() == old
        # What is offered for download is the database that the pages show, not the file that came after.
        new_file = hashlib.sha256((root / "coalition.db").read_bytes()).hexdigest()
        assert hashlib.sha256(downloaded).hexdigest() != new_file
    with running(root) as site:
        assert site.content_hash() != old
        assert b"Arms control and disarmament" in get(site.address + "/coalition/themes.json?_shape=array")[1]
    SURVIVED.append("a build beside a running server")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("signal_name", ["SIGTERM", "SIGKILL"])
def test_a_server_that_ends_leaves_no_process_behind(tmp_path, signal_name):
    root = site_folder(tmp_path)
    with running(root) as site:
        assert get(site.address + "/coalition/exercises_by_year.svg")[0] == 200
        children = Path(f"/proc/{site.process.pid}/task/{site.process.pid}/children").read_text().split()
        workers = [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        assert workers
        site.process.send_signal(getattr(signal, signal_name))
        site.process.wait(20)
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers):
        assert time.monotonic() < until, "a drawing process lives on"
        time.sleep(0.1)
    SURVIVED.append(f"a server that ends by {signal_name}")


def test_a_server_whose_database_is_deleted_goes_on(tmp_path):
    root = site_folder(tmp_path)
    with running(root) as site:
        assert get(site.address + "/coalition/actors/RUS")[0] == 200
        (root / "coalition.db").unlink()
        assert {get(f"{site.address}/coalition/actors/RUS?_fresh={n}")[0] for n in range(8)} == {200}
    SURVIVED.append("a deleted database")
