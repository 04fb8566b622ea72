"""Who may read each text that somebody enters: a decision for every such field of every model.

`PUBLIC` stands on public pages. `ELSEWHERE` is read by the tier or owner of each row; its canaries
stand in the tests named. `TECHNICAL` are numbers, codes and digests that the site makes itself, and
copies of fields that have a decision. Every other field has its readers among the cast.
"""

from tests.access.rows import (
    BOOKKEEPERS,
    ENTERPRISE,
    INSTITUTION,
    PARTIES,
    READERS,
    SIDES,
)

STAFF = "finance administrator"

PUBLIC = {
    "taxonomy.*",
    "cms.*",
    "search.SynonymGroup.words",
    "search.Term.*",
    "accounts.Organisation.*",
    "listings.*",
    "profiles.BrokerProfile.*",
    "deals.PublicNotice.*",
    "deals.Objection.decision",
}
ELSEWHERE = {
    "files.StoredFile.*": "test_canaries, test_deal_canaries",
    "deals.DealFile.title": "test_deal_canaries, by tier",
    "accounts.User.first_name": "test_canaries, of who posted an anonymous need",
    "accounts.User.last_name": "test_canaries, of who posted an anonymous need",
}
TECHNICAL = {
    "outbox.Effect.kind",
    "outbox.PeriodicRun.name",
    "notifications.Notification.url",
    "notifications.Notification.once",
    "notifications.Notification.permission",
    "notifications.Notification.object_id",
    "accounts.User.time_zone",
    "listings.DisclosureGrant.reason",
    "search.Embedding.*",
    "search.Question.*",
    "search.Finding.key",
    "search.MatchDecision.*",
    "search.Weighting.values",
    "search.Watch.query",
    "search.Watch.filters",
    "settlement.Account.*",
    "settlement.LedgerTransaction.source",
    "settlement.Entry.line",
    "settlement.SplitPlan.*",
    "settlement.SplitShare.key",
    "settlement.Policy.team_tiers",
    "settlement.Receipt.collector_key",
    "settlement.Allocation.*",
    "settlement.Payout.collector_key",
    "settlement.Disbursement.evidence",
    "payments.PayoutAccount.gateway",
    "payments.PayoutAccount.country",
    "payments.PayoutAccount.missing",
    "payments.PayoutAccount.disabled_reason",
    "payments.FailedPayout.*",
    "payments.Charge.*",
    "payments.Dispute.external_id",
    "payments.WebhookEvent.*",
    "payments.StatementLayout.headings",
    "payments.BankStatement.sha256",
    "payments.Transfer.external_id",
    "payments.Reversal.*",
    "payments.Refund.external_id",
    "deals.DealEvent.kind",
    "deals.DealEvent.data",
    "deals.Document.*",
    "deals.Signature.*",
    "deals.Agreement.loss_bearer",
    "deals.Agreement.plan_terms",
    "deals.Agreement.party_changes",
}

SHOWN_TO_NOBODY = {
    "accounts.User.password": "a digest",
    "accounts.Invitation.token": "goes out in the mail to who is invited",
}
"""What stands on no page at all, and why."""

SECRET = {
    **dict.fromkeys(SHOWN_TO_NOBODY, ""),
    # Who drafts the agreement names the inventors by their addresses.
    "accounts.User.email": f"{PARTIES} administrator",
    "accounts.Invitation.email": f"{INSTITUTION} administrator",
    "notifications.Notification.subject": "researcher",
    "notifications.Notification.body": "researcher",
    "outbox.Effect.payload": STAFF,
    "outbox.Effect.last_error": STAFF,
    "outbox.PeriodicRun.last_error": "administrator",
    "search.Watch.name": "researcher",
    "search.Weighting.note": "administrator",
    "profiles.Assignment.message": f"{ENTERPRISE} broker administrator",
    # From it the shares are proposed to whoever drafts the agreement.
    "settlement.Policy.title": f"{PARTIES} {STAFF}",
    "settlement.Policy.source": f"{PARTIES} {STAFF}",
    # Who is paid, who pays it out, and who has to write the collector's on a transfer.
    **{
        f"payments.PayoutAccount.{field}": f"{BOOKKEEPERS} researcher broker buyer"
        for field in ("holder", "bank", "external_id")
    },
    "payments.Transfer.failure": BOOKKEEPERS,
    "payments.Refund.failure": BOOKKEEPERS,
    "payments.Refund.reason": f"{SIDES} {STAFF}",
    **{
        f"payments.{field}": BOOKKEEPERS
        for field in (
            "BankReceipt.bank_reference",
            "BankPayout.bank_reference",
            "BankReturn.bank_reference",
            "BankReturn.note",
            "BankReceipt.reason",
            "BankPayout.reason",
            "BankReturn.reason",
            "StatementLine.bank_reference",
            "StatementLine.counterparty",
            "StatementLine.counterparty_account",
            "StatementLine.purpose",
            "Clearing.note",
        )
    },
    "deals.Introduction.message": READERS,
    "deals.DealEvent.note": READERS,
    "deals.Message.text": PARTIES,
    "deals.DealTask.title": READERS,
    "deals.DealTask.details": READERS,
    **{
        f"deals.{field}": READERS
        for field in (
            "Agreement.subject",
            "Agreement.equity",
            "Milestone.title",
            "Milestone.deliverable",
            "DirectCost.title",
            "Registration.number",
            "Invoice.number",
            "Royalty.title",
            "Royalty.base",
        )
    },
    "deals.Complaint.reason": f"{SIDES} administrator",
    "deals.Statement.text": f"{SIDES} administrator",
    **{
        f"deals.DueDiligence.{field}": f"{INSTITUTION} {STAFF}"
        for field in ("approval", "related_parties", "export_control")
    },
    "deals.Objection.text": f"{READERS} stranger",
    "deals.Exclusion.reason": f"{READERS} other_broker",
}

UNPUBLISHED = {
    "a version of a listing": f"{INSTITUTION} moderator administrator",
    "a reviewer's remarks": f"{INSTITUTION} moderator administrator",
    "a version of a page": "administrator",
    "a case that is not told": "administrator",
    "what a picture that is not shown is of": "administrator",
    "the address of a picture that is not shown": "administrator",
    # Not even where the picture is shown.
    "the title of a picture": "administrator",
    "the name of a picture's file": "administrator",
    # The only one stands on no page.
    "the title of a document": "administrator",
    "the log of anything but listings": "administrator",
}
"""What Wagtail keeps beside the rows: versions that nobody has approved, and who did what."""

BY_LINK = {("search.Watch.name", "search:stop")}
"""What a signed link shows to whoever has it."""
