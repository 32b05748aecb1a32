"""China Coalition Dataset: what build_db.py and the plugins share."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
