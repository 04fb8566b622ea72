"""The demo and development: SQLite, embedded search, the loopback gateway."""

from marketplace.settings.base import *  # noqa: F403
from marketplace.settings.base import CONTENT_SECURITY_POLICY, PORT, SECRET_KEY, VAR_DIR, env

# Sample accounts are for trying out: nobody has their second factor.
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=False)
LOOPBACK_PORT = env.int("LOOPBACK_PORT", default=PORT + 1)
LOOPBACK_DATABASE = VAR_DIR / "loopback.sqlite3"
STRIPE_API_BASE = env("STRIPE_API_BASE", default=f"http://127.0.0.1:{LOOPBACK_PORT}")
STRIPE_API_KEY = env("STRIPE_API_KEY", default="sk_test_loopback")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET", default=f"whsec_{SECRET_KEY}")
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(STRIPE_API_BASE)
