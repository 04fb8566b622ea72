"""The production settings: `check --deploy` is content, and answers carry what a browser is to hold."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
plain = Client().get("/robots.txt", headers={"host": "market.example"})
safe = Client().get("/robots.txt", headers={"host": "market.example"}, secure=True)
behind = Client().get("/robots.txt", headers={"host": "market.example", "x-forwarded-proto": "https"})
other = Client().get("/robots.txt", headers={"host": "evil.example"}, secure=True)
names = ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
         "CSRF_COOKIE_SECURE", "CSRF_COOKIE_SAMESITE", "DEBUG", "MFA_REQUIRED", "ACCOUNT_RATE_LIMITS",
         "ACCOUNT_PREVENT_ENUMERATION", "ACCOUNT_REAUTHENTICATION_TIMEOUT",
         "ALLAUTH_TRUSTED_PROXY_COUNT")
print(json.dumps({
    "plain": [plain.status_code, plain.get("Location", "")], "safe": dict(safe.items()),
    "behind": behind.status_code, "other": other.status_code,
    "settings": {name: getattr(settings, name) for name in names}}))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.production",
        "VAR_DIR": str(tmp_path_factory.mktemp("production")),
        "SECRET_KEY": "".join(map(chr, range(40, 110))),
        "ALLOWED_HOSTS": "market.example",
        "SITE_URL": "https://market.example",
        "EMAIL_URL": "smtp://localhost:25",
        "STRIPE_API_KEY": "sk_test_x",
        "STRIPE_WEBHOOK_SECRET": "whsec_x",
    }


@pytest.fixture(scope="module")
def answers(environment: dict[str, str]) -> Any:
    done = run(environment, "-W", "ignore", "-c", ASK)
    return json.loads(done.stdout.splitlines()[-1])


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_the_deployment_check_finds_nothing(environment: dict[str, str]) -> None:
    done = run(environment, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert "no issues" in done.stdout


def test_browsers_are_held_to_https(answers: Any) -> None:
    assert answers["plain"] == [301, "https://market.example/robots.txt"]
    assert answers["behind"] == 200, "the proxy says that the reader came by https"
    hsts = answers["safe"]["Strict-Transport-Security"]
    assert hsts == "max-age=31536000; includeSubDomains; preload"


def test_every_answer_carries_the_policies(answers: Any) -> None:
    headers = answers["safe"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "127.0.0.1" not in headers["Content-Security-Policy"], (
        "the loopback gateway is not there"
    )


def test_a_foreign_host_is_refused(answers: Any) -> None:
    assert answers["other"] == 400


def test_cookies_factors_and_limits(answers: Any) -> None:
    assert answers["settings"] == {
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "DEBUG": False,
        "MFA_REQUIRED": True,
        "ACCOUNT_RATE_LIMITS": {"invite": "30/h/user", "introduce": "30/h/user"},
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 300,
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
    }
