"""Reports on versions in words, for a terminal and for a file.

It rounds and lays out; every figure stands in the report that it is given.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tasks.redeploy.gate import Finding

UNKNOWN = "not measured"
Tree = Mapping[str, Any]


def verification_text(report: Tree) -> str:
    """A verification as lines."""
    head = (
        f"Version {report['model_version']} in {report['target']}, against version "
        f"{report['against_version']}"
    )
    contract = report["contract"]
    if contract["n_differences"]:
        return f"{head}\n  contract: {contract['finding']}"
    golden, latency, memory = (report[name] for name in ("golden", "latency", "memory"))
    return "\n".join(
        [
            head,
            f"  contract: {contract['finding']}",
            f"  golden set: {golden['n_images']} images, largest difference "
            f"{number(golden['largest_difference'])} of {number(golden['tolerance'])} allowed",
            f"  repeatability: largest difference "
            f"{number(report['repeatability']['largest_difference'])}",
            f"  latency of {latency['batch_size']} images: "
            f"{number(latency['candidate_ms'])} ms against {number(latency['serving_ms'])} ms",
            f"  memory: {number(memory['candidate_mb'])} MB against "
            f"{number(memory['serving_mb'])} MB",
        ]
    )


def comparison_text(report: Tree) -> str:
    """A comparison as lines."""
    bands, top, shift = (report[name] for name in ("bands", "top_decile", "shift"))
    moved = report["displacement"]
    return "\n".join(
        [
            f"Version {report['model_version']} against version {report['against_version']} on "
            f"{report['n_exams']} exams: {report['n_exams_with_truth']} with known truth, "
            f"{report['n_cancers']} cancers",
            f"  AUC: {_auc_words(report)}",
            *(
                line
                for name, point in report["operating_points"].items()
                for line in _point_lines(name, point)
            ),
            f"  places moved: median {percent(moved['median'])}, 90th percentile "
            f"{percent(moved['p90'])}, largest {percent(moved['largest'])} of the list",
            f"  bands: {percent(bands['share_moved'])} of exams change band, "
            f"{percent(bands['share_moved_far'])} by three or more",
            f"  top decile: {percent(top['share_changed'])} of {top['n']} exams exchanged; "
            f"known cancers leaving it {top['n_cancers_leaving']}, entering "
            f"{top['n_cancers_entering']}",
            *(f"    leaves: exam {key}" for key in top["cancers_leaving"]),
            f"  distribution: PSI {number(shift['calibrated_score']['psi'])}, KS "
            f"{number(shift['calibrated_score']['ks'])} (calibrated); PSI "
            f"{number(shift['exam_score']['psi'])} (as the network gives it)",
            *(_group_line(group) for group in report["subgroups"]),
        ]
    )


def gate_text(findings: Iterable[Finding]) -> str:
    """The gate's findings as lines."""
    return "\n".join(
        f"  {'ok  ' if finding.holds else 'FAIL'}  {finding.sentence}" for finding in findings
    )


def _auc_words(report: Tree) -> str:
    auc = report["auc"]
    if auc is None:
        return "not computable: two cancers and two other exams with known truth are needed"
    return (
        f"{auc['candidate']:.3f} against {auc['serving']:.3f}, difference "
        f"{auc['difference']:+.3f} ({auc['low']:+.3f} to {auc['high']:+.3f}; margin "
        f"-{report['margin_auc']})"
    )


def _point_lines(name: str, point: Tree) -> list[str]:
    words = [
        f"{share.replace('_', ' ')} {percent(point[share]['candidate'])} against "
        f"{percent(point[share]['serving'])}"
        for share in ("sensitivity", "recall_rate")
    ]
    return [f"  at {name}: {', '.join(words)}"]


def _group_line(group: Tree) -> str:
    auc = group["auc"]
    difference = f"{auc['difference']:+.3f}" if auc else "too few"
    return (
        f"  {group['column']} {group['value']}: {group['n_exams']} exams, "
        f"{group['n_cancers']} cancers, AUC difference {difference}, "
        f"{percent(group['share_band_moved'])} change band"
    )


def number(value: float | None) -> str:
    """A figure with three digits, or what stands for a missing one."""
    return UNKNOWN if value is None else f"{value:.3g}"


def percent(share: float | None) -> str:
    """A share in percent."""
    return UNKNOWN if share is None else f"{100 * share:.1f} %"
