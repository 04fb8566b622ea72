"""The test suite: as the demo, with a state folder of its own and faster passwords."""

import tempfile
from pathlib import Path

from marketplace.settings.base import env
from marketplace.settings.dev import *  # noqa: F403

VAR_DIR = Path(env("TEST_VAR_DIR", default="") or tempfile.mkdtemp(prefix="marketplace-test-"))
MEDIA_ROOT = VAR_DIR / "media"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
SEARCH_INDEX_DIR = VAR_DIR / "index"
ELASTICSEARCH_URL = []
EMBEDDINGS_URL = ""
EMAIL_FILE_PATH = VAR_DIR / "mail"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
ACCOUNT_RATE_LIMITS = False
