"""The web application as a WSGI callable."""

import os

from django.core.wsgi import get_wsgi_application

from kaejon.config.setup import keep_temporary_files_private

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaejon.config.settings")
application = get_wsgi_application()
keep_temporary_files_private()
