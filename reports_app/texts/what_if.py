"""Texts of the page on other ways of reading."""

from reports_app.texts.catalogue import Text

WHAT_IF = {
    "what_if.title": Text("¿Y si…?", "What if…?"),
    "what_if.lead": Text(
        "Otras formas de leer, aplicadas a los exámenes pasados del programa: a sus puntajes, "
        "sus lecturas y lo que después se supo. No predice y no cambia nada.",
        "Other ways of reading, applied to the programme's past exams: to their scores, their "
        "readings and what became known later. It predicts nothing and changes nothing.",
    ),
    "what_if.rests": Text(
        "Descansa en {n} exámenes con puntaje, lectura y resultado conocidos, de {n_scored} "
        "con puntaje; cánceres: {n_cancers}.",
        "Rests on {n} exams with known score, reading and result, of {n_scored} scored; "
        "cancers: {n_cancers}.",
    ),
    "what_if.missing": Text(
        "Todavía no se puede calcular. Hacen falta al menos 5 cánceres hallados en exámenes "
        "con puntaje, lectura y resultado conocidos (mammo outcomes import los importa). "
        "Exámenes que cuentan hoy: {n} de {n_scored} con puntaje.",
        "Not computable yet. At least 5 cancers found are needed among exams with known score, "
        "reading and result (mammo outcomes import brings them in). Exams that count "
        "today: {n} of {n_scored} scored.",
    ),
    "what_if.caveats": Text(
        "De cada examen se conoce una lectura: se supone que una segunda coincide. El puntaje "
        "es el del modelo vigente, que nadie vio al leer. Donde el modelo se ajustó con estos "
        "mismos exámenes, el resultado es demasiado bueno. Los recuentos avanzan de a cinco o "
        "más, sin adelantarse nunca a la realidad, para que ninguno hable de una persona.",
        "One reading of each exam is known: a second is taken to agree. The score is the "
        "serving model's, which nobody saw when reading. Where the model was fitted on these "
        "same exams, the answer is too good. Counts move in steps of five or more, never ahead "
        "of the truth, so that none tells of a person.",
    ),
    "what_if.policies": Text("Forma de leer", "Way of reading"),
    "what_if.today": Text("Hoy cada examen se lee", "Today each exam is read"),
    "what_if.today_1": Text("una vez", "once"),
    "what_if.today_2": Text("dos veces", "twice"),
    "what_if.share": Text(
        "Corte de la lista, en % de los exámenes desde el puntaje más alto",
        "Cut of the list, in % of the exams from the highest score",
    ),
    "what_if.used": Text(
        "Corte: el {share} de los exámenes (probabilidad calibrada de {score} o más). "
        "En el ensayo: {trial}.",
        "Cut: {share} of the exams (calibrated probability of {score} or more). "
        "In the trial: {trial}.",
    ),
    "what_if.used_none": Text(
        "Corte: ningún examen. En el ensayo: {trial}.", "Cut: no exam. In the trial: {trial}."
    ),
    "what_if.link": Text("Enlace a esta respuesta", "Link to this answer"),
    "what_if.curve": Text("La curva", "The curve"),
    "what_if.all": Text(
        "Las cinco formas, con el corte de su ensayo",
        "The five ways, each with its trial's cut",
    ),
    "what_if.points": Text("Puntos de operación del modelo", "The model's operating points"),
    "what_if.everywhere": Text("Todo el programa", "The whole programme"),
    "what_if.no_points": Text(
        "El modelo vigente no trae puntos de operación.",
        "The serving model brings no operating points.",
    ),
    "point.sensitivity_90": Text("90 % de sensibilidad", "90% sensitivity"),
    "point.specificity_90": Text("90 % de especificidad", "90% specificity"),
    "point.specificity_95": Text("95 % de especificidad", "95% specificity"),
    "point.recall": Text("Tasa de rellamada", "Recall rate"),
    "what_if.change": Text("Hoy {n} · cambio {change}", "Today {n} · change {change}"),
    "what_if.under": Text("Menos de {n} de {of}", "Fewer than {n} of {of}"),
    "policy.order_only": Text("Solo ordenar", "Order only"),
    "policy.masai": Text("MASAI", "MASAI"),
    "policy.praim": Text("PRAIM", "PRAIM"),
    "policy.screentrustcad": Text("ScreenTrust", "ScreenTrust"),
    "policy.aitic": Text("AITIC", "AITIC"),
    "policy_rule.order_only": Text(
        "Todos los exámenes se leen como hoy, primero los de puntaje más alto. La curva "
        "muestra qué parte de los cánceres está antes del corte.",
        "Every exam is read as today, the highest scores first. The curve shows what share of "
        "the cancers lies above the cut.",
    ),
    "policy_rule.masai": Text(
        "Los exámenes sobre el corte se leen dos veces, los demás una (ensayo MASAI, Suecia: "
        "44 % menos lecturas, detección igual o mejor). Con una sola lectura conocida no se "
        "sabe qué habría aportado la segunda: se muestra cuántos cánceres la perderían.",
        "Exams above the cut are read twice, the others once (MASAI trial, Sweden: 44% fewer "
        "reads, detection equal or better). With one known reading, what the second would have "
        "added cannot be told: shown is how many cancers would lose it.",
    ),
    "policy_rule.praim": Text(
        "Todos se leen como hoy; sobre el corte, una red de seguridad pide volver a mirar lo "
        "que la lectura dejó pasar (estudio PRAIM, Alemania: 6,7 contra 5,7 cánceres por "
        "1 000). Se supone que el aviso siempre se sigue.",
        "All are read as today; above the cut, a safety net asks for another look at what the "
        "reading let pass (PRAIM study, Germany: 6.7 against 5.7 cancers per 1 000). The "
        "warning is taken to be always followed.",
    ),
    "policy_rule.screentrustcad": Text(
        "Una persona y la IA leen cada examen; la IA pide más estudio sobre el corte (estudio "
        "ScreenTrustCAD, Suecia: 261 contra 250 cánceres). Se supone que todo lo que la IA "
        "señala se vuelve a citar.",
        "A person and the AI read each exam; the AI recalls above the cut (ScreenTrustCAD "
        "study, Sweden: 261 against 250 cancers). All that the AI flags is taken "
        "to be recalled.",
    ),
    "policy_rule.aitic": Text(
        "Lo que queda bajo el corte no lo lee nadie (ensayo AITIC, España: 63,6 % menos "
        "lecturas; no inferioridad en rellamadas no demostrada). Smart Mammo no lo hace: "
        "ordena y nunca quita un examen.",
        "What lies below the cut is read by nobody (AITIC trial, Spain: 63.6% fewer reads; "
        "non-inferiority in recalls not met). Smart Mammo does not do this: it orders and "
        "never removes an exam.",
    ),
    "kpi.wi_reads": Text("Lecturas", "Reads"),
    "kpi.wi_reads_definition": Text(
        "Lecturas de personas, sin arbitrajes.", "Reads by people, arbitration left out."
    ),
    "kpi.wi_lost": Text("Cánceres que se perderían", "Cancers that would be lost"),
    "kpi.wi_lost_definition": Text(
        "Cánceres que la lectura halló y que de esta forma no se hallarían ÷ los que halló.",
        "Cancers that the reading found and that this way would not ÷ those it found.",
    ),
    "kpi.wi_gained": Text("Cánceres que se ganarían", "Cancers that would be gained"),
    "kpi.wi_gained_definition": Text(
        "Cánceres que la lectura dejó pasar y que de esta forma se rellamarían ÷ los que dejó "
        "pasar.",
        "Cancers that the reading let pass and that this way would recall ÷ those it let pass.",
    ),
    "kpi.wi_gained_missing": Text(
        "al menos 5 cánceres que la lectura dejó pasar",
        "at least 5 cancers that the reading let pass",
    ),
    "kpi.wi_recalls": Text("Rellamadas", "Recalls"),
    "kpi.wi_recalls_definition": Text(
        "Exámenes que se rellamarían; el cambio es por mil exámenes.",
        "Exams that would be recalled; the change is per 1 000 exams.",
    ),
    "kpi.wi_above": Text("Cánceres sobre el corte", "Cancers above the cut"),
    "kpi.wi_above_definition": Text(
        "Cánceres entre los exámenes sobre el corte ÷ todos los cánceres.",
        "Cancers among the exams above the cut ÷ all cancers.",
    ),
    "kpi.wi_above_benchmark": Text(
        "Noruega, primer 10 %: 90,7 % de los hallados, 39,9 % de los de intervalo",
        "Norway, top 10%: 90.7% of those found, 39.9% of interval cancers",
    ),
    "kpi.wi_read_less": Text("Cánceres con una lectura menos", "Cancers with a read fewer"),
    "kpi.wi_read_less_definition": Text(
        "Cánceres en exámenes que se leerían menos veces que hoy ÷ todos los cánceres.",
        "Cancers in exams that would be read fewer times than today ÷ all cancers.",
    ),
    "kpi.wi_waiting": Text("Espera de los cánceres", "Waiting of cancers"),
    "kpi.wi_waiting_definition": Text(
        "Días del examen a la lectura si en cada día del pasado se hubieran leído tantos "
        "exámenes como se leyeron, en el orden de la lista. Incluye la regla de antigüedad.",
        "Days from exam to reading if on each past day as many exams had been read as were, in "
        "the list's order. The ageing rule is included.",
    ),
    "kpi.wi_waiting_missing": Text(
        "fechas de lectura de al menos 5 cánceres", "reading dates of at least 5 cancers"
    ),
    "what_if.by_arrival": Text(
        "Por llegada: mediana {median} · p90 {p90}", "By arrival: median {median} · p90 {p90}"
    ),
    "what_if.by_list": Text("p90 {p90} · n {n}", "p90 {p90} · n {n}"),
    "what_if.moved": Text(
        "Antes: {sooner} · después: {later}", "Sooner: {sooner} · later: {later}"
    ),
    "unit.cancers": Text("cánceres", "cancers"),
    "axis.cut": Text("Corte, % de los exámenes", "Cut, % of exams"),
    "axis.cancers_found": Text("Cánceres, % de todos", "Cancers, % of all"),
    "figure.found_today": Text("Hallados hoy", "Found today"),
    "alt.what_if": Text(
        "Curva: {policy}, cánceres según el corte; en el {share}, {value} (IC 95 % {low} a "
        "{high}).",
        "Curve: {policy}, cancers by cut; at {share}, {value} (95% CI {low} to {high}).",
    ),
    "table.policy": Text("Forma de leer", "Way of reading"),
    "table.cut": Text("Corte", "Cut"),
    "table.reads": Text("Lecturas", "Reads"),
    "table.reads_change": Text("Cambio", "Change"),
    "table.lost": Text("Se pierden", "Lost"),
    "table.gained": Text("Se ganan", "Gained"),
    "table.recalls": Text("Rellamadas por mil", "Recalls per 1 000"),
    "table.cancers_found": Text("Cánceres hallados", "Cancers found"),
    "table.point": Text("Punto", "Point"),
    "table.threshold": Text("Umbral", "Threshold"),
    "table.scope": Text("Vale para", "Holds for"),
    "table.sensitivity_then": Text("Sensibilidad al elegirlo", "Sensitivity when chosen"),
    "table.specificity_then": Text("Especificidad al elegirlo", "Specificity when chosen"),
    "table.above_here": Text("Exámenes sobre él, aquí", "Exams above it, here"),
    "table.cancers_here": Text("Cánceres sobre él, aquí", "Cancers above it, here"),
}
