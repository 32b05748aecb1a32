"""Claims about deploy/: its files fit together, and what it installs runs without root and without writing."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from coalition import ROOT
from tests.conftest import free_port

pytestmark = pytest.mark.long

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
NOBODY = 65534
# The system's own Python, which any user may run; one in somebody's home folder is of no use to nobody.
PATHS = "/usr/local/bin:/usr/bin:/bin"


def test_the_image_is_made_by_the_script_that_is_tested_here():
    assert re.findall(r"^RUN (.*)", DOCKERFILE, re.M) == ["/source/deploy/install.sh /site"]
    assert re.findall(r"^COPY .*", DOCKERFILE, re.M) == ["COPY . /source", "COPY --from=build /site /site"]
    for name in re.findall(r"/site/(deploy/[\w.]+)", DOCKERFILE):
        assert (ROOT / name).is_file()


def test_the_image_does_not_run_as_root():
    assert int(re.findall(r"^USER (\d+)", DOCKERFILE, re.M)[-1]) > 0


def test_the_image_is_made_without_history_results_and_tests():
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".git", "*.db", "dist", "tests"} <= set(left_out)


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("*.sh")), ids=lambda path: path.name)
def test_scripts_can_be_run_and_parse(path):
    assert os.access(path, os.X_OK)
    assert subprocess.run(["sh", "-n", path]).returncode == 0


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_every_file_is_in_the_guide(path):
    assert path.name == "README.md" or path.name in (DEPLOY / "README.md").read_text(encoding="utf-8")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
def test_systemd_accepts_the_unit(tmp_path):
    unit = (DEPLOY / "coalition@.service").read_text(encoding="utf-8")
    path = tmp_path / "coalition@8001.service"
    path.write_text(unit.replace("/srv/coalition/current", str(ROOT)), encoding="utf-8")
    result = subprocess.run(["systemd-analyze", "verify", "--man=no", path], capture_output=True, text=True)
    assert path.name not in result.stderr, result.stderr


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx on this machine")
def test_nginx_accepts_its_configuration(tmp_path):
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (tmp_path / "site.conf").write_text(site.replace("/var/cache/nginx", str(tmp_path)))
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid; events {{}} http {{ include {tmp_path}/site.conf; }}")
    result = subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True)
    assert result.returncode == 0 and "[warn]" not in result.stderr, result.stderr


@pytest.mark.parametrize("port", [free_port()])
def test_a_replica_that_is_not_there_is_not_healthy(port):
    assert subprocess.run([sys.executable, DEPLOY / "healthy.py", str(port)]).returncode == 1


@pytest.fixture(scope="module")
def installed():
    """A release as the Dockerfile installs it: a bare environment, and nothing in it can be written after."""
    if not os.environ.get("CI"):
        pytest.skip("installs every package anew, which takes a minute; CI does it")
    folder = Path(tempfile.mkdtemp(prefix="coalition-installed-"))
    folder.chmod(0o755)
    # How to reach the package index is the one thing that the environment may say.
    bare = {key: value for key, value in os.environ.items() if key.startswith(("PIP_", "SSL_", "REQUESTS_"))}
    bare |= {"PATH": PATHS, "HOME": str(folder / "home")}
    subprocess.run([DEPLOY / "install.sh", folder / "site"], env=bare, check=True)
    subprocess.run(["chmod", "-R", "a-w", folder / "site"], check=True)
    yield folder / "site"
    subprocess.run(["chmod", "-R", "u+w", folder], check=True)
    shutil.rmtree(folder)


def test_what_is_installed_serves_without_root_and_without_writing(installed):
    before = sorted(installed.rglob("*"))
    port = free_port()
    who = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
    environment = {"PATH": PATHS, "PORT": str(port), "HOME": "/nonexistent"}
    server = subprocess.Popen([installed / "deploy" / "serve.sh"], env=environment, stdout=subprocess.PIPE, **who)
    try:
        command = [sys.executable, installed / "deploy" / "healthy.py", str(port)]
        assert subprocess.run([*command, "--wait", "60"]).returncode == 0
        for path in ("/", "/coalition/exercises_by_year.png", "/downloads/manifest.json", "/coalition/events"):
            answer = subprocess.run(["curl", "-sSf", "-o", "/dev/null", f"http://127.0.0.1:{port}{path}"])
            assert answer.returncode == 0, path
    finally:
        server.terminate()
        server.wait(30)
    assert sorted(installed.rglob("*")) == before
