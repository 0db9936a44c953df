"""Puts our admin site in the place of Django's; apart from the site itself, which needs loaded tables."""

from django.contrib.admin.apps import AdminConfig


class MaintainersConfig(AdminConfig):
    default_site = "kaejon.web.accounts.admin_site.MaintainersSite"
