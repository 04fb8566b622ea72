"""Who opens and does what in deals and at the bank. Written by hand, from the rules."""

from tests.access.rows import (
    ALL,
    BOOKKEEPERS,
    ENTERPRISE,
    INSTITUTION,
    PARTIES,
    READERS,
    SIDES,
    SIGNED_IN,
    SIGNERS,
    Row,
    Table,
    both,
    form_of_deal,
    less,
    of_deal,
)

PUBLIC = Row(get=ALL)
STAGES = ("introduced", "negotiating", "performing", "disputed")
STAFF = "finance administrator"
COMPLAINT = f"{SIDES} administrator"
INSTITUTION_SIGNERS = "approver director"

DEAL: Table = {
    "deals:mine": {"": Row(get=SIGNED_IN)},
    "deals:introduce": {"pair": both(f"{PARTIES} other_broker")},
    **{
        f"deals:{section}": dict.fromkeys((*STAGES, "amendment"), of_deal(READERS))
        | {"claimed": Row(get=less(READERS, "broker"))}
        for section in ("deal", "milestones", "money", "papers", "room", "history")
    },
    "deals:move": dict.fromkeys(
        ("introduced", "negotiating", "performing"),
        of_deal(None, f"{PARTIES} administrator"),
    ),
    "deals:add_broker": dict.fromkeys(STAGES, of_deal(None, PARTIES)),
    "deals:write_message": dict.fromkeys(STAGES, of_deal(None, PARTIES)),
    "deals:add_task": dict.fromkeys(STAGES, form_of_deal(PARTIES)),
    # Who set the task, and who is to do it.
    "deals:task": {"introduced": form_of_deal("broker engineer")},
    "deals:case": {"performing": form_of_deal(INSTITUTION_SIGNERS)},
    "deals:ask_for_case": {"performing": of_deal(None, "administrator")},
    "deals:claim": {
        "claimed": both("broker other_broker"),
        # Who has given a claim up reads that, and has nothing to give up any more.
        "ended claim": Row(get="broker other_broker", post="broker other_broker"),
    },
    "deals:carry_claim": {
        "claimed": Row(post=SIDES, told=STAFF),
    },
    "deals:end_claim": {"claimed": both("administrator", told=f"{SIDES} finance")},
    "deals:add_file": dict.fromkeys(STAGES, form_of_deal(PARTIES)),
    "deals:file": {
        **{f"parties file {when} NDA": Row(get=READERS) for when in ("before", "after")},
        "nda file before NDA": Row(get=f"{INSTITUTION} administrator"),
        "nda file after NDA": Row(get=f"{SIDES} administrator"),
        **{
            f"side file {when} NDA": Row(get=f"{INSTITUTION} administrator")
            for when in ("before", "after")
        },
    },
}

PAPERS: Table = {
    "deals:draw_up_nda": dict.fromkeys(STAGES, of_deal(None, PARTIES)),
    "deals:document": dict.fromkeys(("negotiating", "performing"), of_deal(READERS)),
    "deals:text": dict.fromkeys(("negotiating", "performing"), of_deal(READERS)),
    # Who signs nothing is shown the document, and finds nothing to choose in the form.
    "deals:sign": dict.fromkeys(
        ("negotiating", "performing"), Row(get=READERS, post=READERS, idle=STAFF)
    ),
    "deals:agreement": {
        "negotiating": form_of_deal(PARTIES),
        "performing": of_deal(READERS, PARTIES),
    },
    "deals:compare": {"amendment": of_deal(READERS)},
    # Whose signature is missing declines; there is nothing to decline for anybody else.
    "deals:decline_amendment": {"amendment": both("researcher approver director buyer broker")},
    "deals:withdraw_amendment": {"amendment": of_deal(None, PARTIES)},
    "deals:enforce_amendment": {"amendment": of_deal(None, PARTIES)},
    "deals:due_diligence": dict.fromkeys(STAGES, form_of_deal(INSTITUTION)),
    "deals:due_diligence_pdf": dict.fromkeys(STAGES, of_deal(f"{INSTITUTION} {STAFF}")),
    "deals:publish_notice": dict.fromkeys(STAGES, form_of_deal(INSTITUTION_SIGNERS)),
    "deals:decide_objection": {"negotiating": form_of_deal(INSTITUTION_SIGNERS)},
    "deals:registration": {"performing": form_of_deal(INSTITUTION)},
    "deals:registration_pack": {"performing": of_deal(READERS)},
    "deals:figures": {"": PUBLIC},
    "deals:figure_deals": {"figure": Row(get=STAFF)},
    "deals:figure_payments": {"figure": Row(get=STAFF)},
    "deals:notices": {"": PUBLIC},
    "deals:notice": {"notice": Row(get=ALL, post=SIGNED_IN)},
    "deals:policies": {"organisation": Row(get=f"{INSTITUTION} {STAFF}")},
    "deals:add_policy": {"organisation": both("director", told=f"researcher approver {STAFF}")},
    "deals:complaints": {"": Row(get="administrator")},
    "deals:open_complaint": dict.fromkeys(
        ("performing", "disputed"), form_of_deal("researcher approver director buyer broker")
    ),
    "deals:complaint": dict.fromkeys(("disputed", "decided complaint"), Row(get=COMPLAINT)),
    "deals:complaint_evidence": {"disputed": Row(get=COMPLAINT)},
    "deals:answer_complaint": {"disputed": Row(post=SIDES, told="administrator")},
    "deals:withdraw_complaint": {
        "disputed": Row(post="buyer", told=f"{INSTITUTION} engineer administrator")
    },
    "deals:decide_complaint": {"disputed": Row(post="administrator", told=SIDES)},
}

MONEY: Table = {
    "deals:prove": {"performing": form_of_deal(PARTIES)},
    "deals:check_cost": {"performing": form_of_deal("approver director buyer")},
    "deals:report_royalty": {"performing": form_of_deal(ENTERPRISE)},
    "deals:invoice": {"open milestone": form_of_deal(INSTITUTION)},
    "deals:bill": {"billing": form_of_deal("broker")},
    # The invoice is the broker's own.
    "deals:void_invoice": {"performing": of_deal(None, "broker")},
    "deals:disbursements": {"": Row(get=SIGNED_IN)},
    "deals:disburse": {"payout": both(INSTITUTION_SIGNERS)},
    "deals:disbursement_evidence": {"proven payout": Row(get=f"researcher {BOOKKEEPERS}")},
    "deals:ledger": dict.fromkeys(STAGES, of_deal(READERS)),
    "deals:pay": dict.fromkeys(("open milestone", "charged milestone"), form_of_deal("buyer")),
    "deals:payment": {"charged milestone": of_deal(f"{SIDES} {STAFF}")},
    "deals:cancel_payment": {"charged milestone": of_deal(None, "buyer")},
    "deals:deliver": dict.fromkeys(("paid milestone", "open milestone"), form_of_deal(INSTITUTION)),
    "deals:accept": dict.fromkeys(("paid milestone", "open milestone"), form_of_deal("buyer")),
    "deals:refund": {"paid milestone": form_of_deal(BOOKKEEPERS)},
    **{
        f"deals:{name}": {
            "user payee": Row(get=f"researcher {STAFF}"),
            "organisation payee": Row(get=f"{INSTITUTION} {STAFF}"),
        }
        for name in ("statement", "statement_csv", "statement_pdf")
    },
}

BROKERAGE: Table = {
    "deals:own_pipeline": {"": Row(get="broker other_broker")},
    "deals:pipeline": {"broker": Row(get="broker administrator")},
    "deals:record": {"broker": Row(get="broker administrator")},
    "deals:answer_assignment": {"assignment": Row(post="broker")},
    "deals:brokers_for": {"assignment": both(f"{ENTERPRISE} administrator")},
    "deals:end_assignment": {"assignment": Row(post=f"{ENTERPRISE} administrator")},
}

BANK: Table = {
    **{
        f"deals:{name}": {"": Row(get=SIGNERS)}
        for name in ("treasury", "owed", "bank_statements", "reconciliation")
    },
    "deals:import_statement": {"": both(SIGNERS)},
    "deals:payout_lists": {"": both(SIGNERS)},
    "deals:record_receipt": {"expected": both(BOOKKEEPERS)},
    "deals:record_payout": dict.fromkeys(("order", "refund order"), both(BOOKKEEPERS)),
    "deals:record_return": {"paid order": both(BOOKKEEPERS)},
    "deals:pay_again": {"owing": Row(post=BOOKKEEPERS)},
    "deals:bank_statement": {"statement": Row(get=BOOKKEEPERS)},
    "deals:confirm_statement": {"statement": Row(post=BOOKKEEPERS)},
    "deals:bank_line": dict.fromkeys(("line", "explained line"), Row(get=BOOKKEEPERS)),
    "deals:enter_line": {"line": Row(post=BOOKKEEPERS)},
    "deals:explain_line": {"line": Row(post=BOOKKEEPERS)},
    "deals:reopen_line": {"explained line": Row(post=BOOKKEEPERS)},
    "deals:cash_book": {"cash book": Row(get=BOOKKEEPERS)},
    "deals:cash_book_csv": {"cash book": Row(get=BOOKKEEPERS)},
    "deals:failures": {"": Row(get=STAFF)},
    "deals:send_again": {"failure": Row(post=STAFF)},
    "deals:payout_list": {"list": Row(get=BOOKKEEPERS)},
    # The director has drawn it up: somebody else releases it, and then it can be downloaded.
    "deals:release_list": {"list": Row(post=less(BOOKKEEPERS, "director"), told="director")},
    "deals:withdraw_list": {"list": Row(post=BOOKKEEPERS)},
    "deals:payout_list_csv": {
        "list": Row(get=""),
        "released list": Row(get=BOOKKEEPERS),
    },
    "deals:bank_entry": dict.fromkeys(("entry", "receipt", "return"), Row(get=BOOKKEEPERS)),
    "deals:confirm_entry": {"entry": Row(post=less(BOOKKEEPERS, "director"), told="director")},
    "deals:reject_entry": {"entry": Row(post=BOOKKEEPERS)},
    "deals:payout_accounts": {"": Row(get=SIGNED_IN)},
    "deals:open_account": {"account": both(SIGNED_IN)},
    "deals:complete_account": {"account": Row(post="director")},
    "deals:look_at_account": {"account": Row(post="director")},
    "deals:close_account": {"account": Row(post="director")},
    "deals:organisation_payout_accounts": {"organisation": Row(get="director")},
    "deals:open_organisation_account": {"organisation account": both("director")},
    "deals:platform_payout_accounts": {"": Row(get=STAFF)},
    "deals:open_platform_account": {"organisation account": both(STAFF)},
}

TABLE: Table = {**DEAL, **PAPERS, **MONEY, **BROKERAGE, **BANK}
