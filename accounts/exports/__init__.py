"""What leaves the house: lists as CSV, Excel workbook or JSON, and many of them in one ZIP, all written as a stream."""

from accounts.exports.bundles import as_zip
from accounts.exports.documents import as_json
from accounts.exports.kinds import CSV, JSON, KINDS, XLSX, Kind
from accounts.exports.texts import FORMULA, MARK, NUMBER, as_csv, harmless, unharmed
from accounts.exports.workbooks import as_xlsx, escaped, unescaped

__all__ = [
    "CSV", "FORMULA", "JSON", "KINDS", "MARK", "NUMBER", "XLSX", "Kind", "as_csv", "as_json", "as_xlsx", "as_zip",
    "escaped", "harmless", "unescaped", "unharmed",
]  # fmt: skip
