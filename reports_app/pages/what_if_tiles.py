"""The tiles on what a way of reading would have done, each with what it rests on."""

from dash import html

from reports_app.components import tile
from reports_app.texts import TEXTS, Texts
from tasks.publish.proportions import Proportion
from tasks.publish.reading_policies import Counts, Effect, Policy
from tasks.publish.reading_queue import Waiting
from tasks.publish.suppression import SMALLEST_SHOWN, is_small


def policy_tiles(
    t: Texts, policy: Policy, effect: Effect, everything: Counts, waiting: Waiting | None
) -> list[html.Div]:
    """Reads, recalls and cancers above the cut, then what else the policy touches."""
    tiles = [
        _reads(t, effect),
        _recalls(t, effect, everything),
        _share(t, "wi_above", effect.above),
    ]
    if policy.name == "order_only":
        return [*tiles, _waiting(t, waiting)]
    if not policy.keeps_below:
        tiles.append(_share(t, "wi_lost", effect.lost))
    if policy.recalls_above:
        tiles.append(_gained(t, effect.gained))
    if effect.n_reads < effect.n_reads_today:
        tiles.append(_share(t, "wi_read_less", effect.read_less))
    return tiles


def shown_share(t: Texts, share: Proportion) -> str:
    """A share as "12 / 160 (7,5 %)"; hidden where it or its rest tells of few women."""
    if not share.n:
        return t("kpi.hidden")
    if is_small(share.n_events) or is_small(share.n - share.n_events) or is_small(share.n):
        return t("kpi.hidden")
    return f"{t.number(share.n_events)} / {t.number(share.n)} ({t.percent(share.value)})"


def shown_gain(t: Texts, gained: Proportion) -> str:
    """Cancers gained; as counts lag the truth by up to four, none is told as under five."""
    if gained.n and not gained.n_events:
        return t("what_if.under", n=SMALLEST_SHOWN, of=t.number(gained.n))
    return shown_share(t, gained)


def _gained(t: Texts, gained: Proportion) -> html.Div:
    if gained.n and not gained.n_events:
        return tile(t, "wi_gained", shown_gain(t, gained), [])
    return _share(t, "wi_gained", gained)


def _reads(t: Texts, effect: Effect) -> html.Div:
    change = t.percent(effect.n_reads / effect.n_reads_today - 1)
    line = t("what_if.change", n=t.number(effect.n_reads_today), change=change)
    return tile(t, "wi_reads", t.number(effect.n_reads), [line])


def _recalls(t: Texts, effect: Effect, everything: Counts) -> html.Div:
    change = 1000 * (effect.n_recalled - everything.n_recalled) / everything.n
    shown = f"{t.number(change, 1)} {t('unit.per_1000')}"
    line = t("what_if.change", n=t.number(everything.n_recalled), change=shown)
    return tile(t, "wi_recalls", t.number(effect.n_recalled), [line])


def _share(t: Texts, name: str, share: Proportion) -> html.Div:
    if share.interval is None:
        what = t(f"kpi.{name}_missing")
        return tile(t, name, t("kpi.not_computable"), [t("kpi.missing", what=what)])
    low, high = (t.percent(bound) for bound in share.interval)
    numbers = {"n_events": t.number(share.n_events), "n": t.number(share.n)}
    lines = [
        t("kpi.of", **numbers, unit=t("unit.cancers")),
        t("kpi.interval", low=low, high=high),
    ]
    key = f"kpi.{name}_benchmark"
    return tile(t, name, t.percent(share.value), lines, t(key) if key in TEXTS else None)


def _waiting(t: Texts, waiting: Waiting | None) -> html.Div:
    if waiting is None:
        what = t("kpi.wi_waiting_missing")
        return tile(t, "wi_waiting", t("kpi.not_computable"), [t("kpi.missing", what=what)])
    ordered, arrival = waiting.by_list, waiting.by_arrival
    moved = {
        name: t("kpi.hidden") if n is None else t.number(n)
        for name, n in (("sooner", waiting.n_sooner), ("later", waiting.n_later))
    }
    lines = [
        t("what_if.by_list", p90=t.number(ordered.p90), n=t.number(ordered.n)),
        t("what_if.by_arrival", median=t.number(arrival.median), p90=t.number(arrival.p90)),
        t("what_if.moved", **moved),
    ]
    return tile(t, "wi_waiting", t("kpi.days", days=t.number(ordered.median)), lines)
