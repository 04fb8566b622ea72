from django.urls import path

from marketplace.accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("organisations/new/", views.create_organisation, name="create_organisation"),
    path("organisations/<slug:slug>/manage/", views.organisation, name="organisation"),
    path("organisations/<slug:slug>/edit/", views.edit_organisation, name="edit_organisation"),
    path("organisations/<slug:slug>/invite/", views.invite, name="invite"),
    path("organisations/<slug:slug>/invitations/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("organisations/<slug:slug>/members/<int:pk>/", views.change_member, name="change_member"),
    path("invitations/<slug:token>/", views.invitation, name="invitation"),
]
