"""The door for web servers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csom.settings")
application = get_wsgi_application()

from csom.guard import refuse_strong_role  # noqa: E402  (settings first)

refuse_strong_role()
