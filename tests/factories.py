"""Makes what tests are about, through the services of the site. Names are made up and say so."""

from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.accounts import organisations
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.accounts.permissions import ADMINISTRATORS, MODERATORS
from marketplace.files import uploads
from marketplace.files.models import StoredFile
from marketplace.listings import lifecycle
from marketplace.listings.models import ExpertProfile, Listing, ResearchResult, TechnologyNeed
from marketplace.listings.models.publishing import Reviewed
from marketplace.taxonomy.codes import INDUSTRY, REGION
from marketplace.taxonomy.models import Industry, IpcClass, IpcSection, Region

PASSWORD = "correct horse battery staple"
_numbers = count(1)


def make_user(email: str = "", *, language: str = "en", **fields: Any) -> User:
    """Make a person with the password `PASSWORD`."""
    email = email or f"person{next(_numbers)}@example.org"
    return User.objects.create_user(email, PASSWORD, language=language, **fields)


def make_moderator(**fields: Any) -> User:
    return in_group(make_user(**fields), MODERATORS)


def make_administrator(**fields: Any) -> User:
    return in_group(make_user(**fields), ADMINISTRATORS)


def in_group(user: User, name: str) -> User:
    user.groups.add(Group.objects.get_or_create(name=name)[0])
    return user


def make_organisation(
    name_en: str = "", *, owner: User | None = None, **fields: Any
) -> Organisation:
    """Make an organisation; its owner is `owner` or a new person."""
    number = next(_numbers)
    fields = {"slug": f"sample-{number}", "kind": Organisation.Kind.UNIVERSITY, **fields}
    new = Organisation(name_en=name_en or f"Sample organisation {number}", **fields)
    return organisations.found(organisation=new, founder=owner or make_user())


def owner_of(organisation: Organisation) -> User:
    return organisation.memberships.filter(role=Membership.Role.OWNER)[0].user


def add_member(
    organisation: Organisation, *, role: str = Membership.Role.MEMBER, user: User | None = None
) -> User:
    """Let `user` or a new person join; return who joined."""
    user = user or make_user()
    Membership.objects.create(organisation=organisation, user=user, role=role)
    return user


def make_result(organisation: Any = None, **fields: Any) -> ResearchResult:
    """Make a research result, see `make_listing`."""
    return make_listing(ResearchResult, organisation, **fields)


def make_need(organisation: Any = None, **fields: Any) -> TechnologyNeed:
    """Make a technology need, see `make_listing`."""
    return make_listing(TechnologyNeed, organisation, **fields)


def make_listing(
    model: type[Any],
    organisation: Any = None,
    *,
    author: User | None = None,
    live: bool = False,
    **fields: Any,
) -> Any:
    """Make a draft of `model`, published if `live`. `fields` may hold children as lists."""
    organisation = organisation or make_organisation()
    texts = {"title_en": f"Sample {model.kind} {next(_numbers)}", "summary_en": "A sample."}
    if any(name.startswith("title_") for name in fields):
        texts.pop("title_en")
    author = author or owner_of(organisation)
    listing = model(organisation=organisation, author=author, **{**texts, **fields})
    lifecycle.save_draft(listing, author=author)
    if live:
        publish(listing)
    return model.objects.get(pk=listing.pk)


def make_expert(result: ResearchResult, **fields: Any) -> ExpertProfile:
    """Make the published profile of the author of `result`, who is on its team."""
    texts = {"name_en": f"Dr Sample {next(_numbers)}", "profile_en": "Works on samples."}
    author, organisation = result.author, result.organisation
    profile = ExpertProfile(user=author, organisation=organisation, **{**texts, **fields})
    profile.results = [result]
    lifecycle.save_draft(profile, author=author)
    lifecycle.publish(profile, moderator=make_moderator())
    return ExpertProfile.objects.get(pk=profile.pk)


def publish(listing: Listing) -> None:
    """Put the newest version of `listing` on the site."""
    lifecycle.publish(listing, moderator=make_moderator())


def approve(listing: Reviewed, *, moderator: User | None = None) -> None:
    """Approve the version in review, as a moderator does in Wagtail."""
    _review(listing, "approve", moderator or make_moderator())


def return_with(listing: Listing, remarks: str, *, moderator: User | None = None) -> None:
    """Return the version in review with remarks, as a moderator does in Wagtail."""
    _review(listing, "reject", moderator or make_moderator(), comment=remarks)


def _review(listing: Reviewed, action: str, moderator: User, **kwargs: Any) -> None:
    state = type(listing).objects.get(pk=listing.pk).current_workflow_task_state
    state.task.specific.on_action(state, moderator, action, **kwargs)


def make_file(
    name: str = "report.txt", content: bytes = b"a report", *, uploaded_by: User | None = None
) -> StoredFile:
    upload = uploads.check(SimpleUploadedFile(name, content))
    return uploads.store(upload, uploaded_by=uploaded_by or make_user())


def make_industry(code: str) -> Industry:
    """Make an industry with its ancestors, named by its code."""
    return _in_tree(Industry, code, INDUSTRY.path(code))


def make_region(code: str) -> Region:
    """Make a region with its ancestors, named by its code."""
    return _in_tree(Region, code, REGION.path(code))


def make_ipc(code: str) -> IpcClass:
    """Make a class of the patent classification with its section."""
    section, _created = IpcSection.objects.get_or_create(code=code[0], name_zh=f"部 {code[0]}")
    names = {"name_zh": f"类 {code}", "name_en": f"class {code}", "section": section}
    return IpcClass.objects.get_or_create(code=code, defaults=names)[0]


def _in_tree(model: type[Any], code: str, path: tuple[str, ...]) -> Any:
    parent = None
    for level, step in enumerate(path, start=1):
        names = {"name_zh": f"类别 {step}", "name_en": f"category {step}"}
        parent, _created = model.objects.get_or_create(
            code=step, defaults={**names, "level": level, "parent": parent}
        )
    return parent
