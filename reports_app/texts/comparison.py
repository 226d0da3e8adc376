"""Texts of a comparison of two model versions: the file that is sent, and the models page."""

from reports_app.texts.catalogue import Text

COMPARISON = {
    "comparison.title": Text(
        "Versión {candidate} frente a la versión {serving}",
        "Version {candidate} against version {serving}",
    ),
    "comparison.made": Text("Informe", "Report"),
    "comparison.notice": Text(
        "Software de investigación, no es un dispositivo médico: no apto para uso clínico.",
        "Research software, not a medical device: not for clinical use.",
    ),
    "comparison.exams": Text("Exámenes comparados", "Exams compared"),
    "comparison.truth": Text("De ellos con verdad conocida", "Of them with known truth"),
    "comparison.cancers": Text("De ellos con cáncer", "Of them with cancer"),
    "comparison.candidate": Text("Candidata (v{version})", "Candidate (v{version})"),
    "comparison.serving": Text("En servicio (v{version})", "Serving (v{version})"),
    "comparison.difference": Text("Diferencia (IC 95 %)", "Difference (95% CI)"),
    "comparison.interval": Text("{value} ({low} a {high})", "{value} ({low} to {high})"),
    "comparison.measure": Text("Medida", "Measure"),
    "comparison.value": Text("Valor", "Value"),
    "comparison.discrimination": Text("Discriminación", "Discrimination"),
    "comparison.discrimination_note": Text(
        "Mismos exámenes, intervalo de DeLong agrupado por mujer. No es inferior si el extremo "
        "inferior queda sobre {margin}.",
        "The same exams, DeLong's interval clustered by woman. It is not inferior if the lower "
        "end lies above {margin}.",
    ),
    "comparison.no_auc": Text(
        "No calculable: se necesitan al menos dos cánceres y dos exámenes sin cáncer de verdad "
        "conocida.",
        "Not computable: at least two cancers and two other exams of known truth are needed.",
    ),
    "comparison.auc": Text("AUC", "AUC"),
    "comparison.roc": Text("Curvas ROC", "ROC curves"),
    "comparison.points": Text("En los puntos de operación", "At the operating points"),
    "comparison.points_note": Text(
        "Cada versión con su propio umbral, sobre los mismos exámenes.",
        "Each version at its own threshold, on the same exams.",
    ),
    "comparison.no_points": Text(
        "Las versiones no tienen ningún punto de operación en común.",
        "The versions have no operating point in common.",
    ),
    "comparison.sensitivity": Text("Sensibilidad", "Sensitivity"),
    "comparison.false_positive_rate": Text("Falsos positivos", "False positives"),
    "comparison.recall_rate": Text("Tasa de rellamada", "Recall rate"),
    "comparison.list": Text("La lista", "The list"),
    "comparison.list_note": Text(
        "Qué cambiaría en el orden de lectura, aunque no se conozca la verdad.",
        "What would change in the order of reading, even where the truth is not known.",
    ),
    "comparison.displacement": Text(
        "Desplazamiento en la lista (mediana; p90; máximo)",
        "Places moved, of the list (median; p90; largest)",
    ),
    "comparison.spearman": Text("Correlación de Spearman", "Spearman's correlation"),
    "comparison.moved": Text("Exámenes que cambian de banda", "Exams that change band"),
    "comparison.moved_far": Text("Por tres bandas o más", "By three bands or more"),
    "comparison.top_changed": Text(
        "Décimo superior: exámenes que cambian", "Top decile: exams exchanged"
    ),
    "comparison.top_of": Text("{share} de {n}", "{share} of {n}"),
    "comparison.leaving": Text(
        "Cánceres conocidos que salen del décimo superior",
        "Known cancers that leave the top decile",
    ),
    "comparison.entering": Text(
        "Cánceres conocidos que entran en él", "Known cancers that enter it"
    ),
    "comparison.leaving_keys": Text(
        "Salen del décimo superior: {keys}.", "They leave the top decile: {keys}."
    ),
    "comparison.bands": Text(
        "Exámenes por banda: filas en servicio, columnas candidata",
        "Exams by band: rows serving, columns candidate",
    ),
    "comparison.band": Text("Banda", "Band"),
    "comparison.moves": Text("Cuánto se mueven los exámenes", "How far exams move"),
    "comparison.moves_x": Text(
        "Lugares, como parte de la lista", "Places, as share of the list"
    ),
    "comparison.moves_y": Text("Exámenes", "Exams"),
    "comparison.both": Text("Exámenes comparados", "Exams compared"),
    "comparison.shift": Text("Distribución de los puntajes", "Distribution of scores"),
    "comparison.shift_note": Text(
        "Sin verdad: dice que algo cambió, no que empeoró. PSI bajo 0,1 se llama estable; "
        "sobre 0,25, desplazado.",
        "Without truth: it says that something changed, not that it became worse. A PSI below "
        "0.1 is called stable, above 0.25 shifted.",
    ),
    "comparison.calibrated_score": Text("Puntaje calibrado", "Calibrated score"),
    "comparison.exam_score": Text("Puntaje de la red", "Network's score"),
    "comparison.share_below": Text("Exámenes hasta ahí", "Exams up to it"),
    "comparison.subgroups": Text("Por fabricante y edad", "By manufacturer and age"),
    "comparison.subgroups_note": Text(
        "La diferencia de AUC se calcula donde hay suficientes cánceres y otros exámenes.",
        "The AUC difference is computed where there are cancers and other exams enough.",
    ),
    "comparison.group": Text("Grupo", "Group"),
    "comparison.group_exams": Text("Exámenes", "Exams"),
    "comparison.group_cancers": Text("Cánceres", "Cancers"),
    "comparison.group_auc": Text("Diferencia de AUC (IC 95 %)", "AUC difference (95% CI)"),
    "comparison.group_moved": Text("Cambian de banda", "Change band"),
    "comparison.psi": Text("PSI", "PSI"),
    "comparison.ks": Text("KS (p)", "KS (p)"),
    "comparison.age": Text("Edad", "Age"),
    "comparison.manufacturer": Text("Fabricante", "Manufacturer"),
}
