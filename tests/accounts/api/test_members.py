"""The workspace's people, as another system finds whom to name as an owner."""

from accounts.models import Membership


def test_members_are_listed_with_their_roles(api, acme_cast, rival):
    body = api.get("/members").json()
    assert body["next"] is None
    assert {row["email"] for row in body["results"]} == {
        f"{name}@acme.test" for name in ("ada", "lee", "cass", "sal", "dee", "olly", "vera", "sue")
    }
    cass = next(row for row in body["results"] if row["email"] == "cass@acme.test")
    assert cass == {"id": acme_cast.cass.pk, "name": "Cass of Acme", "email": "cass@acme.test", "role": "csm"}
    assert api.get(f"/members/{acme_cast.cass.pk}").json() == cass


def test_the_id_is_the_one_that_owners_are_named_by(api, acme_cast):
    found = api.get("/members?email=CASS@acme.test").json()["results"]
    assert [row["id"] for row in found] == [acme_cast.cass.pk]
    assert api.post("/accounts", {"name": "X", "csm": found[0]["id"]}).json()["csm"]["id"] == acme_cast.cass.pk


def test_roles_narrow_and_pages_follow(api):
    assert {row["role"] for row in api.get("/members?role=csm&role=sales").json()["results"]} == {"csm", "sales"}
    first = api.get("/members?limit=5").json()
    rest = api.get(first["next"]).json()
    ids = [row["id"] for row in first["results"] + rest["results"]]
    assert ids == sorted(set(ids))
    assert len(ids) == 8
    assert set(api.get("/members?role=king").json()["errors"]) == {"role"}


def test_people_of_another_workspace_and_those_who_left_are_unknown(api, reader, rivals, acme_cast, rival):
    assert api.get(f"/members/{rival.rita.pk}").status_code == 404
    assert [row["email"] for row in rivals.get("/members").json()["results"]] == ["rita@rival.test"]
    assert rivals.get("/members?email=cass@acme.test").json()["results"] == []
    assert len(reader.get("/members").json()["results"]) == 8
    Membership.objects.filter(user=acme_cast.vera).update(ended_at="2026-01-01T00:00:00Z")
    assert len(api.get("/members").json()["results"]) == 7
    assert api.get(f"/members/{acme_cast.vera.pk}").status_code == 404


def test_nobody_is_added_by_the_api(api):
    assert api.post("/members", {"email": "x@x.test"}).status_code == 405
