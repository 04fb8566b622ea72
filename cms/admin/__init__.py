"""What administrators and moderators see under /wagtail/."""
