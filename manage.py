#!/usr/bin/env python
"""Command line of the project; `DJANGO_SETTINGS_MODULE` chooses the settings, dev by default."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
    execute_from_command_line(sys.argv)
