"""The web process. All that it is made of is loaded before its first reader comes.

The garbage collector need not look at that again: to go through half a million objects stops a page
for a quarter of a second.
"""

import gc
import os

from django.apps import apps
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.production")
application = get_wsgi_application()
get_resolver().check()
for config in apps.get_app_configs():
    if hasattr(config, "preload"):
        config.preload()
gc.collect()
gc.freeze()
