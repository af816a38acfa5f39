"""What is chosen on the mapping page is kept at once, whoever else is at it, and saved under names with care."""

from __future__ import annotations

import pytest

from accounts.extracts import EXTRACTS
from accounts.imports.actions import imports
from accounts.imports.models import Import, SavedMapping, Stage
from accounts.tenancy.context import tenant_context
from tests.accounts.imports.test_pages import brought, said, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def olly(acme_cast, page):
    return page(acme_cast.olly, acme_cast.tenant)


@pytest.fixture
def ada(acme_cast, page):
    return page(acme_cast.ada, acme_cast.tenant)


def chosen(client, job, **changes):
    """As the page sends every choice: the whole form, from where it stays."""
    return client.post(f"/imports/{job.pk}/mapping/", said(job, do="read", **changes), headers={"HX-Request": "true"})


def kept(cast, job):
    with tenant_context(cast.tenant):
        return Import.objects.get(pk=job.pk)


def mapping_of(cast):
    with tenant_context(cast.tenant):
        return SavedMapping.objects.get()


def test_a_choice_is_kept_as_it_is_made_and_seen_after_leaving(acme_cast, olly):
    job = brought(olly, acme_cast)
    answer = chosen(olly, job, **{"columns.2": "", "columns.5": "account.segment", "format.decimal": "."})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="map-version" value="2" hx-swap-oob="true"' in text
    assert "<select" not in text, "a control may be in somebody's hand"
    assert "8,500" not in text
    now = kept(acme_cast, job)
    assert (now.columns["5"], now.format["decimal"], now.version) == ("account.segment", ".", 2)
    assert "2" not in now.columns
    again = olly.get(f"/imports/{job.pk}/mapping/").content.decode()
    assert "account.segment" in again.split('name="columns.5"')[1].split(" selected")[0][-40:]


def test_a_choice_that_cannot_be_taken_says_so_and_the_others_are_kept(acme_cast, olly):
    job = brought(olly, acme_cast)
    answer = chosen(olly, job, **{"columns.0": "account.industry", "columns.5": "account.segment"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "“Industry” is mapped to this field already." in text.split('id="why-0"')[1].split("</p>")[0]
    now = kept(acme_cast, job)
    assert (now.columns["2"], now.columns["5"]) == ("account.industry", "account.segment")
    assert "0" not in now.columns
    assert f'id="map-version" value="{now.version}"' in text


def test_new_questions_come_with_a_column_that_raises_them(acme_cast, olly):
    job = brought(olly, acme_cast, "Account Name,Value\nFirm,x\n")
    assert "options.product" not in olly.get(f"/imports/{job.pk}/mapping/").content.decode()
    text = chosen(olly, job, **{"columns.1": "contract.name"}).content.decode()
    assert 'id="questions"' in text
    assert "options.product" in text
    job = kept(acme_cast, job)
    assert 'id="questions"' not in chosen(olly, job, **{"columns.1": "contract.product"}).content.decode()


def test_another_layout_brings_other_columns_and_keeps_what_headings_mean(acme_cast, olly):
    job = brought(olly, acme_cast)
    chosen(olly, job, **{"columns.5": "account.segment"})
    job = kept(acme_cast, job)
    answer = chosen(olly, job, **{"format.delimiter": ","})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/w/acme/imports/{job.pk}/mapping/")
    job = kept(acme_cast, job)
    assert len(job.headings) < 6
    chosen(olly, job, **{"format.delimiter": ";"})
    job = kept(acme_cast, job)
    assert len(job.headings) == 6


def test_a_heading_keeps_its_field_where_the_file_is_read_from_another_row(acme_cast, olly):
    job = brought(olly, acme_cast)
    chosen(olly, job, **{"columns.5": "account.segment", "format.heading_row": "1"})
    assert kept(acme_cast, job).columns["5"] == "account.segment"


def test_trying_what_is_on_its_way_already_conflicts_with_nobody(acme_cast, olly):
    job = brought(olly, acme_cast)
    chosen(olly, job, **{"columns.5": "account.segment"})
    answer = olly.post(f"/imports/{job.pk}/mapping/", said(job, **{"columns.5": "account.segment"}))
    assert answer["Location"] == f"/w/acme/imports/{job.pk}/"
    assert kept(acme_cast, job).stage == Stage.CHECKING


def test_what_somebody_else_chose_meanwhile_stands_beside_and_is_not_lost(acme_cast, olly, ada):
    job = brought(olly, acme_cast)
    chosen(ada, job, **{"columns.5": "account.segment"})
    answer = chosen(olly, job, **{"columns.5": "account.region"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Somebody else changed this mapping meanwhile" in text
    assert "Saved meanwhile: “Segment”." in text.split('id="why-5"')[1].split("</p>")[0]
    assert kept(acme_cast, job).columns["5"] == "account.segment"
    assert 'id="map-version" value="2"' in text
    assert chosen(olly, job, version=2, **{"columns.5": "account.region"}).status_code == 200
    assert kept(acme_cast, job).columns["5"] == "account.region"


def test_columns_that_somebody_else_made_others_of_are_not_mixed_up(acme_cast, olly, ada):
    job = brought(olly, acme_cast)
    chosen(ada, job, **{"format.delimiter": ","})
    before = kept(acme_cast, job)
    answer = chosen(olly, job, **{"columns.5": "account.region"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/w/acme/imports/{job.pk}/mapping/")
    now = kept(acme_cast, job)
    assert (now.headings, now.columns, now.version) == (before.headings, before.columns, before.version)


def test_a_choice_after_it_was_started_leads_to_its_course(acme_cast, olly):
    job = brought(olly, acme_cast)
    with tenant_context(acme_cast.tenant):
        imports.check(job, by=acme_cast.ada)
    answer = chosen(olly, job)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/w/acme/imports/{job.pk}/")


def test_a_name_that_is_taken_is_asked_about_before_it_is_replaced(acme_cast, olly):
    job = brought(olly, acme_cast)
    page = f"/imports/{job.pk}/mapping/"
    olly.post(page, said(job, do="keep", mapping_name="Weekly"))
    job = kept(acme_cast, job)
    other = {"columns.2": "account.region", "mapping_name": "Weekly"}
    asked = olly.post(page, said(job, do="keep", **other))
    assert asked.status_code == 409
    assert "“Weekly” is there already: for accounts, 6 columns mapped" in asked.content.decode()
    assert 'value="replace"' in asked.content.decode()
    assert mapping_of(acme_cast).columns["Industry"] == "account.industry"
    assert kept(acme_cast, job).columns["2"] == "account.industry", "both or neither"
    assert olly.post(page, said(job, do="replace", **other)).status_code == 302
    assert (mapping_of(acme_cast).columns["Industry"], mapping_of(acme_cast).version) == ("account.region", 2)
    assert kept(acme_cast, job).columns["2"] == "account.region"


def test_the_second_week_begins_as_the_first_ended(acme_cast, olly):
    job = brought(olly, acme_cast)
    change = {"columns.2": "", "format.dates": "mdy", "format.currency": "CHF", "options.duplicates": "match"}
    olly.post(f"/imports/{job.pk}/mapping/", said(job, do="keep", mapping_name="Weekly", **change))
    mapping = mapping_of(acme_cast)
    assert mapping.columns["Industry"] == ""
    upload(olly, name="next.csv", mapping=mapping.pk)
    with tenant_context(acme_cast.tenant):
        week = Import.objects.latest("id")
    assert "2" not in week.columns, "what was left out is left out"
    assert week.columns["0"] == "account.name"
    assert (week.format["dates"], week.format["currency"], week.options["duplicates"]) == ("mdy", "CHF", "match")


def test_what_was_left_out_last_time_says_so(acme_cast, olly):
    job = brought(olly, acme_cast)
    industry = str(job.headings.index("Industry"))
    chosen(olly, job, **{f"columns.{industry}": ""})
    again = brought(olly, acme_cast)
    assert industry not in again.columns
    text = olly.get(f"/imports/{again.pk}/mapping/").content.decode()
    assert text.count("Left out, as last time") == 1


def test_a_field_that_only_an_export_of_ours_knows_is_offered_and_can_be_left_out(acme_cast, olly):
    head = [column.heading for column in EXTRACTS["accounts"].columns]
    cells = ["Firm"] + [""] * (len(head) - 1)
    text = f"{','.join(head)},Sites\n{','.join(cells)},12\n"
    brought(olly, acme_cast, "Account name,Sites\nFirm,12\n")  # said nothing about an own field
    job = brought(olly, acme_cast, text)
    sites = str(len(head))
    assert job.columns[sites] == "new.number.Sites"
    assert "From another workspace" in olly.get(f"/imports/{job.pk}/mapping/").content.decode()
    chosen(olly, job, **{f"columns.{sites}": ""})
    again = brought(olly, acme_cast, text)
    assert sites not in again.columns
    assert "From another workspace" not in olly.get(f"/imports/{again.pk}/mapping/").content.decode()
