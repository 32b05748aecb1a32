#!/usr/bin/env python3
"""Build, check, tidy, serve and export the China Coalition Dataset."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from coalition import ROOT
from coalition.building import build as build_database
from coalition.building import check_all, is_stale
from coalition.codebook import read_codebook
from coalition.problems import BadInput
from coalition.readme import table_of_tables, with_counts
from coalition.tidying import tidy as tidy_sources
from coalition.writing import put_whole


class BuildByDefault(click.Group):
    """A group whose command is `build` when none is named."""

    def parse_args(self, ctx, args):
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["build", *args]
        return super().parse_args(ctx, args)


root_option = click.option(
    "--root",
    default=ROOT,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder that holds sources/ and metadata.yml.",
)


@click.group(cls=BuildByDefault)
def cli():
    """Compile sources/*.csv into coalition.db, and serve it.

    Without a command: build.

    \b
    Examples:
      python build_db.py             check everything, write coalition.db
      python build_db.py check       report every problem, write nothing
      python build_db.py tidy        put the CSVs into canonical form
      python build_db.py serve       build if needed, serve at http://127.0.0.1:8001/
      python build_db.py export out  write the files that people download
      python build_db.py compare old.db coalition.db
                                     say what changed between two versions
    """


@cli.command()
@root_option
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Database to write. [coalition.db]")
def build(root: Path, output: Path | None):
    """Check the sources and write the database.

    A build that fails leaves the database that was there as it was.

    \b
    Example:
      python build_db.py build --output /tmp/coalition.db
    """
    path = output or root / "coalition.db"
    with told(), uncollected():
        everything, results = build_database(root, path, progress)
    rows = sum(len(rows.rows) for rows in everything.values())
    click.echo(f"{path.name}: {rows:,} rows in {len(everything)} tables, {len(results)} rules hold")


@cli.command()
@root_option
def check(root: Path):
    """Report every problem in the sources, rules and queries.

    \b
    Example:
      python build_db.py check
    """
    with told(), uncollected():
        everything, results = check_all(root, progress)
    click.echo(f"No problems in {len(everything)} tables; {len(results)} rules hold")


@cli.command()
@root_option
def tidy(root: Path):
    """Write the CSVs in canonical form: sorted, UTF-8, LF, quotes only where needed.

    The row counts in README.md are brought up to date as well; new ids are noted in sources/ids_ever_used.txt, and
    ids of rows that are gone are retired there.

    \b
    Example:
      python build_db.py tidy
    """
    with told("; what has a problem was left as it was"):
        codebook, problems = read_codebook(root / "sources")
        changed = []
        if codebook:
            changed, problems = tidy_sources(root / "sources", codebook)
        for file in changed:
            click.echo(f"tidied {file}")
        if problems:
            raise BadInput(problems)
        readme = root / "README.md"
        if readme.exists():
            text = readme.read_text(encoding="utf-8")
            current = with_counts(text, table_of_tables(codebook, root / "sources"))
            if current != text:
                put_whole(readme, current.encode())
                changed.append("README.md")
                click.echo("counted rows anew in README.md")
    if not changed:
        click.echo("Everything was tidy")


@cli.command()
@root_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--log/--no-log", default=False, show_default=True, help="Write one line per answer, with its timing.")
@click.option(
    "--downloads",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the files that people download, written if it is not of this build. [dist]",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
def serve(root: Path, host: str, port: int, log: bool, downloads: Path | None, open_browser: bool):
    """Build if the sources are newer than the database, then serve it read-only.

    \b
    Examples:
      python build_db.py serve
      python build_db.py serve --port 8080 --open
      python build_db.py serve --host 0.0.0.0 --log
    """
    path = root / "coalition.db"
    if is_stale(root, path):
        with told():
            build_database(root, path, progress)
    import uvicorn  # these take half a second, which only this command needs

    from coalition.ending import run
    from coalition.repeating import Repeating
    from coalition.serving import application, prepared_downloads, site

    progress("downloads")
    files = prepared_downloads(root, path, downloads or root / "dist")
    url = f"http://{host}:{port}/"
    click.echo(f"Serving at {url} (stop with Ctrl+C)")
    if open_browser:
        click.launch(url)
    # What is there then stays; to look through it for garbage again and again would hold readers up.
    app = application(site(root, path, files), log, once_warm=gc.freeze)
    # Whoever takes their time over a large file must not hold up a restart for ever.
    options = {"lifespan": "on", "log_level": "warning", "access_log": False, "timeout_graceful_shutdown": 10}
    run(uvicorn.Config(app, host=host, port=port, http=Repeating, ws="none", **options))


@cli.command()
@root_option
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--compressed", is_flag=True, help="Also write a .br and .gz copy of what gets smaller; `serve` sends them."
)
@click.option("--drawn", is_flag=True, help="Also draw the usual charts, which `serve` then need not draw.")
def export(root: Path, folder: Path, compressed: bool, drawn: bool):
    """Write what people download into FOLDER: database, Data Package, Parquet, CSV, checksums.

    \b
    Examples:
      python build_db.py export /tmp/china-coalition
      python build_db.py export --compressed --drawn dist
    """
    from coalition.exporting import export as write_files

    path = root / "coalition.db"
    with told():
        if is_stale(root, path):
            build_database(root, path, progress)
    with told("; the files in the folder are not all of this build"):
        files = write_files(root, path, folder, progress, compressed)
        if drawn:
            import asyncio

            from coalition.serving import site
            from coalition.warming import draw_usual

            progress("charts")
            asyncio.run(draw_usual(site(root, path, folder)))
    click.echo(f"{len(files)} files and manifest.json in {folder}")


@cli.command()
@root_option
@click.argument("old", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("new", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--form", type=click.Choice(["table", "json", "atom"]), default="table", show_default=True)
def compare(root: Path, old: Path, new: Path, form: str):
    """Say what changed from OLD to NEW, each a database or a Data Package (.zip), in readers' terms.

    The JSON is what /releases shows, once it lies in releases/<version>.json.

    \b
    Examples:
      python build_db.py compare coalition-1.0.0.db coalition.db
      python build_db.py compare coalition-1.0.0.db coalition.db --form json > releases/1.1.0.json
    """
    from coalition.comparing import NotARelease, as_table, read_release
    from coalition.comparing import compare as compared
    from coalition.metadata import read_metadata
    from coalition.releases import note_atom

    with told():
        codebook, problems = read_codebook(root / "sources")
        metadata, found = read_metadata(root, codebook) if codebook else ({}, [])
        if problems or found:
            raise BadInput(problems + found)
    try:
        note = compared(read_release(old), read_release(new), codebook, metadata)
    except NotARelease as error:
        raise click.ClickException(str(error)) from None
    forms = {"table": as_table, "json": lambda n: json.dumps(n, ensure_ascii=False, indent=1) + "\n", "atom": note_atom}
    click.echo(forms[form](note), nl=False)


def progress(words: str) -> None:
    """Say what is being worked on, on a terminal only."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{words} …", nl=False, err=True)


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector from going through every cell again and again; none of them is garbage here."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class told:
    """Context in which bad input becomes sentences on standard error and exit code 1.

    `left` says what became of the files.
    """

    def __init__(self, left: str = "; nothing was written"):
        self.left = left

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if sys.stderr.isatty():
            click.echo("\r\033[K", nl=False, err=True)
        if isinstance(error, BadInput):
            for problem in error.problems:
                click.echo(str(problem), err=True)
            count = len(error.problems)
            click.echo(f"{count} problem{'s' * (count != 1)}{self.left}", err=True)
            sys.exit(1)
        if isinstance(error, OSError):
            click.echo(f"{error.filename or 'disk'}: {error.strerror or error}{self.left}", err=True)
            sys.exit(1)


if __name__ == "__main__":
    cli()
