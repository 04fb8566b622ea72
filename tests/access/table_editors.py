"""Who opens what of the editors' site, by namespace. Written by hand; see `cms/setup/groups.py`.

Nobody else enters at all. Superusers, who may do everything, are no part of the cast.
"""

BOTH = "moderator administrator"
RUN = "administrator"
SUPERUSERS = ""

RUN_HERE = (
    "accounts_organisation",
    "accounts_membership",
    "cms_featuredpairing",
    "profiles_brokerprofile",
    "search_synonymgroup",
    "search_term",
    "taxonomy_industry",
    "taxonomy_region",
)
"""What administrators keep."""

NAMESPACES = {
    # Listings are what moderators are here for.
    "wagtailsnippets_listings_researchresult": BOTH,
    "wagtailsnippets_listings_technologyneed": BOTH,
    "wagtailsnippetchoosers_listings_researchresult": BOTH,
    "wagtailsnippetchoosers_listings_technologyneed": BOTH,
    "wagtailsnippets_listings_expertprofile": BOTH,
    "wagtailsnippetchoosers_listings_expertprofile": BOTH,
    "wagtailadmin_editing_sessions": BOTH,
    "wagtailadmin_reports": BOTH,
    "wagtailsnippets": BOTH,
    # Choosers offer what every editor may read of it: names.
    **{f"wagtailsnippetchoosers_{model}": BOTH for model in RUN_HERE},
    **{f"wagtailsnippets_{model}": RUN for model in RUN_HERE},
    "wagtailadmin_api:pages": BOTH,
    # Lists of what the choosers offer: empty for moderators.
    "wagtailadmin_api:documents": BOTH,
    "wagtailadmin_api:images": BOTH,
    "wagtailadmin_pages": RUN,
    "wagtailadmin_collections": RUN,
    "wagtailredirects": RUN,
    "wagtailsettings": RUN,
    "wagtailsites": RUN,
    "wagtailusers_users": RUN,
    "simple_translation": RUN,
    "wagtaildocs": RUN,
    "wagtaildocs_chooser": RUN,
    "wagtailimages": RUN,
    "wagtailimages_chooser": RUN,
    "wagtailembeds": BOTH,
    "wagtailadmin_workflows": SUPERUSERS,
    "wagtaillocales": SUPERUSERS,
    "wagtailusers_groups": SUPERUSERS,
}
WITHOUT_NAMESPACE = {
    **dict.fromkeys(
        (
            "wagtailadmin_home",
            "wagtailadmin_account",
            "wagtailadmin_dismissibles",
            "wagtailadmin_block_preview",
            "wagtailadmin_tag_autocomplete",
            "wagtailadmin_tag_model_autocomplete",
            "wagtailadmin_choose_page",
            "wagtailadmin_choose_page_child",
            "wagtailadmin_choose_page_search",
            "wagtailadmin_choose_page_chosen_multiple",
            "wagtailadmin_choose_page_external_link",
            "wagtailadmin_choose_page_email_link",
            "wagtailadmin_choose_page_phone_link",
            "wagtailadmin_choose_page_anchor_link",
            "wagtail_bulk_action",
            "wagtailadmin_error_test",
            "wagtail/test404/",
            "wagtail/^.*/$",
        ),
        BOTH,
    ),
    "wagtailadmin_explore_root": RUN,
    "wagtailadmin_explore": RUN,
    "wagtailadmin_explore_results": RUN,
    "matching_weights": RUN,
    "curation_desk": RUN,
    "audit_log": RUN,
    "audit_log_results": RUN,
    "background_work": RUN,
    "reset_second_factor": RUN,
    # The site's own sign-in stands in for these.
    "wagtailadmin_password_reset": "",
    "wagtailadmin_password_reset_done": "",
    "wagtailadmin_password_reset_confirm": "",
    "wagtailadmin_password_reset_complete": "",
}
OPEN = {
    "wagtailadmin_sprite": "icons, the same for everybody",
    "wagtailadmin_javascript_catalog": "Wagtail's own words",
    "wagtailadmin_logout": "who is not signed in has nothing to lose",
}
"""What needs no permission, and why."""

HARMLESS = {
    "wagtailadmin_pages:move_confirm": "asks whether to move, and moves nothing without permission",
    "wagtailadmin_pages:confirm_workflow_cancellation": "a question without an answer",
    "wagtailadmin_workflows:task_chooser": "names of review tasks",
    "wagtailadmin_workflows:task_chooser_results": "names of review tasks",
    "wagtailadmin_workflows:task_chooser_create": "an empty list of kinds",
    "wagtailadmin_workflows:task_chosen": "the name of a review task",
    **{
        f"wagtailadmin_pages:{view}": "leads on to the page itself, which is closed"
        for view in (
            "choose_parent",
            "workflow_action",
            "collect_workflow_action_data",
            "revisions_index",
        )
    },
    **{
        f"wagtail{kind}_chooser:{view}": "an empty list"
        for kind in ("docs", "images")
        for view in ("choose", "choose_results", "chosen_multiple")
    },
}
"""What Wagtail lets every editor read, beyond the namespaces of the role, and why that is no harm."""

FAILS_WITHOUT_FIELDS = {"wagtailadmin_error_test", "wagtailadmin_choose_page_external_link"}
"""Wagtail raises there on purpose, or for an editor's request that no form of Wagtail sends."""


def who(namespace: str, name: str) -> str | None:
    """Return who enters, None where the table has no row."""
    return NAMESPACES.get(namespace) if namespace else WITHOUT_NAMESPACE.get(name)
