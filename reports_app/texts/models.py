"""Texts of the models page: versions, their states, who moved them, and on what evidence."""

from reports_app.texts.catalogue import Text
from tasks.redeploy.gate import RULES

_ASKED = {
    "tensor_contract": "tensores como dice el contrato",
    "golden_set": "respuestas de referencia dentro de su tolerancia",
    "repeatability": "la misma respuesta dos veces",
    "latency": "a lo sumo 1,5 veces el tiempo de la versión en servicio",
    "memory": "a lo sumo 1,5 veces su memoria",
    "calibration": "una calibración",
    "operating_points": "puntos de operación",
    "auc_non_inferiority": "el intervalo de DeLong de la diferencia de AUC sobre -0,03",
    "sensitivity": "perder a lo sumo 0,02 de sensibilidad en sensitivity_90",
    "recall_rate": "una tasa de rellamada a lo sumo 0,03 mayor en sensitivity_90",
    "top_decile_cancers": "tantos cánceres conocidos en el decil superior",
    "band_churn": "a lo sumo un quinto de los exámenes movido tres bandas o más",
    "score_shift": "un índice de estabilidad del puntaje calibrado de a lo sumo 0,25",
    "subgroups": "perder a lo sumo 0,10 de AUC en cualquier subgrupo",
}

MODELS = {
    **{f"gate_asks.{rule.name}": Text(_ASKED[rule.name], rule.asks) for rule in RULES},
    "nav.models": Text("Modelos", "Models"),
    "models.title": Text("Modelos", "Models"),
    "models.none_title": Text("Todavía no hay ninguna versión", "No version yet"),
    "models.none_text": Text(
        "Ninguna noche ha puntuado y ninguna versión se ha registrado: `mammo model package`.",
        "No night has scored and no version was registered: `mammo model package`.",
    ),
    "models.versions": Text("Versiones", "Versions"),
    "models.version": Text("Versión", "Version"),
    "models.state": Text("Estado", "State"),
    "models.status": Text("Red", "Network"),
    "models.exams": Text("Exámenes con puntaje", "Exams scored"),
    "models.registered": Text("Registrada", "Registered"),
    "models.reports": Text("Informes", "Reports"),
    "model_state.serving": Text("en servicio", "serving"),
    "model_state.former": Text("anterior", "former"),
    "model_state.candidate": Text("candidata", "candidate"),
    "model_state.packaged": Text("empaquetada", "packaged"),
    "model_status.trained": Text("entrenada", "trained"),
    "model_status.untrained": Text("sin entrenar", "untrained"),
    "models.moves": Text("Quién cambió qué", "Who moved what"),
    "models.no_moves": Text(
        "Nunca se cambió de versión: se sirve la primera.",
        "No version was ever moved: the first one is served.",
    ),
    "models.when": Text("Cuándo", "When"),
    "models.what": Text("Qué", "What"),
    "models.who": Text("Quién", "Who"),
    "models.evidence": Text("Evidencia", "Evidence"),
    "models.override": Text("Motivo para no seguir las reglas", "Why rules were overruled"),
    "models.move": Text("{action}: {former} → {version}", "{action}: {former} → {version}"),
    "model_action.promote": Text("promoción", "promotion"),
    "model_action.rollback": Text("vuelta atrás", "rollback"),
    "models.gate": Text(
        "La compuerta de la versión {version}", "The gate of version {version}"
    ),
    "models.gate_note": Text(
        "Una versión se promueve solo si se cumplen todas, o con un motivo que queda escrito.",
        "A version is promoted only where all hold, or with a reason that is recorded.",
    ),
    "models.rule": Text("Regla", "Rule"),
    "models.figure": Text("Cifra", "Figure"),
    "models.asks": Text("Exige", "Asks"),
    "models.holds": Text("Se cumple", "Holds"),
    "models.yes": Text("sí", "yes"),
    "models.no": Text("no", "no"),
    "models.served_now": Text(
        "Es la versión en servicio: nada que probar.",
        "It is the served version: there is nothing to prove.",
    ),
    "models.unregistered": Text(
        "Esta versión no está registrada: `mammo model verify {version}`.",
        "This version is not registered: `mammo model verify {version}`.",
    ),
    "models.shadow": Text("Noches puntuadas por versión", "Nights scored by each version"),
    "models.shadow_note": Text(
        "Exámenes de cada lista con puntaje de cada versión; una sombra no cambia listas.",
        "Exams of each list with a score of each version; a shadow changes no list.",
    ),
    "models.list_date": Text("Lista", "List"),
    "models.listed": Text("En la lista", "On the list"),
    "models.drift": Text(
        "Deriva de los puntajes por fabricante y semana, versión {version}",
        "Drift of scores by manufacturer and week, version {version}",
    ),
    "models.drift_note": Text(
        "Cada semana, desde el lunes, frente a los {days} días anteriores del mismo "
        "fabricante: índice de estabilidad (PSI) del puntaje del examen. Se movió donde el "
        "PSI pasa de {psi} y la prueba de Kolmogórov-Smirnov da p menor que {p}. Sin cifra "
        "con menos de {recent} exámenes en la semana o {reference} antes. No usa la verdad: "
        "dice que algo cambió, no que empeoró.",
        "Each week, from Monday, against the same manufacturer's {days} days before it: "
        "stability index (PSI) of the exam score. It moved where the PSI is over {psi} and the "
        "Kolmogorov-Smirnov test gives a p under {p}. No figure with fewer than {recent} exams "
        "in the week or {reference} before. It knows no truth: it says that something changed, "
        "not that it became worse.",
    ),
    "models.week": Text("semana del", "week of"),
    "models.week_of": Text("PSI, semana del", "PSI, week of"),
    "models.median_score": Text("mediana del puntaje", "median score"),
    "models.moved": Text("se movió", "moved"),
    "models.no_weeks": Text(
        "Esta versión todavía no puntuó ningún examen con fecha.",
        "This version has scored no dated exam yet.",
    ),
    "models.nights_told": Text("Lo que informaron las noches", "What nights told"),
    "models.no_drift": Text(
        "Ninguna de las últimas noches informó deriva.",
        "None of the last nights told of drift.",
    ),
    "models.comparison": Text(
        "Comparación: {candidate} frente a {serving}",
        "Comparison: {candidate} against {serving}",
    ),
    "models.no_comparison": Text(
        "Sin comparación: `mammo model shadow {version}` y `mammo model compare {version}`.",
        "No comparison: `mammo model shadow {version}`, then `mammo model compare {version}`.",
    ),
    "models.card": Text("Ficha de la versión {version}", "Model card of version {version}"),
}
