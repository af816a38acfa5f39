"""What every resource has in common: keys, scopes, problems, pages, versions, rates."""

import datetime as dt

import pytest
from django.test import Client

from accounts.actions import api_keys
from accounts.api import throttle
from accounts.models import Account, ApiKey, Event
from accounts.tenancy.context import tenant_context

PROBLEM = "application/problem+json"


def problem(response, status):
    assert response.status_code == status
    assert response["Content-Type"] == PROBLEM
    body = response.json()
    assert (body["type"], body["status"]) == ("about:blank", status)
    assert body["detail"]
    return body


@pytest.mark.parametrize("said", ["", "Bearer ", "Bearer csk_nothing", "Basic YTpi", "Bearer csk_\x80"])
@pytest.mark.django_db
def test_without_a_living_key_nobody_comes_in(said):
    answer = Client().get("/api/v1/accounts", headers={"Authorization": said} if said else {})
    problem(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_and_an_expired_one_open_nothing(api, acme_cast):
    assert api.get("/me").status_code == 200
    ApiKey.objects.update(expires_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    problem(api.get("/me"), 401)
    ApiKey.objects.update(expires_at=None)
    with tenant_context(acme_cast.tenant):
        api_keys.revoke(ApiKey.objects.get(), by=acme_cast.ada)
    problem(api.get("/me"), 401)


def test_a_key_says_what_it_is(api, reader, acme_cast):
    body = api.get("/me").json()
    assert body["tenant"] == {
        "slug": "acme", "name": "Acme", "timezone": "UTC", "country": "US", "currency": "USD",
    }  # fmt: skip
    assert body["key"]["name"] == "write key"
    assert body["key"]["created_by"]["email"] == "ada@acme.test"
    assert "account.edit" in body["permissions"]
    assert "account.edit" not in reader.get("/me").json()["permissions"]


def test_a_key_that_reads_may_not_write(reader, acme_cast):
    assert reader.get("/accounts").json() == {"results": [], "next": None}
    body = problem(reader.post("/accounts", {"name": "X"}), 403)
    assert "only read" in body["detail"]
    with tenant_context(acme_cast.tenant):
        assert Account.objects.count() == 0


def test_use_is_noted_once_a_minute(api, django_assert_num_queries):
    api.get("/me")
    noted = ApiKey.objects.get().last_used_at
    assert noted is not None
    api.get("/me")
    assert ApiKey.objects.get().last_used_at == noted


@pytest.mark.parametrize(
    "path", ["/nothing", "/accounts/", "/accounts/0", "/accounts/999999999999999999", "/accounts/x", "/a%0Ab"]
)
def test_what_isnt_there_is_a_problem_and_not_a_page(api, path):
    problem(api.get(path), 404)


def test_what_isnt_there_needs_a_key_first(db):
    problem(Client().get("/api/v1/nothing"), 401)


def test_the_wrong_method_the_wrong_type_and_broken_json_are_named(api):
    refused = api("PUT", "/accounts", {})
    problem(refused, 405)
    assert "POST" in refused["Allow"]
    problem(api("OPTIONS", "/accounts"), 405)
    problem(api.client.post("/api/v1/accounts", {"name": "X"}), 415)
    problem(api.get("/accounts", Accept="text/html"), 406)
    assert "line 1 column 9" in problem(api.post("/accounts", '{"name":'), 400)["detail"]


@pytest.mark.parametrize(
    "body", ['{"name": "a\\u0000b"}', '{"name": "\\ud800"}', '{"custom": {"a": 1e999}}', '{"custom": NaN}', 
             b'{"name": "\xff"}', "[" * 100_000, '["x"]', "null", "7", "9" * 5000],
)  # fmt: skip
def test_what_the_database_could_not_hold_is_refused(api, body):
    problem(api.post("/accounts", body), 400)


def test_every_wrong_field_is_named(api):
    said = {"domain": "x" * 300, "touch_model": "warm", "csm": "nobody@x.test", "parent": 77, "nmae": 1}
    body = problem(api.post("/accounts", said), 400)
    assert set(body["errors"]) == {"name", "domain", "touch_model", "csm", "parent", "nmae"}
    assert body["errors"]["name"] == ["This field is required."]


def test_a_body_that_is_too_large_is_refused(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    problem(api.post("/accounts", {"name": "x" * 200}), 413)


def test_unknown_filters_and_wrong_values_are_named(api):
    assert problem(api.get("/accounts?fase=onboarding"), 400)["errors"] == {
        "fase": ["This list can't be filtered by that."]
    }
    body = problem(api.get("/accounts?phase=sleeping&csm=me&updated_since=yesterday"), 400)
    assert set(body["errors"]) == {"phase", "csm", "updated_since"}
    for since in ("1132-06-14T13:47:11%2B21:22", "9999-12-31T23:59:59-12:00"):
        assert set(problem(api.get(f"/accounts?updated_since={since}"), 400)["errors"]) == {"updated_since"}
    assert api.get("/accounts?updated_since=2026-01-01T00:00:00%2B21:22").status_code == 200
    for limit in ("0", "201", "x", "-1", "１"):
        assert set(problem(api.get(f"/accounts?limit={limit}"), 400)["errors"]) == {"limit"}


@pytest.mark.parametrize("token", ["x", "%00", "bnVsbA", "WyJpZCIsICJ4Il0", "WyJpZCIsIDFdX", "WzEsIDJd", "e30"])
def test_a_made_up_cursor_is_refused(api, token):
    assert set(problem(api.get(f"/accounts?cursor={token}"), 400)["errors"]) == {"cursor"}


def test_pages_follow_one_another_while_rows_are_added(api):
    made = [api.post("/accounts", {"name": f"A {n}"}).json()["id"] for n in range(5)]
    first = api.get("/accounts?limit=2").json()
    assert [row["id"] for row in first["results"]] == made[:2]
    made.append(api.post("/accounts", {"name": "late"}).json()["id"])
    seen, address = list(first["results"]), first["next"]
    while address:
        page = api.get(address).json()
        seen += page["results"]
        address = page["next"]
    assert [row["id"] for row in seen] == made


def test_what_changed_since_runs_by_change(api):
    a, b, c = (api.post("/accounts", {"name": name}).json() for name in "abc")
    api.patch(f"/accounts/{a['id']}", {"region": "EMEA"})
    since = b["updated_at"]
    page = api.get(f"/accounts?updated_since={since}&limit=2").json()
    rest = api.get(page["next"]).json()
    assert {row["id"] for row in page["results"] + rest["results"]} >= {b["id"], c["id"]}
    assert rest["next"] is None


def test_the_rate_is_said_and_held(api, settings):
    settings.API_RATE_PER_MINUTE = 2
    answers = [api.get("/me") for _ in range(2)]
    assert [answer["RateLimit-Remaining"] for answer in answers] in (["1", "0"], ["1", "1"])
    api.get("/me")
    refused = api.get("/me")
    if refused.status_code == 200:  # a new minute began in between
        api.get("/me")
        refused = api.get("/me")
    problem(refused, 429)
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert (refused["RateLimit-Limit"], refused["RateLimit-Remaining"]) == ("2", "0")


def test_refusals_carry_the_rate_too(reader):
    assert reader.post("/accounts", {"name": "X"})["RateLimit-Limit"] == "1200"


def test_without_redis_everybody_may_come_in(api, settings, monkeypatch):
    settings.API_RATE_PER_MINUTE = 1
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    throttle._redis.cache_clear()
    try:
        assert [api.get("/me").status_code for _ in range(3)] == [200, 200, 200]
    finally:
        throttle._redis.cache_clear()
        monkeypatch.setattr(throttle, "_away_until", 0.0)


def test_a_stale_version_is_told_with_what_stands_there_now(api, acme_cast):
    account = api.post("/accounts", {"name": "Before"}).json()
    path = f"/accounts/{account['id']}"
    assert api.patch(path, {"name": "Theirs", "version": account["version"]}).status_code == 200
    body = problem(api.patch(path, {"name": "Mine", "version": account["version"]}), 409)
    assert body["current"]["name"] == "Theirs"
    problem(api.patch(path, {"name": "Mine"}, If_Match=f'"{account["version"]}"'), 409)
    assert set(problem(api.patch(path, {"name": "Mine"}, If_Match="soon"), 400)["errors"]) == {"If-Match"}
    tag = api.get(path)["ETag"]
    assert tag == f'"{body["current"]["version"]}"'
    assert api.patch(path, {"name": "Mine"}, If_Match=tag).json()["name"] == "Mine"


def test_a_broken_request_leaves_nothing_behind(api, acme_cast, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr("accounts.api.accounts.AccountResource.answer", broken)
    with pytest.raises(RuntimeError):
        api.post("/accounts", {"name": "Half"})
    api.client.raise_request_exception = False
    assert api.post("/accounts", {"name": "Half"}).status_code == 500
    with tenant_context(acme_cast.tenant):
        assert Account.objects.count() == 0
        assert not Event.objects.filter(kind="account.created").exists()
