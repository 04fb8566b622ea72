"""Who opens what of the site, deals and the editors' site aside. Written by hand, from the rules."""

from tests.access.rows import (
    ALL,
    BOOKKEEPERS,
    INSTITUTION,
    SIDES,
    SIGNED_IN,
    Row,
    Table,
    both,
    less,
)

OWN = f"{INSTITUTION} administrator"
PUBLIC = Row(get=ALL)
MEMBERS_PAGE = Row(get=SIGNED_IN)
PERSONS_FORM = both(SIGNED_IN)
OPEN_TO_ALL = both(ALL, idle=ALL)
OUTSIDERS = less(SIGNED_IN, OWN)
STATES = ("draft", "submitted", "live", "returned", "withdrawn")
NOT_OWNERS = less(SIGNED_IN, "director administrator")

ACCOUNTS: Table = {
    "dashboard": {"": MEMBERS_PAGE},
    "accounts:profile": {"": PERSONS_FORM},
    "accounts:create_organisation": {"": PERSONS_FORM},
    "accounts:organisation": {"organisation": Row(get=OWN, told=OUTSIDERS)},
    "accounts:edit_organisation": {"organisation": both("director administrator", told=NOT_OWNERS)},
    "accounts:invite": {"organisation": Row(post="director administrator", told=NOT_OWNERS)},
    "accounts:revoke": {"invitation": Row(post="director administrator", told=NOT_OWNERS)},
    "accounts:change_member": {"membership": Row(post="director administrator", told=NOT_OWNERS)},
    # Whoever has the link reads the invitation; whose address it is accepts it.
    "accounts:invitation": {
        "invitation": Row(get=SIGNED_IN, post="stranger", told=less(SIGNED_IN, "stranger"))
    },
    "notifications:inbox": {"": MEMBERS_PAGE},
    "notifications:read_all": {"": Row(post=SIGNED_IN)},
    "notifications:open": {"notification": Row(get="researcher")},
    "notifications:read": {"notification": Row(post="researcher")},
    "notifications:preferences": {"": PERSONS_FORM},
    # The link in a mail ends its kind of mail; its signature is the permission.
    "notifications:stop": {"notification": both(ALL)},
}

LISTINGS: Table = {
    "listings:results": {"": PUBLIC},
    "listings:needs": {"": PUBLIC},
    **{f"listings:{name}": {"": PUBLIC} for name in ("result_feed", "need_feed", "organisations")},
    "listings:organisation": {"organisation": PUBLIC},
    "listings:experts": {"": PUBLIC},
    "listings:expert": {"expert": PUBLIC, "hidden expert": Row(get="", to_nobody="hidden")},
    "listings:own_expert": {"": PERSONS_FORM},
    # Whoever has a profile takes it down.
    "listings:expert_action": {"expert": Row(post="researcher engineer")},
    "listings:code": {
        "live": PUBLIC,
        **dict.fromkeys(("draft", "submitted", "withdrawn"), Row(get="", to_nobody="hidden")),
    },
    "listings:opened": {
        "live": PUBLIC,
        **dict.fromkeys(("draft", "submitted", "withdrawn"), Row(get="", to_nobody="hidden")),
    },
    "listings:readers": dict.fromkeys(("draft", "live", "withdrawn"), Row(get=OWN)),
    "listings:mine": {"": MEMBERS_PAGE},
    "listings:create": {"live": PERSONS_FORM},
    "listings:need": {"live need": PUBLIC},
    "needs/<int:pk>/": {"live need": PUBLIC},
    **{
        name: {
            "draft": Row(get=OWN, to_nobody="hidden"),
            "submitted": Row(get=OWN, to_nobody="hidden"),
            "withdrawn": Row(get=OWN, to_nobody="hidden"),
            "live": PUBLIC,
            "returned": PUBLIC,
        }
        for name in ("listings:result", "results/<int:pk>/")
    },
    "listings:edit": dict.fromkeys(STATES, both(OWN)),
    "listings:preview": dict.fromkeys(STATES, Row(get=f"{OWN} moderator")),
    **{
        f"listings:{action}": dict.fromkeys(STATES, Row(post=people))
        for action, people in {
            "submit": OWN,
            "recall": OWN,
            "discard": OWN,
            "withdraw": f"{OWN} moderator",
            "confirm": INSTITUTION,
        }.items()
    },
    "listings:attachment": {
        "public file": PUBLIC,
        "members file": Row(get=SIGNED_IN, to_nobody="hidden"),
        "nda file": Row(get=f"{OWN} moderator", to_nobody="hidden"),
        "private file": Row(get=OWN, to_nobody="hidden"),
        "draft": Row(get="", to_nobody="hidden"),
    },
}

SEARCH: Table = {
    "search:results": {"": PUBLIC},
    "search:suggest": {"": PUBLIC},
    "search:similar": {
        "live": PUBLIC,
        **dict.fromkeys(("draft", "withdrawn"), Row(get="", to_nobody="hidden")),
    },
    "search:save": {"": PERSONS_FORM},
    "search:decisions": {"": MEMBERS_PAGE},
    "search:decide": {"pair": both(SIDES)},
    "search:take_back": {"decision": Row(post="researcher")},
    "search:watches": {"": MEMBERS_PAGE},
    "search:watch": {"watch": both("researcher")},
    "search:forget": {"watch": Row(post="researcher")},
    "search:watch_listing": dict.fromkeys(("draft", "live"), Row(post=INSTITUTION)),
    # The link in a mail stops the watch that it was sent for; its signature is the permission.
    "search:stop": {"watch": both(ALL)},
    "search:alert": {"alert": Row(get="researcher")},
}

BROKERS: Table = {
    "profiles:brokers": {"": PUBLIC},
    "profiles:broker": {"broker": PUBLIC},
    "profiles:own": {"": PERSONS_FORM},
    # The stranger owns the brokerage.
    "profiles:brokerage": {
        "other_broker": Row(
            get="stranger other_broker administrator",
            post="stranger other_broker administrator",
            idle="other_broker administrator",
        )
    },
    "profiles:certificate": {"other_broker": Row(get="other_broker administrator")},
}

MACHINES: Table = {
    "robots": {"": PUBLIC},
    "sitemap": {"": PUBLIC},
    "sitemap_section": {"sitemap": PUBLIC},
    "styleguide": {"": PUBLIC},
    "featured": {"": PUBLIC},
    "pairing": {"pairing": PUBLIC},
    "payments:stripe_webhook": {"": Row(post=ALL, idle=ALL)},
    "payments:evidence": {
        "entry": Row(get=BOOKKEEPERS, told=less(SIGNED_IN, BOOKKEEPERS), to_nobody="denied")
    },
    # Wagtail's pages, and documents that editors put on them.
    "wagtail_serve": {
        **dict.fromkeys(("page", "news", "article", "cases", "case"), OPEN_TO_ALL),
        # A party of its deal has not agreed.
        "untold case": Row(get="", post="", to_nobody="hidden"),
    },
    "news_feed": {"": PUBLIC},
    "wagtaildocs_serve": {"page file": OPEN_TO_ALL},
    "^media/(?P<folder>images|avatar_images)/(?P<path>.+)$": {"picture": PUBLIC},
    # There is no page or document behind a password, so there is nothing that one opens.
    "wagtaildocs_authenticate_with_password": {
        "password": Row(get="", post="", to_nobody="hidden")
    },
    "wagtailcore_authenticate_with_password": {
        "password": Row(get="", post="", to_nobody="hidden")
    },
    # Nobody signs in there: who is not signed in is led to the site's own sign-in.
    **{
        name: {"": Row(get="", post="", told=SIGNED_IN)}
        for name in ("wagtail/login/", "_util/login/", "wagtailcore_login", "wagtailadmin_login")
    },
}

ALLAUTH: Table = {
    **{
        f"account_{name}": {"": OPEN_TO_ALL}
        for name in (
            "login",
            "signup",
            "logout",
            "reset_password",
        )
    },
    **{
        f"account_{name}": {"": PUBLIC}
        for name in (
            "inactive",
            "email_verification_sent",
            "reset_password_done",
            "reset_password_from_key_done",
        )
    },
    "account_reset_password_from_key": {"mail key": OPEN_TO_ALL},
    # The key is wrong: there is nothing to confirm.
    "account_confirm_email": {"mail key": Row(get=ALL, post="", to_nobody="hidden")},
    # In the middle of signing in only; who has signed in is led on.
    "account_confirm_login_code": {"": PERSONS_FORM},
    "mfa_authenticate": {"": PERSONS_FORM},
    **{
        f"account_{name}": {"": PERSONS_FORM}
        for name in ("email", "change_password", "set_password", "reauthenticate")
    },
    "mfa_index": {"": MEMBERS_PAGE},
    **{
        f"mfa_{name}": {"": PERSONS_FORM}
        for name in ("reauthenticate", "activate_totp", "generate_recovery_codes")
    },
    # The director has a second factor, with recovery codes.
    "mfa_deactivate_totp": {"": both("director")},
    "mfa_view_recovery_codes": {"": Row(get="director")},
    "mfa_download_recovery_codes": {"": Row(get="director")},
}

TABLE: Table = {**ACCOUNTS, **LISTINGS, **SEARCH, **BROKERS, **MACHINES, **ALLAUTH}
