"""Static files named by their content, the modules that a script imports too."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]


class HashedModules(CompressedManifestStaticFilesStorage):
    """Without this an imported module would keep its plain name, and browsers an old copy of it.

    For our own scripts only: packages ship modules whose imports no file here answers.
    """

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", _IMPORTS))  # type: ignore[attr-defined]
