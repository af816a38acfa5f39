"""Imports and their records as the reader leaves them: what the rows say, not compared yet."""

from __future__ import annotations

from factory.django import DjangoModelFactory

from accounts.imports.models import Import, Record

HEADINGS = {
    "account.name": "Company", "account.external_id": "Account ID", "account.domain": "Website",
    "account.industry": "Industry", "account.parent": "Parent", "account.currency": "Currency",
    "contact.name": "Contact", "contact.email": "E-mail", "contact.external_id": "Contact ID", "note.body": "Note",
    "product.name": "Product", "product.code": "SKU",
}  # fmt: skip


class ImportFactory(DjangoModelFactory):
    class Meta:
        model = Import

    name = "book.csv"
    noun = "account"
    kind = "csv"
    headings = list(HEADINGS.values())
    columns = {str(number): path for number, path in enumerate(HEADINGS)}


def say(job: Import, number: int, **nouns: dict) -> None:
    """What row `number` says, by noun: say(job, 2, account={"name": "Acme"}, contact={"email": "a@acme.test"})."""
    Record.objects.bulk_create(Record(job=job, number=number, noun=noun, values=said) for noun, said in nouns.items())


def heard(job: Import, noun: str = "account") -> dict[int, str]:
    """Row number to verdict."""
    return dict(Record.objects.filter(job=job, noun=noun).values_list("number", "verdict"))


def complaints(job: Import) -> dict[int, str]:
    """Row number to what is wrong with it, column first."""
    found = Record.objects.filter(job=job).exclude(errors=[]).order_by("number")
    return {each.number: _told(each) for each in found}


def _told(record: Record) -> str:
    return "; ".join(
        f"{each['column']}: {each['message']}" if each["column"] else each["message"] for each in record.errors
    )
