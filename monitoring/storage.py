"""Static files under names that carry a hash of their content: a browser keeps them, and never mixes versions."""

from typing import Any, ClassVar

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

_, IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Our scripts import one another by hashed names too: a page of today never runs yesterday's module.

    Django's own switch for that (`support_js_module_import_aggregation`) would read other packages' scripts as well,
    and one of those names a module in a comment that is not there.
    """

    patterns: ClassVar[Any] = (*HashedFilesMixin.patterns, ("spinewatch/*.js", IMPORTS))
