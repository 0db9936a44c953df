"""Addresses of accounts, roles, organizations and the own profile."""

from django.urls import path

from kaejon.web.people import accounts, confirmations, joining, organizations, profile, roles

urlpatterns = [
    path("", accounts.account_list, name="account_list"),
    path("invite/", accounts.account_invite, name="account_invite"),
    path("join/<str:raw>/", joining.invitation_accept, name="invitation_accept"),
    path("links/<int:number>/release/", accounts.link_release, name="link_release"),
    path("confirm/", confirmations.confirm_list, name="confirm_list"),
    path("confirm/<uuid:public_id>/", confirmations.confirm_account, name="confirm_account"),
    path("confirm/<uuid:public_id>/close/", confirmations.confirm_close, name="confirm_close"),
    path("me/", profile.profile, name="profile"),
    path("me/sessions/end/", profile.session_end, name="sessions_end"),
    path("me/sessions/<str:mark>/end/", profile.session_end, name="session_end"),
    path("me/keys/new/", profile.token_create, name="token_create"),
    path("me/keys/<uuid:public_id>/stop/", profile.token_revoke, name="token_revoke"),
    path("organizations/", organizations.organization_list, name="organization_list"),
    path("organizations/new/", organizations.organization_add, name="organization_add"),
    path(
        "organizations/<uuid:public_id>/",
        organizations.organization_edit,
        name="organization_edit",
    ),
    path("roles/<uuid:public_id>/end/", roles.assignment_end, name="assignment_end"),
    path("<uuid:public_id>/", accounts.account_page, name="account_page"),
    path("<uuid:public_id>/link/", accounts.account_link, name="account_link"),
    path("<uuid:public_id>/expiry/", accounts.account_expire, name="account_expire"),
    path("<uuid:public_id>/disable/", accounts.account_disable, name="account_disable"),
    path("<uuid:public_id>/enable/", accounts.account_enable, name="account_enable"),
    path("<uuid:public_id>/reset-mfa/", accounts.account_reset_mfa, name="account_reset_mfa"),
    path("<uuid:public_id>/roles/new/", roles.assignment_add, name="assignment_add"),
    path("<uuid:public_id>/hand-over/", roles.account_hand_over, name="account_hand_over"),
]
