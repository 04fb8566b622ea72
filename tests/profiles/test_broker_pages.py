"""Brokers: the public pages, the own profile, the certificate, and who verifies."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from brokers.profiles import effects, profiles
from brokers.profiles.models import BrokerProfile
from brokers.profiles.permissions import is_broker
from cms import setup
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.files import uploads
from marketplace.notifications.models import Notification
from tests.factories import (
    make_administrator,
    make_industry,
    make_moderator,
    make_organisation,
    make_region,
    make_user,
    owner_of,
)
from tests.pages import errors_at, form_data, soup

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


OWN, LIST = "/en/brokers/me/", "/en/brokers/"


def filled(**changes: Any) -> dict[str, Any]:
    return {
        "bio_en": "I know batteries.",
        "bio_zh": "",
        "languages": ["en"],
        "certificate_number": "C-1",
        "certificate_expires_on": str(timezone.localdate() + timedelta(days=90)),
        "upload": SimpleUploadedFile("certificate.pdf", PDF),
        **changes,
    }


def test_the_certificate_is_still_there_when_something_else_is_wrong() -> None:
    client = signed_in(make_user())
    refused = client.post(OWN, filled(bio_en=""))
    assert refused.status_code == 422
    data = form_data(refused, containing="upload-held")
    assert client.post(OWN, {**data, "bio_en": "I know batteries."}).status_code == 302
    certificate = BrokerProfile.objects.get().certificate
    assert certificate is not None
    assert uploads.read(certificate) == uploads.Upload("certificate.pdf", "application/pdf", PDF)


def test_from_the_application_to_the_public_page() -> None:
    user, industry, region = make_user(), make_industry("C38"), make_region("33")
    brokerage = make_organisation("Sample brokers", owner=user, kind=Organisation.Kind.BROKERAGE)
    client = signed_in(user)
    data = filled(brokerage=brokerage.pk, industries=[industry.pk], regions=[region.pk])
    assert client.post(OWN, data).status_code == 302
    profile = BrokerProfile.objects.get()
    assert not is_broker(user)
    assert Client().get(f"/en/brokers/{profile.pk}/").status_code == 404
    profiles.verify(profile=profile, administrator=make_administrator())
    assert is_broker(user)
    page = soup(Client().get(f"/en/brokers/{profile.pk}/"))
    for shown in ("I know batteries.", "Sample brokers", industry.name, region.name):
        assert shown in page.get_text(" ", strip=True)
    said = json.loads(page.select_one("script[type='application/ld+json']").string)
    assert (said["@type"], said["worksFor"]["name"]) == ("Person", "Sample brokers")
    assert "I know batteries." in Client().get(LIST).content.decode()
    assert Notification.objects.filter(recipient=user, url__contains="/brokers/me/").exists()
    assert [message.to for message in mail.outbox] == [[user.email]]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bio_en": ""}, "bio_zh"),
        ({"bio_en": "x" * 1_000_000}, "bio_en"),
        ({"industries": ["999999"]}, "industries"),
        ({"languages": ["tlh"]}, "languages"),
        ({"certificate_expires_on": "2020-01-01"}, "certificate_expires_on"),
        ({"certificate_number": "x" * 61}, "certificate_number"),
        ({"upload": SimpleUploadedFile("certificate.pdf", b"MZ")}, "upload"),
    ],
)
def test_wrong_profile_is_not_stored(changes: dict[str, Any], field: str) -> None:
    make_industry("C38")
    response = signed_in(make_user()).post(OWN, filled(**changes))
    assert response.status_code == 422
    assert errors_at(response, field)
    assert not BrokerProfile.objects.exists()


def test_somebody_elses_brokerage_is_no_choice() -> None:
    other = make_organisation(kind=Organisation.Kind.BROKERAGE)
    response = signed_in(make_user()).post(OWN, filled(brokerage=other.pk))
    assert errors_at(response, "brokerage")
    assert not BrokerProfile.objects.exists()


def test_only_a_changed_certificate_ends_the_verification() -> None:
    user = make_user()
    client = signed_in(user)
    client.post(OWN, filled())
    profiles.verify(profile=BrokerProfile.objects.get(), administrator=make_administrator())
    data = form_data(client.get(OWN), containing="bio_en") | {"bio_en": "I know more."}
    assert client.post(OWN, data).status_code == 302
    assert BrokerProfile.objects.get().bio_en == "I know more."
    assert is_broker(user)
    data = form_data(client.get(OWN), containing="bio_en") | {"certificate_number": "C-2"}
    assert client.post(OWN, data).status_code == 302
    assert not is_broker(user)


def test_certificate_is_for_its_owner_and_administrators() -> None:
    user = make_user()
    signed_in(user).post(OWN, filled())
    address = reverse("profiles:certificate", args=[BrokerProfile.objects.get().pk])
    for person in (user, make_administrator()):
        answer = signed_in(person).get(address)
        assert b"".join(answer.streaming_content) == PDF
        assert "attachment" in answer["Content-Disposition"]
    for person in (make_user(), make_moderator()):
        assert signed_in(person).get(address).status_code == 404
    assert Client().get(address).status_code == 302


class TestVerification:
    @pytest.fixture(autouse=True)
    def site(self) -> None:
        setup.ensure_groups()

    @pytest.fixture
    def profile(self) -> BrokerProfile:
        user = make_user()
        signed_in(user).post(OWN, filled())
        return BrokerProfile.objects.get()

    def address(self, profile: BrokerProfile, action: str = "edit") -> str:
        return reverse(f"wagtailsnippets_profiles_brokerprofile:{action}", args=[profile.pk])

    def test_administrator_compares_and_verifies(self, profile: BrokerProfile) -> None:
        administrator = signed_in(make_administrator())
        listed = administrator.get(reverse("wagtailsnippets_profiles_brokerprofile:list"))
        assert profile.user.name in listed.content.decode()
        page = administrator.get(self.address(profile))
        assert "C-1" in page.content.decode()
        assert reverse("profiles:certificate", args=[profile.pk]) in page.content.decode()
        assert administrator.post(self.address(profile), {"is_verified": "on"}).status_code == 302
        profile.refresh_from_db()
        assert profile.verified_by is not None
        assert is_broker(profile.user)
        assert administrator.post(self.address(profile), {}).status_code == 302
        assert not is_broker(profile.user)

    def test_nobody_verifies_himself(self) -> None:
        administrator = make_administrator()
        client = signed_in(administrator)
        client.post(OWN, filled())
        profile = BrokerProfile.objects.get()
        response = client.post(self.address(profile), {"is_verified": "on"})
        assert response.status_code == 200
        assert not is_broker(administrator)

    def test_others_have_no_business_here(self, profile: BrokerProfile) -> None:
        for person in (make_moderator(), profile.user):
            response = signed_in(person).post(self.address(profile), {"is_verified": "on"})
            assert response.status_code == 302
            assert not is_broker(profile.user)

    def test_profiles_are_not_deleted(self, profile: BrokerProfile) -> None:
        root = make_administrator()
        root.is_superuser = True
        root.save()
        client = signed_in(root)
        client.post(self.address(profile, "delete"))
        bulk = reverse("wagtail_bulk_action", args=["profiles", "brokerprofile", "delete"])
        client.post(f"{bulk}?id={profile.pk}")
        assert BrokerProfile.objects.filter(pk=profile.pk).exists()


class TestExpiry:
    @pytest.fixture
    def profile(self) -> BrokerProfile:
        user = make_user()
        day = timezone.localdate() + timedelta(days=31)
        signed_in(user).post(OWN, filled(certificate_expires_on=str(day)))
        profile = BrokerProfile.objects.get()
        profiles.verify(profile=profile, administrator=make_administrator())
        return profile

    def in_days(self, profile: BrokerProfile, days: int) -> None:
        profile.certificate_expires_on = timezone.localdate() + timedelta(days=days)
        profile.save()

    def test_an_expired_certificate_verifies_nobody(self, profile: BrokerProfile) -> None:
        self.in_days(profile, 0)
        assert is_broker(profile.user)
        self.in_days(profile, -1)
        assert not is_broker(profile.user)
        assert Client().get(f"/en/brokers/{profile.pk}/").status_code == 404
        assert "I know batteries." not in Client().get(LIST).content.decode()
        assert "has expired" in signed_in(profile.user).get(OWN).content.decode()

    def test_nobody_verifies_an_expired_certificate(self, profile: BrokerProfile) -> None:
        setup.ensure_groups()
        self.in_days(profile, -1)
        profiles.doubt(profile=profile, administrator=make_administrator())
        address = reverse("wagtailsnippets_profiles_brokerprofile:edit", args=[profile.pk])
        answer = signed_in(make_administrator()).post(address, {"is_verified": "on"})
        assert answer.status_code == 200
        assert "This certificate has expired." in answer.content.decode()
        assert BrokerProfile.objects.get().verified_at is None

    def test_the_broker_is_reminded_once_at_each_step(
        self, profile: BrokerProfile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        last, told = profile.certificate_expires_on, []
        for days in (31, 30, 12, 7, 0, -1, -20):
            today = last - timedelta(days=days)
            monkeypatch.setattr(timezone, "localdate", lambda day=today: day)
            told.append([effects.remind_of_certificates(), effects.remind_of_certificates()])
        assert told == [[0, 0], [1, 0], [0, 0], [1, 0], [0, 0], [1, 0], [0, 0]]
        subjects = Notification.objects.filter(once__startswith="certificate")
        assert {notice.subject.partition(" on ")[0] for notice in subjects} == {
            "Your broker certificate expires",
            "Your broker certificate has expired",
        }


class TestBrokerage:
    @pytest.fixture
    def employed(self) -> BrokerProfile:
        user, owner = make_user(), make_user()
        brokerage = make_organisation("House", owner=owner, kind=Organisation.Kind.BROKERAGE)
        Membership.objects.create(user=user, organisation=brokerage)
        data = filled(brokerage=brokerage.pk, brokerage_percent="30")
        assert signed_in(user).post(OWN, data).status_code == 302
        return BrokerProfile.objects.get()

    def test_the_brokerage_is_asked_and_agrees(self, employed: BrokerProfile) -> None:
        owner = owner_of(employed.brokerage)
        address = f"/en/brokers/{employed.pk}/brokerage/"
        assert Notification.objects.filter(recipient=owner, url=address).exists()
        assert employed.agreed_percent == 0
        for person, status in ((employed.user, 403), (make_user(), 404), (make_moderator(), 404)):
            assert signed_in(person).post(address, {"percent": "30"}).status_code == status
        assert signed_in(owner).post(address, {"percent": "20"}).status_code == 409
        assert BrokerProfile.objects.get().agreed_percent == 0
        assert signed_in(owner).post(address, {"percent": "30"}).status_code == 302
        assert BrokerProfile.objects.get().agreed_percent == 30
        assert "Agreed on" in signed_in(employed.user).get(address).content.decode()

    def test_changing_the_part_ends_the_agreement(self, employed: BrokerProfile) -> None:
        profiles.agree_with_brokerage(profile=employed, percent=30, by=owner_of(employed.brokerage))
        client = signed_in(employed.user)
        data = form_data(client.get(OWN), containing="bio_en") | {"brokerage_percent": "10"}
        assert client.post(OWN, data).status_code == 302
        assert BrokerProfile.objects.get().agreed_percent == 0

    @pytest.mark.parametrize("percent", ["100", "-1", "1.5", "x", "٣٠٠"])
    def test_a_wrong_part_is_refused(self, employed: BrokerProfile, percent: str) -> None:
        client = signed_in(employed.user)
        data = form_data(client.get(OWN), containing="bio_en") | {"brokerage_percent": percent}
        assert errors_at(client.post(OWN, data), "brokerage_percent")
        assert BrokerProfile.objects.get().brokerage_percent == 30

    def test_a_part_needs_a_brokerage(self) -> None:
        response = signed_in(make_user()).post(OWN, filled(brokerage_percent="30"))
        assert errors_at(response, "brokerage_percent")
