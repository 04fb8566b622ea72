from django.urls import path, re_path

from brokers.deals.sections import Section
from brokers.deals.views import (
    agreements,
    amendments,
    assigning,
    cases,
    claims,
    complaints,
    costs,
    deals,
    disbursements,
    documents,
    due_diligence,
    figures,
    files,
    introductions,
    invoices,
    notices,
    payments,
    payout_accounts,
    performing,
    pipeline,
    policies,
    registrations,
    room,
    royalties,
    sections,
    statements,
    treasury,
)
from brokers.deals.views.bank import failures, reconciliation
from brokers.deals.views.bank import lines as bank_lines
from brokers.deals.views.bank import lists as payout_lists
from brokers.deals.views.bank import statements as bank_statements

app_name = "deals"

PAYOUTS = "payout-accounts/"
MILESTONE = "deals/<uuid:pk>/milestones/<uuid:milestone>"
COMPLAINT = "deals/<uuid:pk>/complaints/<uuid:complaint>"
STATEMENT = "deals/<uuid:pk>/statements/<slug:kind>/<int:number>"
CASH_BOOK = "treasury/reconciliation/<slug:kind>/<int:number>/<slug:currency>"
ENTRY = "treasury/entries/<slug:kind>/<uuid:entry>"

urlpatterns = [
    path("deals/", deals.mine, name="mine"),
    path("deals/introduce/<int:result>/<int:need>/", introductions.introduce, name="introduce"),
    *(
        path(f"deals/<uuid:pk>/{one.route}", sections.show, {"section": one}, name=one.value)
        for one in Section
        if one is not Section.ROOM
    ),
    path(f"deals/<uuid:pk>/{Section.ROOM.route}", room.room, name=Section.ROOM.value),
    path("deals/<uuid:pk>/moves/<slug:name>/", deals.move, name="move"),
    path("deals/<uuid:pk>/brokers/", deals.add_broker, name="add_broker"),
    path("deals/<uuid:pk>/messages/", room.write, name="write_message"),
    path("deals/<uuid:pk>/tasks/new/", room.add_task, name="add_task"),
    path("deals/<uuid:pk>/tasks/<int:task>/", room.task, name="task"),
    path("deals/<uuid:pk>/case/", cases.ask, name="ask_for_case"),
    path("deals/<uuid:pk>/case/<int:party>/", cases.say, name="case"),
    path("deals/<uuid:pk>/claim/", claims.own_claim, name="claim"),
    path("deals/<uuid:pk>/claims/<int:broker>/join/", claims.carry, name="carry_claim"),
    path("deals/<uuid:pk>/claims/<int:broker>/end/", claims.exclude, name="end_claim"),
    path("deals/<uuid:pk>/nda/", documents.draw_up_nda, name="draw_up_nda"),
    path("deals/<uuid:pk>/documents/<uuid:document>/", documents.document, name="document"),
    path("deals/<uuid:pk>/documents/<uuid:document>/text/", documents.text, name="text"),
    path("deals/<uuid:pk>/documents/<uuid:document>/sign/", documents.sign, name="sign"),
    path("deals/<uuid:pk>/agreement/", agreements.agreement, name="agreement"),
    path("deals/<uuid:pk>/versions/<int:version>/", amendments.compare, name="compare"),
    path("deals/<uuid:pk>/amendment/withdraw/", amendments.withdraw, name="withdraw_amendment"),
    path("deals/<uuid:pk>/amendment/decline/", amendments.decline, name="decline_amendment"),
    path("deals/<uuid:pk>/amendment/force/", amendments.put_into_force, name="enforce_amendment"),
    path("deals/<uuid:pk>/due-diligence/", due_diligence.record, name="due_diligence"),
    path("deals/<uuid:pk>/due-diligence/pdf/", due_diligence.export, name="due_diligence_pdf"),
    path("deals/<uuid:pk>/notices/new/", notices.publish, name="publish_notice"),
    path("deals/<uuid:pk>/objections/<int:objection>/", notices.decide, name="decide_objection"),
    path("deals/<uuid:pk>/registration/", registrations.record, name="registration"),
    re_path(
        r"^deals/(?P<pk>[0-9a-f-]{36})/registration/pack\.(?P<form>json|csv|pdf)$",
        registrations.pack,
        name="registration_pack",
    ),
    path("notices/", notices.overview, name="notices"),
    path("notices/<uuid:pk>/", notices.notice, name="notice"),
    path("deals/<uuid:pk>/files/", files.add, name="add_file"),
    path("deals/<uuid:pk>/files/<int:file>/", files.download, name="file"),
    path("deals/<uuid:pk>/costs/<int:cost>/evidence/", costs.prove, name="prove"),
    path("deals/<uuid:pk>/costs/<int:cost>/check/", costs.check, name="check_cost"),
    path("deals/<uuid:pk>/royalties/<int:royalty>/", royalties.report, name="report_royalty"),
    path(f"{MILESTONE}/invoice/", invoices.issue, name="invoice"),
    path("deals/<uuid:pk>/invoices/<slug:kind>/<int:number>/", invoices.bill, name="bill"),
    path("deals/<uuid:pk>/invoices/<int:invoice>/void/", invoices.void, name="void_invoice"),
    path("disbursements/", disbursements.overview, name="disbursements"),
    path("disbursements/<uuid:payout>/", disbursements.record, name="disburse"),
    path(
        "disbursements/<uuid:payout>/evidence/",
        disbursements.evidence,
        name="disbursement_evidence",
    ),
    path("deals/<uuid:pk>/ledger/", statements.ledger, name="ledger"),
    path(f"{MILESTONE}/pay/", payments.pay, name="pay"),
    path(f"{MILESTONE}/payment/", payments.payment, name="payment"),
    path(f"{MILESTONE}/payment/cancel/", payments.cancel, name="cancel_payment"),
    path(f"{MILESTONE}/deliver/", performing.deliver, name="deliver"),
    path(f"{MILESTONE}/accept/", performing.accept, name="accept"),
    path(f"{MILESTONE}/refund/", performing.refund, name="refund"),
    path(f"{STATEMENT}/", statements.statement, name="statement"),
    path(f"{STATEMENT}/csv/", statements.download, name="statement_csv"),
    path(f"{STATEMENT}/pdf/", statements.paper, name="statement_pdf"),
    path("complaints/", complaints.overview, name="complaints"),
    path("deals/<uuid:pk>/complaints/open/", complaints.open_, name="open_complaint"),
    path(f"{COMPLAINT}/", complaints.complaint, name="complaint"),
    path(f"{COMPLAINT}/say/", complaints.say, name="answer_complaint"),
    path(f"{COMPLAINT}/withdraw/", complaints.withdraw, name="withdraw_complaint"),
    path(f"{COMPLAINT}/decide/", complaints.decide, name="decide_complaint"),
    path(f"{COMPLAINT}/evidence/<int:statement>/", complaints.evidence, name="complaint_evidence"),
    path("brokers/me/pipeline/", pipeline.own_board, name="own_pipeline"),
    path("brokers/<int:pk>/pipeline/", pipeline.pipeline, name="pipeline"),
    path("brokers/<int:pk>/record/", pipeline.record, name="record"),
    path(
        "brokers/me/assignments/<int:assignment>/<slug:name>/",
        pipeline.answer,
        name="answer_assignment",
    ),
    path("needs/<int:need>/brokers/", assigning.brokers_for, name="brokers_for"),
    path("needs/<int:need>/brokers/<int:assignment>/end/", assigning.end, name="end_assignment"),
    path("figures/", figures.overview, name="figures"),
    path("figures/deals/<slug:step>/", figures.deals, name="figure_deals"),
    path(
        "figures/payments/<int:year>/<int:month>/<str:currency>/",
        figures.payments,
        name="figure_payments",
    ),
    path("treasury/", treasury.overview, name="treasury"),
    path("treasury/receipts/<uuid:charge>/", treasury.record_receipt, name="record_receipt"),
    path(
        "treasury/payouts/<slug:kind>/<uuid:order>/", treasury.record_payout, name="record_payout"
    ),
    path(
        "treasury/returns/<slug:kind>/<uuid:order>/", treasury.record_return, name="record_return"
    ),
    path("treasury/owed/", treasury.owed, name="owed"),
    path("treasury/owed/<uuid:pk>/again/", treasury.pay_again, name="pay_again"),
    path("treasury/statements/", bank_statements.overview, name="bank_statements"),
    path("treasury/statements/import/", bank_statements.take_in, name="import_statement"),
    path("treasury/statements/<uuid:pk>/", bank_statements.statement, name="bank_statement"),
    path(
        "treasury/statements/<uuid:pk>/confirm/", bank_statements.confirm, name="confirm_statement"
    ),
    path("treasury/lines/<int:pk>/", bank_lines.line, name="bank_line"),
    path("treasury/lines/<int:pk>/enter/", bank_lines.enter, name="enter_line"),
    path("treasury/lines/<int:pk>/explain/", bank_lines.explain, name="explain_line"),
    path("treasury/lines/<int:pk>/reopen/<int:cleared>/", bank_lines.reopen, name="reopen_line"),
    path("treasury/reconciliation/", reconciliation.overview, name="reconciliation"),
    path(f"{CASH_BOOK}/", reconciliation.account, name="cash_book"),
    path(f"{CASH_BOOK}/csv/", reconciliation.download, name="cash_book_csv"),
    path("treasury/failures/", failures.overview, name="failures"),
    path("treasury/failures/<uuid:pk>/again/", failures.send_again, name="send_again"),
    path("treasury/lists/", payout_lists.overview, name="payout_lists"),
    path("treasury/lists/<uuid:pk>/", payout_lists.payout_list, name="payout_list"),
    path("treasury/lists/<uuid:pk>/release/", payout_lists.release, name="release_list"),
    path("treasury/lists/<uuid:pk>/withdraw/", payout_lists.withdraw, name="withdraw_list"),
    path(
        "treasury/lists/<uuid:pk>/csv/<slug:encoding>/",
        payout_lists.download,
        name="payout_list_csv",
    ),
    path(f"{ENTRY}/", treasury.entry, name="bank_entry"),
    path(f"{ENTRY}/confirm/", treasury.confirm, name="confirm_entry"),
    path(f"{ENTRY}/reject/", treasury.reject, name="reject_entry"),
    path(PAYOUTS, payout_accounts.overview, name="payout_accounts"),
    path(
        f"{PAYOUTS}platform/",
        payout_accounts.overview,
        {"slug": payout_accounts.PLATFORM},
        name="platform_payout_accounts",
    ),
    path(
        f"{PAYOUTS}platform/open/<slug:gateway>/",
        payout_accounts.open_account,
        {"slug": payout_accounts.PLATFORM},
        name="open_platform_account",
    ),
    path(f"{PAYOUTS}open/<slug:gateway>/", payout_accounts.open_account, name="open_account"),
    path(f"{PAYOUTS}<uuid:account>/complete/", payout_accounts.complete, name="complete_account"),
    path(f"{PAYOUTS}<uuid:account>/look/", payout_accounts.look_again, name="look_at_account"),
    path(f"{PAYOUTS}<uuid:account>/close/", payout_accounts.close, name="close_account"),
    path("organisations/<slug:slug>/policies/", policies.overview, name="policies"),
    path("organisations/<slug:slug>/policies/new/", policies.add, name="add_policy"),
    path(
        "organisations/<slug:slug>/payout-accounts/",
        payout_accounts.overview,
        name="organisation_payout_accounts",
    ),
    path(
        "organisations/<slug:slug>/payout-accounts/open/<slug:gateway>/",
        payout_accounts.open_account,
        name="open_organisation_account",
    ),
]
