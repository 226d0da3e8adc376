"""Who gets in, who stays in, and who does not, over Flask's client."""

import json

import pytest

from reports_app.access.roles import CALLBACKS, ROOMS, Role, may_call, may_enter
from tests.support.dash_pages import ROUTER
from tests.support.lake_fixture import exam_key, key
from tests.unit.reports_app.access.conftest import PASSWORD, TOKEN, sign_in

EXAM = f"/exam/{exam_key(2)}"
PICTURE = f"{EXAM}/{key('instance', 2, 0)}/image.png"
LIST_FILE = "/list.csv?date=2026-11-24"
PUBLIC = ("/assets/", "/_dash-component-suites/", "/_favicon.ico", "/sign-in", "/static/")


def call(client, output, path="/"):
    inputs = [
        {"id": "url", "property": "pathname", "value": path},
        {"id": "url", "property": "search", "value": ""},
    ]
    outputs = [{"id": "page", "property": "children"}, {"id": "meta", "property": "data"}]
    body = {"output": output, "outputs": outputs, "inputs": inputs, "changedPropIds": []}
    return client.post("/_dash-update-component", json=body)


def test_every_route_asks_for_a_sign_in(guarded, browse):
    client = browse(None)
    for rule in guarded.server.url_map.iter_rules():
        path = rule.rule.replace("<path:path>", "list").replace("<", "").replace(">", "")
        if path.startswith(PUBLIC):
            continue
        method = "POST" if "POST" in rule.methods else "GET"
        assert client.open(path, method=method).status_code == 401, path


def test_a_person_gets_the_form_and_a_program_a_sentence(browse):
    page = browse(None).get(EXAM, headers={"Accept": "text/html"})
    assert (page.status_code, f'name="next" value="{EXAM}"' in page.text) == (401, True)
    answer = call(browse(None), ROUTER)
    assert (answer.status_code, answer.text) == (401, "Sign in first.")


def test_after_signing_in_one_is_where_one_wanted_to_be(browse):
    answer = sign_in(browse(None), "radiologist", next=EXAM)
    assert (answer.status_code, answer.location) == (303, EXAM)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_nobody_is_sent_elsewhere(browse, wanted):
    assert sign_in(browse(None), "manager", next=wanted).location == "/"


@pytest.mark.parametrize(("name", "password"), [("manager", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_look_alike(browse, name, password):
    answer = sign_in(browse(None), name, password)
    assert answer.status_code == 401
    assert "El usuario o la contraseña no son correctos." in answer.text


def test_a_forged_form_is_refused(browse):
    client = browse(None)
    data = {"name": "manager", "password": PASSWORD}
    assert client.post("/sign-in", data=data).status_code == 400
    assert client.post("/sign-in", data=data | {"token": "guessed"}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_request_of_another_sites_page_is_refused(browse, headers):
    client = browse(Role.RADIOLOGIST)
    assert client.post("/sign-out", headers=headers).status_code == 403
    assert client.get(LIST_FILE).status_code == 200


def test_guessing_is_slowed_down(browse):
    client = browse(None)
    answers = [sign_in(client, "manager", "wrong").status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    assert sign_in(client, "manager").status_code == 429


def test_the_one_time_link_opens_every_room_once(browse, guarded):
    client = browse(None)
    assert client.get(f"/sign-in/{TOKEN}").status_code == 303
    assert client.get(PICTURE).status_code == 200
    other = guarded.server.test_client()
    assert other.get(f"/sign-in/{TOKEN}").status_code == 401
    assert other.get("/").status_code == 401


def test_a_wrong_link_does_not_use_up_the_right_one(browse):
    client = browse(None)
    assert client.get("/sign-in/guessed").status_code == 401
    assert client.get(f"/sign-in/{TOKEN}").status_code == 303


def test_signing_out_ends_the_session(browse):
    client = browse(Role.RADIOLOGIST)
    assert client.post("/sign-out").status_code == 303
    assert client.get(PICTURE).status_code == 401


def test_a_removed_account_is_out_at_once(browse, accounts):
    client = browse(Role.RADIOLOGIST)
    accounts.remove("radiologist")
    assert client.get(PICTURE).status_code == 401


def test_a_session_starts_anew_when_somebody_signs_in(browse):
    client = browse(None)
    client.get("/sign-in")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    sign_in(client, "manager")
    with client.session_transaction() as session:
        assert "planted" not in session


def test_a_forged_cookie_opens_nothing(browse):
    client = browse(None)
    client.set_cookie("smart_mammo", "eyJfdXNlcl9pZCI6ImxvY2FsIn0.Zx.forged")
    assert client.get(PICTURE).status_code == 401


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "path",
    [
        "/", "/list", EXAM, PICTURE, LIST_FILE, "/list.pdf?date=2026-11-24", "/classify",
        "/what-if", "/quality", "/nights", "/models",
    ],
)  # fmt: skip
def test_a_role_opens_its_rooms_and_no_other(browse, role, path):
    expected = 200 if may_enter({role}, path.partition("?")[0]) else 403
    assert browse(role).get(path).status_code == expected


@pytest.mark.parametrize("path", ["/list", EXAM])
def test_the_router_keeps_rooms_closed(browse, path):
    shown = json.dumps(call(browse(Role.MANAGER), ROUTER, path).json, ensure_ascii=False)
    assert "Su rol no abre esta página" in shown
    assert exam_key(3) not in shown
    assert ".png" not in shown


@pytest.mark.parametrize("path", ["/", "/what-if", "/quality", "/nights"])
def test_a_manager_meets_no_exam_key(browse, path):
    shown = call(browse(Role.MANAGER), ROUTER, path).get_data(as_text=True)
    assert "Su rol no abre" not in shown
    assert not [index for index in range(24) if exam_key(index) in shown]
    assert "/list" not in shown


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("output", CALLBACKS)
def test_a_role_has_its_callbacks_run_and_no_other(browse, role, output):
    answer = call(browse(role), output)
    assert (answer.status_code == 403) == (role not in CALLBACKS[output])


def test_every_callback_on_the_server_has_a_rule(guarded):
    on_server = [
        output
        for output, found in guarded.callback_map.items()
        if not found.get("clientside_function") and "callback" in found
    ]
    assert on_server
    assert [output for output in on_server if not may_call(set(Role), output)] == []


def test_an_undeclared_callback_is_nobodys(browse):
    assert call(browse(Role.ENGINEER), "secret.children").status_code == 403
    assert call(browse(Role.ENGINEER), ["page.children"]).status_code == 403


def test_what_no_rule_names_is_closed():
    assert not may_enter(set(Role), "/elsewhere")
    assert all(room.roles for room in ROOMS)
    assert all(CALLBACKS.values())
