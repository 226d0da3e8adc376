"""Ask the app for a page as the browser does, without a browser."""

import json

ROUTER = "..page.children...meta.data.."


def body_of_page(path, search=""):
    """What the browser asks when it shows an address."""
    return {
        "output": ROUTER,
        "outputs": [{"id": "page", "property": "children"}, {"id": "meta", "property": "data"}],
        "inputs": [
            {"id": "url", "property": "pathname", "value": path},
            {"id": "url", "property": "search", "value": search},
        ],
        "changedPropIds": ["url.pathname"],
    }


def body_of_rows(search="", words="", start=0, **request):
    """What the list's grid asks when it is shown or scrolled."""
    asked = {"startRow": start, "endRow": start + 100, **request}
    return _body(
        "priority-list.getRowsResponse",
        [("priority-list", "getRowsRequest", asked)],
        [("list-search", "value", words), ("url", "search", search)],
    )


def ask(app, path, search=""):
    """What the browser receives when it shows an address."""
    body = body_of_page(path, search)
    answer = app.server.test_client().post("/_dash-update-component", json=body)
    assert answer.status_code == 200
    return json.dumps(answer.json, ensure_ascii=False)


def call(app, output, inputs, search="", changed=None, **more):
    """What the browser receives when a control of a page changes.

    Args:
        app: The app.
        output: The callback's, id.property; several as Dash writes them.
        inputs: (id, property, value) of each input.
        search: The address's search, its only state but for `more`.
        changed: id.property of the input that changed; the first one where it is None.
        more: Further states, id__property to value, in the callback's order before the search.
    """
    names = output.strip(".").split("...")
    outputs = [
        dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names
    ]
    states = [(*name.rsplit("__", 1), value) for name, value in more.items()]
    body = {
        "output": output,
        "outputs": outputs if output.startswith("..") else outputs[0],
        "inputs": [_prop(*one) for one in inputs],
        "state": [_prop(*one) for one in (*states, ("url", "search", search))],
        "changedPropIds": [changed or f"{inputs[0][0]}.{inputs[0][1]}"],
    }
    answer = app.server.test_client().post("/_dash-update-component", json=body)
    assert answer.status_code == 200
    return json.dumps(answer.json, ensure_ascii=False)


def _body(output, inputs, states, changed=None):
    names = output.strip(".").split("...")
    outputs = [
        dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names
    ]
    return {
        "output": output,
        "outputs": outputs if output.startswith("..") else outputs[0],
        "inputs": [_prop(*one) for one in inputs],
        "state": [_prop(*one) for one in states],
        "changedPropIds": [changed or f"{inputs[0][0]}.{inputs[0][1]}"],
    }


def _prop(name, prop, value):
    return {"id": name.replace("_", "-"), "property": prop, "value": value}
