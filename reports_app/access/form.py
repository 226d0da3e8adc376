"""The sign-in form as a plain page: it works before any of Dash is loaded."""

from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from reports_app.texts import Language, Texts

_TEMPLATES = Environment(
    loader=PackageLoader("reports_app", "templates"), autoescape=select_autoescape(["jinja"])
)


def sign_in_page(
    language: Language,
    *,
    token: str,
    wanted: str,
    complaint: str | None = None,
    has_directory: bool = False,
) -> str:
    """The form's HTML.

    Args:
        language: Of the words.
        token: Comes back with the form, against forged ones.
        wanted: Where to go after.
        complaint: Key of the sentence that says what was wrong.
        has_directory: Whether people are known at a directory, too.
    """
    words = {"token": token, "wanted": wanted, "complaint": complaint}
    return _page("sign_in", language, has_directory=has_directory, **words)


def closed_page(language: Language) -> str:
    """What somebody sees whose role does not open a page."""
    return _page("closed", language)


def _page(name: str, language: Language, **values: Any) -> str:
    other = "es" if language == "en" else "en"
    template = _TEMPLATES.get_template(f"{name}.html.jinja")
    return template.render(t=Texts(language), language=language, other=other, **values)
