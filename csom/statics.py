"""Static files named by their content, the modules that a script imports too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):
    """Without this an imported module would keep its plain name, and browsers an old copy of it."""

    support_js_module_import_aggregation = True
