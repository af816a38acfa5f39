"""What is kept of an import: its course, its file, its records, mappings for the next time; and of the first steps."""

from accounts.imports.models.hidden_path import HiddenPath
from accounts.imports.models.job import BUSY, FilePart, Import, Kind, Noun, SavedMapping, Stage
from accounts.imports.models.record import Record, Verdict

__all__ = ["BUSY", "FilePart", "HiddenPath", "Import", "Kind", "Noun", "Record", "SavedMapping", "Stage", "Verdict"]
