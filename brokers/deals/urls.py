from django.urls import path

from brokers.deals.views import (
    agreements,
    assigning,
    claims,
    deals,
    documents,
    due_diligence,
    files,
    introductions,
    payments,
    payout_accounts,
    performing,
    pipeline,
    room,
    statements,
    treasury,
)

app_name = "deals"

PAYOUTS = "payout-accounts/"
MILESTONE = "deals/<uuid:pk>/milestones/<uuid:milestone>"
STATEMENT = "deals/<uuid:pk>/statements/<slug:kind>/<int:number>"
ENTRY = "treasury/entries/<slug:kind>/<uuid:entry>"

urlpatterns = [
    path("deals/", deals.mine, name="mine"),
    path("deals/introduce/<int:result>/<int:need>/", introductions.introduce, name="introduce"),
    path("deals/<uuid:pk>/", deals.deal, name="deal"),
    path("deals/<uuid:pk>/moves/<slug:name>/", deals.move, name="move"),
    path("deals/<uuid:pk>/brokers/", deals.add_broker, name="add_broker"),
    path("deals/<uuid:pk>/messages/", room.thread, name="messages"),
    path("deals/<uuid:pk>/tasks/new/", room.add_task, name="add_task"),
    path("deals/<uuid:pk>/tasks/<int:task>/", room.task, name="task"),
    path("deals/<uuid:pk>/claim/", claims.own_claim, name="claim"),
    path("deals/<uuid:pk>/claims/<int:broker>/join/", claims.carry, name="carry_claim"),
    path("deals/<uuid:pk>/claims/<int:broker>/end/", claims.exclude, name="end_claim"),
    path("deals/<uuid:pk>/nda/", documents.draw_up_nda, name="draw_up_nda"),
    path("deals/<uuid:pk>/documents/<uuid:document>/", documents.document, name="document"),
    path("deals/<uuid:pk>/documents/<uuid:document>/text/", documents.text, name="text"),
    path("deals/<uuid:pk>/documents/<uuid:document>/sign/", documents.sign, name="sign"),
    path("deals/<uuid:pk>/agreement/", agreements.agreement, name="agreement"),
    path("deals/<uuid:pk>/due-diligence/", due_diligence.record, name="due_diligence"),
    path("deals/<uuid:pk>/files/", files.add, name="add_file"),
    path("deals/<uuid:pk>/files/<int:file>/", files.download, name="file"),
    path("deals/<uuid:pk>/costs/<int:cost>/evidence/", performing.prove, name="prove"),
    path("deals/<uuid:pk>/ledger/", statements.ledger, name="ledger"),
    path(f"{MILESTONE}/pay/", payments.pay, name="pay"),
    path(f"{MILESTONE}/payment/", payments.payment, name="payment"),
    path(f"{MILESTONE}/payment/cancel/", payments.cancel, name="cancel_payment"),
    path(f"{MILESTONE}/deliver/", performing.deliver, name="deliver"),
    path(f"{MILESTONE}/accept/", performing.accept, name="accept"),
    path(f"{MILESTONE}/refund/", performing.refund, name="refund"),
    path(f"{STATEMENT}/", statements.statement, name="statement"),
    path(f"{STATEMENT}/csv/", statements.download, name="statement_csv"),
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
    path("treasury/", treasury.overview, name="treasury"),
    path("treasury/receipts/<uuid:charge>/", treasury.record_receipt, name="record_receipt"),
    path(
        "treasury/payouts/<slug:kind>/<uuid:order>/", treasury.record_payout, name="record_payout"
    ),
    path(f"{ENTRY}/", treasury.entry, name="bank_entry"),
    path(f"{ENTRY}/confirm/", treasury.confirm, name="confirm_entry"),
    path(f"{ENTRY}/reject/", treasury.reject, name="reject_entry"),
    path(PAYOUTS, payout_accounts.overview, name="payout_accounts"),
    path(f"{PAYOUTS}open/<slug:gateway>/", payout_accounts.open_account, name="open_account"),
    path(f"{PAYOUTS}<uuid:account>/complete/", payout_accounts.complete, name="complete_account"),
    path(f"{PAYOUTS}<uuid:account>/look/", payout_accounts.look_again, name="look_at_account"),
    path(f"{PAYOUTS}<uuid:account>/close/", payout_accounts.close, name="close_account"),
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
