"""Django's own commands (makemigrations, shell …) for developers: `python -m kaejon.manage`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaejon.config.settings")
    execute_from_command_line(sys.argv)
