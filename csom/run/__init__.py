"""`make run`: the whole product on one machine, started and stopped together."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
