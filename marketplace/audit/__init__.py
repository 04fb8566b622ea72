"""Who did what to which object, and what changed: one log for all apps, on Wagtail's registry."""
