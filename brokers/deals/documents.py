"""Texts to sign: draw them up, sign them, and what follows when everybody has signed.

A signature is accepted only for the very text that was on screen (by its hash), by who may sign for
the party, once. Another wording withdraws the version before, whose signatures stay with it.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from brokers.deals import amendment_rules, amendments, disclosure, guards, progress, succession
from brokers.deals.models import Agreement, Deal, Document, Party, Signature
from brokers.deals.stages import Stage
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.audit import trail

NDA_STAGES = (Stage.NDA, Stage.EVALUATING, Stage.NEGOTIATING)
SIGNING_STAGES = {Document.Kind.NDA: NDA_STAGES, Document.Kind.AGREEMENT: (Stage.NEGOTIATING,)}


@transaction.atomic
def draw_up_nda(*, deal: Deal, author: User) -> Document:
    """Draw up the confidentiality agreement of `deal` from its template.

    Raises `ValidationError` while the enterprise is anonymous, whose name it would tell, and in a
    stage that needs none.
    """
    if not deal.enterprise_disclosed or deal.stage not in NDA_STAGES:
        raise ValidationError(_("A confidentiality agreement is not possible in this stage."))
    context = {
        "deal": deal,
        "institution": deal.institution,
        "enterprise": deal.enterprise,
        "years": disclosure.NDA_TERM.days // 365,
    }
    text = render_text("deals/texts/nda.txt", lambda: context)
    return draw_up(deal=deal, kind=Document.Kind.NDA, text=text, author=author)


def render_text(template: str, context: Callable[[], dict[str, Any]]) -> str:
    """Render `template` in Chinese and in English, one after the other: both are the agreement.

    `context` is called once for each language, while that language is the active one.
    """
    parts = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            parts.append(render_to_string(template, context()).strip())
    return "\n\n".join(parts) + "\n"


@transaction.atomic
def draw_up(*, deal: Deal, kind: Document.Kind, text: str, author: User) -> Document:
    """Freeze `text` as the next version of its kind, and withdraw the version before.

    The same text again is the same version, with the signatures that it has. An agreement that is in
    force stays, whatever amends it.
    """
    Deal.objects.select_for_update().get(pk=deal.pk)
    digest = hashlib.sha256(text.encode()).hexdigest()
    earlier = Document.objects.filter(deal=deal, kind=kind)
    if same := earlier.filter(withdrawn_at=None, sha256=digest).first():
        return same
    replaced = earlier.filter(withdrawn_at=None).exclude(agreement__state__in=Agreement.BINDING)
    replaced.update(withdrawn_at=timezone.now())
    document = Document.objects.create(
        deal=deal,
        kind=kind,
        version=earlier.count() + 1,
        text=text,
        sha256=digest,
        created_by=author,
    )
    progress.record(deal=deal, kind=f"{kind}_drawn_up", actor=author, version=document.version)
    return document


@transaction.atomic
def sign(
    *,
    document: Document,
    party: Party,
    signer: User,
    sha256: str,
    address: str,
    user_agent: str,
) -> Signature:
    """Sign `document` for `party`; signing twice returns the first signature.

    The caller has re-authenticated `signer`. `sha256` names the text that was on screen.

    Raises `PermissionDenied` for who may not sign for `party`, `ValidationError` when the document
    was replaced meanwhile, `party` does not sign it, or the deal has gone on or ended.
    """
    deal = Deal.objects.select_for_update().get(pk=document.deal_id)
    document = Document.objects.get(pk=document.pk)
    require(signer, "deal:sign", party)
    if document.withdrawn_at is not None or document.sha256 != sha256:
        raise ValidationError(_("The text has been replaced meanwhile. Read the new version."))
    if party not in guards.signing_parties(document):
        raise ValidationError(_("This party does not sign this document."))
    if signed := Signature.objects.filter(document=document, party=party).first():
        return signed
    _check_signable(document, deal, party)
    signature = Signature.objects.create(
        document=document,
        party=party,
        user=signer,
        sha256=sha256,
        address=address,
        user_agent=user_agent[:300],
    )
    _record(signature)
    if not guards.unsigned_parties(document):
        _complete(document)
    return signature


def is_signable(document: Document, deal: Deal) -> bool:
    """Whether `document` of `deal` is in force, and signed in the stage where the deal is."""
    if document.withdrawn_at is not None:
        return False
    if deal.stage != Stage.PERFORMING:
        return deal.stage in SIGNING_STAGES[Document.Kind(document.kind)]
    if document.kind == Document.Kind.NDA:
        return bool(guards.joining(deal))
    return amends(document)


def amends(document: Document) -> bool:
    """Whether `document` is the text of an amendment that is out for signature."""
    agreement = getattr(document, "agreement", None)
    is_out = agreement is not None and agreement.state == Agreement.State.PROPOSED
    return is_out and document.deal.stage == Stage.PERFORMING


def _check_signable(document: Document, deal: Deal, party: Party) -> None:
    """Refuse a signature that comes too late, or before that of the confidentiality agreement."""
    if not is_signable(document, deal):
        raise ValidationError(_("This document cannot be signed in this stage of the deal."))
    if not amends(document):
        return
    amendment_rules.require_timely(document.agreement)
    nda = succession.nda_in_force(document.deal)
    if nda is None or party.organisation_id is None or party.joined_at is not None:
        return
    if not nda.signatures.filter(party=party).exists():
        raise ValidationError(_("Sign the confidentiality agreement of this deal first."))


def _record(signature: Signature) -> None:
    document, party = signature.document, signature.party
    progress.record(
        deal=document.deal,
        kind=f"{document.kind}_signed",
        actor=signature.user,
        version=document.version,
        party=party.pk,
        sha256=signature.sha256,
    )
    trail.record(
        actor=signature.user, action="deal.sign", target=document.deal, sha256=signature.sha256
    )


def _complete(document: Document) -> None:
    deal = document.deal
    if document.kind == Document.Kind.NDA:
        for party in deal.parties.filter(organisation__isnull=False):
            disclosure.open_to(party)
        progress.try_advance(deal=deal, move="evaluate")
    elif amends(document):
        amendments.try_enforce(deal)
    else:
        Agreement.objects.filter(document=document, state=Agreement.State.PROPOSED).update(
            state=Agreement.State.SIGNED, signed_at=timezone.now()
        )
        progress.try_advance(deal=deal, move="agree")
