"""The book: portfolio, accounts, their people and contracts, saved views."""

from django.urls import URLPattern, path

from accounts.views import (
    account,
    account_forms,
    contacts,
    contract_forms,
    contracts,
    facts,
    notes,
    portfolio,
    saved_views,
)  # fmt: skip

urlpatterns: list[URLPattern] = [
    path("accounts/", portfolio.portfolio, name="portfolio"),
    path("accounts/total/", portfolio.total, name="portfolio-total"),
    path("accounts/export/", portfolio.export, name="portfolio-export"),
    path("accounts/assign/", portfolio.assign, name="portfolio-assign"),
    path("accounts/new/", account_forms.create, name="account-create"),
    path("accounts/<int:pk>/", account.detail, name="account-detail"),
    path("accounts/<int:pk>/edit/", account_forms.edit, name="account-edit"),
    path("accounts/<int:pk>/phase/", account_forms.change_phase, name="account-phase"),
    path("accounts/<int:pk>/archive/", account_forms.archive, name="account-archive"),
    path("accounts/<int:pk>/restore/", account_forms.restore, name="account-restore"),
    path("accounts/<int:pk>/tasks/", account.tasks, name="account-tasks"),
    path("accounts/<int:pk>/timeline/", account.timeline, name="account-timeline"),
    path("accounts/<int:pk>/facts/", facts.of_account, name="account-facts"),
    path("accounts/<int:pk>/notes/", notes.create, name="note-create"),
    path("accounts/<int:pk>/people/", contacts.index, name="contact-list"),
    path("accounts/<int:pk>/people/new/", contacts.create, name="contact-create"),
    path("people/<int:pk>/edit/", contacts.edit, name="contact-edit"),
    path("people/<int:pk>/depart/", contacts.depart, name="contact-depart"),
    path("accounts/<int:pk>/contracts/", contracts.index, name="contract-list"),
    path("accounts/<int:pk>/contracts/new/", contract_forms.sign, name="contract-sign"),
    path("contracts/<int:pk>/edit/", contract_forms.edit, name="contract-edit"),
    path("contracts/<int:pk>/renew/", contract_forms.renew, name="contract-renew"),
    path("contracts/<int:pk>/amend/", contract_forms.amend, name="contract-amend"),
    path("contracts/<int:pk>/end/", contract_forms.end, name="contract-end"),
    path("views/new/", saved_views.create, name="view-create"),
    path("views/<int:pk>/edit/", saved_views.edit, name="view-edit"),
    path("views/<int:pk>/remove/", saved_views.remove, name="view-remove"),
]
