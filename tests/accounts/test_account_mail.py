"""Mail about accounts: in the recipient's language, with links of this site and no foreign words."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from marketplace.accounts import invitations
from marketplace.accounts.models import Invitation, Organisation, User
from tests.factories import PASSWORD, make_organisation, make_user, owner_of

pytestmark = pytest.mark.django_db

SITE = "https://market.example"
NAMES = {"zh-hans": "样例平台", "en": "Sample Market"}
OTHER = {"zh-hans": "en", "en": "zh-hans"}


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_URL = SITE
    settings.SITE_NAME, settings.SITE_NAME_EN = NAMES["zh-hans"], NAMES["en"]
    cache.clear()


def member(language: str) -> User:
    user = make_user(language=language)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_up(language: str, email: str, **fields: str) -> None:
    data = {"last_name": "Sample", "first_name": "Pat", "email": email}
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    Client().post(f"/{language}/accounts/signup/", {**data, **passwords, **fields})


def reset(language: str, email: str) -> None:
    Client().post(f"/{language}/accounts/password/reset/", {"email": email})


def sent(mailoutbox: Any, language: str) -> Any:
    """Return the one mail, which is in `language`, from this site and all links to it."""
    (mail,) = mailoutbox
    text = mail.subject + mail.body
    assert NAMES[language] in mail.body
    assert NAMES[OTHER[language]] not in text
    assert "testserver" not in text
    assert bool(re.search("[一-鿿]", mail.subject)) is (language == "zh-hans")
    links = re.findall(r"https?://\S+", mail.body)
    assert links
    assert all(link == SITE or link.startswith(f"{SITE}/{language}/") for link in links)
    return mail


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_sign_up_is_confirmed_in_the_language_of_the_form(mailoutbox: Any, language: str) -> None:
    sign_up(language, "new@example.org")
    mail = sent(mailoutbox, language)
    link = next(line for line in mail.body.splitlines() if "confirm-email" in line)
    Client().post(link.removeprefix(SITE))
    assert EmailAddress.objects.get().verified


def test_what_a_stranger_types_is_in_no_mail_to_an_address(mailoutbox: Any) -> None:
    sign_up("en", "victim@example.org", first_name="Win at http://evil.example")
    assert "evil" not in sent(mailoutbox, "en").body


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("cause", [reset, sign_up])
def test_known_people_get_their_own_language(mailoutbox: Any, language: str, cause: Any) -> None:
    cause(OTHER[language], member(language).email)
    sent(mailoutbox, language)


def test_a_reset_link_works(mailoutbox: Any) -> None:
    reset("en", member("zh-hans").email)
    mail = sent(mailoutbox, "zh-hans")
    link = next(line for line in mail.body.splitlines() if "/key/" in line)
    assert Client().get(link.removeprefix(SITE), follow=True).status_code == 200


def test_unknown_addresses_get_the_language_of_the_form(mailoutbox: Any) -> None:
    reset("en", "nobody@example.org")
    sent(mailoutbox, "en")


def test_a_changed_password_is_told(client: Client, mailoutbox: Any) -> None:
    user = member("zh-hans")
    client.force_login(user)
    passwords = {"oldpassword": PASSWORD, "password1": PASSWORD + "!", "password2": PASSWORD + "!"}
    assert client.post("/en/accounts/password/change/", passwords).status_code == 302
    sent(mailoutbox, "zh-hans")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_invitation_is_in_the_invited_person_s_language(mailoutbox: Any, language: str) -> None:
    organisation = make_organisation(owner=make_user(language=OTHER[language]))
    invite(organisation, member(language).email)
    sent(mailoutbox, language)


def test_an_invitation_of_a_stranger_is_in_the_inviter_s(mailoutbox: Any) -> None:
    invite(make_organisation(owner=make_user(language="zh-hans")), "new@example.org")
    sent(mailoutbox, "zh-hans")


def invite(organisation: Organisation, email: str) -> Invitation:
    return invitations.invite(
        organisation=organisation, email=email, role="member", actor=owner_of(organisation)
    )


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n\r\n", "\x85", "\u2028"])
def test_names_stay_on_one_line(client: Client, mailoutbox: Any, end: str) -> None:
    user = make_user()
    client.force_login(user)
    name = f"Sample{end}Open http://evil.example"
    client.post("/en/organisations/new/", {"kind": "university", "name_en": name})
    client.post("/en/profile/", {"last_name": name, "first_name": "", "language": "en"})
    organisation, user = Organisation.objects.get(), User.objects.get()
    assert organisation.name == "Sample Open http://evil.example"
    assert len(user.last_name.splitlines()) <= 1
    invite(organisation, "new@example.org")
    assert mailoutbox[0].subject == "Invitation to Sample Open http://evil.example"


def test_invitations_are_limited(client: Client, settings: Any, mailoutbox: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"invite": "2/h/user"}
    organisation = make_organisation()
    client.force_login(owner_of(organisation))
    answers = [
        client.post(
            f"/en/organisations/{organisation.slug}/invite/",
            {"email": f"new{number}@example.org", "role": "member"},
        ).status_code
        for number in range(3)
    ]
    assert answers == [302, 302, 429]
    assert len(mailoutbox) == Invitation.objects.count() == 2


def test_guessing_passwords_is_limited(client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/key"}
    user = member("en")
    wrong = {"login": user.email, "password": "wrong"}
    for _ in range(3):
        client.post("/en/accounts/login/", wrong)
    client.post("/en/accounts/login/", {**wrong, "password": PASSWORD})
    assert client.get("/en/desk/").status_code == 302


@pytest.mark.parametrize("token", ["%00", "a%0Ab", "x" * 3000, "%E4%B8%AD", "..", "none"])
def test_tokens_that_were_never_given_out(client: Client, token: str) -> None:
    client.force_login(make_user())
    assert client.get(f"/en/invitations/{token}/").status_code == 404
