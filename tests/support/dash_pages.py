"""Ask the app for a page as the browser does, without a browser."""

import json

ROUTER = "..page.children...meta.data.."


def ask(app, path, search=""):
    """What the browser receives when it shows an address."""
    body = {
        "output": ROUTER,
        "outputs": [{"id": "page", "property": "children"}, {"id": "meta", "property": "data"}],
        "inputs": [
            {"id": "url", "property": "pathname", "value": path},
            {"id": "url", "property": "search", "value": search},
        ],
        "changedPropIds": ["url.pathname"],
    }
    answer = app.server.test_client().post("/_dash-update-component", json=body)
    assert answer.status_code == 200
    return json.dumps(answer.json, ensure_ascii=False)
