"""Texts of what is written to take away: reports and statistics."""

from reports_app.texts.catalogue import Text

REPORTS = {
    "report.exam_title": Text("Resultado del examen {key}", "Result of exam {key}"),
    "report.campaign_title": Text("Informe de la campaña", "Report of the campaign"),
    "report.made": Text("Puntuado el {moment}", "Scored on {moment}"),
    "report.calibration_words": Text(
        "{name}: {n} exámenes, {n_cancers} con cáncer ({data})",
        "{name}: {n} exams, {n_cancers} with cancer ({data})",
    ),
    "report.breast": Text("Mama", "Breast"),
    "report.image": Text("Imagen", "Image"),
    "report.score": Text("Puntaje", "Score"),
    "report.finding": Text("Hallazgo o motivo", "Finding or reason"),
    "report.regions": Text("Regiones", "Regions"),
    "report.quality": Text("Calidad", "Quality"),
    "report.no_picture": Text("Sin imagen guardada", "No stored image"),
    "report.pseudonym": Text(
        "La clave es un seudónimo: este informe no dice de quién es el examen.",
        "The key is a pseudonym: this report does not say whose exam it is.",
    ),
    "report.indicators": Text("Indicadores", "Indicators"),
    "report.filter": Text("Parte del programa: {part}", "Part of the programme: {part}"),
    "report.everything": Text("toda la campaña", "the whole campaign"),
    "report.as_of": Text(
        "Datos hasta la noche del {moment}", "Data as of the night of {moment}"
    ),
    "report.no_night": Text("Aún no hay noches.", "No night yet."),
    "report.chosen_plots": Text("Figuras", "Figures"),
    "report.states": Text("Objetos por estado", "Objects by state"),
    "report.weeks": Text("Exámenes por semana", "Exams by week"),
    "report.bands": Text("Exámenes por banda", "Exams by band"),
    "statistics.indicator": Text("Indicador", "Indicator"),
    "statistics.name": Text("Nombre", "Name"),
    "statistics.definition": Text("Definición", "Definition"),
    "statistics.state": Text("Estado", "State"),
    "statistics.n_events": Text("Numerador", "Numerator"),
    "statistics.n": Text("Denominador", "Denominator"),
    "statistics.value": Text("Valor", "Value"),
    "statistics.low": Text("IC 95 % inferior", "95% CI low"),
    "statistics.high": Text("IC 95 % superior", "95% CI high"),
    "statistics.benchmark": Text("Referencia", "Benchmark"),
    "statistics.benchmark_source": Text("Fuente de la referencia", "Benchmark's source"),
    "statistics.missing": Text("Qué falta", "What is missing"),
    "statistics.scale": Text("Escala", "Scale"),
    "statistic_state.shown": Text("calculado", "computed"),
    "statistic_state.hidden": Text("oculto (menos de 5)", "hidden (fewer than 5)"),
    "statistic_state.missing": Text("no calculable", "not computable"),
}
