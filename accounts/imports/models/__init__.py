"""What is kept of an import: its course, its file, its records, and mappings for the next time."""

from accounts.imports.models.job import BUSY, FilePart, Import, Kind, Noun, SavedMapping, Stage
from accounts.imports.models.record import Record, Verdict

__all__ = ["BUSY", "FilePart", "Import", "Kind", "Noun", "Record", "SavedMapping", "Stage", "Verdict"]
