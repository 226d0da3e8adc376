"""Texts of the campaign page: filters, indicators with their definitions, figures."""

from reports_app.texts.catalogue import Text

CAMPAIGN = {
    "campaign.title": Text("Campaña", "Campaign"),
    "campaign.filters": Text("Filtros", "Filters"),
    "filter.from": Text("Desde", "From"),
    "filter.to": Text("Hasta", "To"),
    "filter.site": Text("Sede", "Site"),
    "filter.manufacturer": Text("Fabricante", "Manufacturer"),
    "filter.all": Text("Todas", "All"),
    "filter.all_manufacturers": Text("Todos", "All"),
    "filter.clear": Text("Quitar filtros", "Clear filters"),
    "filter.day_note": Text(
        "El día es el del examen; si no se conoce, el de llegada del objeto.",
        "The day is the exam's; where unknown, the day on which the object arrived.",
    ),
    "filter.nothing": Text(
        "Ningún objeto de la campaña coincide con estos filtros.",
        "No object of the campaign matches these filters.",
    ),
    "filter.upside_down": Text(
        "El período termina antes de empezar.", "The period ends before it begins."
    ),
    "card.funnel": Text("Del objeto a la lectura", "From object to reading"),
    "card.funnel_reasons": Text("Qué queda en el camino", "What falls off on the way"),
    "funnel.step": Text("Paso", "Step"),
    "funnel.lost": Text("Quedan antes, y por qué", "Fell off before it, and why"),
    "funnel.objects": Text("Objetos", "Objects"),
    "funnel.images": Text("Imágenes de la campaña", "Images of the campaign"),
    "funnel.images_scored": Text("Imágenes con puntaje", "Images scored"),
    "funnel.exams": Text("Exámenes", "Exams"),
    "funnel.exams_scored": Text("Exámenes con puntaje", "Exams scored"),
    "funnel.exams_read": Text("… y leídos", "… and read"),
    "funnel.unread": Text("Sin leer", "Unread"),
    "alt.funnel": Text(
        "Barras: de {n_objects} objetos a {n_read} exámenes con puntaje y leídos.",
        "Bars: from {n_objects} objects to {n_read} exams scored and read.",
    ),
    "freshness.last_run": Text(
        "Última noche: {outcome}, {moment} (hora de Santiago), lista del {list_date}.",
        "Last night: {outcome}, {moment} (Santiago time), list of {list_date}.",
    ),
    "freshness.stale": Text(
        "Los datos tienen más de {hours} horas.", "The data are older than {hours} hours."
    ),
    "freshness.failure": Text(
        "La última noche falló: {failure}", "The last night failed: {failure}"
    ),
    "freshness.never": Text("Ninguna noche ha terminado.", "No night has ended."),
    "kpi.interval": Text("IC 95 % {low} a {high}", "95% CI {low} to {high}"),
    "kpi.of": Text("{n_events} de {n} {unit}", "{n_events} of {n} {unit}"),
    "kpi.not_computable": Text("No calculable", "Not computable"),
    "kpi.missing": Text("Falta: {what}", "Missing: {what}"),
    "kpi.definition": Text("Definición", "Definition"),
    "kpi.benchmark": Text("Referencia: {benchmark}", "Benchmark: {benchmark}"),
    "unit.exams": Text("exámenes", "exams"),
    "unit.objects": Text("objetos", "objects"),
    "kpi.exams": Text("Exámenes", "Exams"),
    "kpi.exams_definition": Text(
        "Visitas con al menos una mamografía en la campaña, con o sin puntaje.",
        "Visits with at least one mammogram in the campaign, scored or not.",
    ),
    "kpi.exams_detail": Text("Con puntaje: {scored}", "Scored: {scored}"),
    "kpi.exams_pending": Text("Pendientes: {pending}", "Pending: {pending}"),
    "kpi.exclusion": Text("Exclusión técnica", "Technical exclusion"),
    "kpi.exclusion_definition": Text(
        "Exámenes sin puntaje por una causa técnica ÷ exámenes procesados (con puntaje o no "
        "evaluables). Los pendientes no cuentan.",
        "Exams without a score for a technical reason ÷ exams processed (scored or "
        "unscorable). Pending ones do not count.",
    ),
    "kpi.exclusion_benchmark": Text("menos de 2 %", "under 2%"),
    "kpi.exclusion_missing": Text("exámenes procesados", "processed exams"),
    "kpi.complete": Text("Cuatro vistas", "Four views"),
    "kpi.complete_definition": Text(
        "Exámenes con puntaje en R-CC, L-CC, R-MLO y L-MLO ÷ exámenes con puntaje.",
        "Exams with a score in R-CC, L-CC, R-MLO and L-MLO ÷ scored exams.",
    ),
    "kpi.complete_missing": Text("exámenes con puntaje", "scored exams"),
    "kpi.rejected": Text("Objetos rechazados", "Objects rejected"),
    "kpi.rejected_definition": Text(
        "Objetos que no son una imagen de la campaña ÷ objetos del almacén.",
        "Objects that are not an image of the campaign ÷ objects of the bucket.",
    ),
    "kpi.rejected_missing": Text("objetos", "objects"),
    "kpi.waiting": Text("Espera (mediana)", "Waiting (median)"),
    "kpi.waiting_definition": Text(
        "Días desde el examen hasta la última lista, de los exámenes de esa lista.",
        "Days from the exam to the latest list, of the exams on that list.",
    ),
    "kpi.waiting_value": Text("{days} días", "{days} days"),
    "kpi.waiting_detail": Text(
        "p90 {p90} · máximo {longest} días", "p90 {p90} · longest {longest} days"
    ),
    "kpi.waiting_n": Text("{n} exámenes en la lista", "{n} exams on the list"),
    "kpi.waiting_missing": Text("exámenes en la lista", "exams on the list"),
    "kpi.to_score": Text("Del examen al puntaje", "Exam to score"),
    "kpi.to_score_definition": Text(
        "Horas desde la adquisición hasta el primer puntaje (mediana).",
        "Hours from acquisition to the first score (median).",
    ),
    "kpi.to_score_value": Text("{hours} h", "{hours} h"),
    "kpi.to_score_detail": Text("p90 {p90} h", "p90 {p90} h"),
    "kpi.to_score_n": Text("{n} exámenes con hora conocida", "{n} exams with a known time"),
    "kpi.to_score_missing": Text("hora de adquisición", "acquisition time"),
    "card.volumes": Text("Exámenes por día y sede", "Exams by day and site"),
    "card.sites": Text("Por sede", "By site"),
    "card.accounting": Text("Cuenta de todos los objetos", "Accounting of all objects"),
    "card.reasons": Text("Por qué no hay puntaje", "Why there is no score"),
    "card.scores": Text("Distribución del puntaje", "Score distribution"),
    "card.bands": Text("Distribución por banda", "Band distribution"),
    "card.groups": Text("Puntaje y banda por grupo", "Score and band by group"),
    "card.exclusion_manufacturer": Text(
        "Exclusión técnica por fabricante", "Technical exclusion by manufacturer"
    ),
    "card.exclusion_site": Text("Exclusión técnica por sede", "Technical exclusion by site"),
    "card.waiting": Text(
        "Días de espera en la última lista", "Days waiting on the latest list"
    ),
    "card.to_score": Text("Horas del examen al puntaje", "Hours from exam to score"),
    "by.label": Text("Agrupar por", "Group by"),
    "by.site": Text("Sede", "Site"),
    "by.manufacturer": Text("Fabricante", "Manufacturer"),
    "by.age_band": Text("Edad", "Age"),
    "table.state": Text("Estado y motivo", "State and reason"),
    "table.n": Text("n", "n"),
    "table.share": Text("%", "%"),
    "table.total": Text("Total", "Total"),
    "table.exams": Text("Exámenes", "Exams"),
    "table.scored": Text("Con puntaje", "Scored"),
    "table.excluded": Text("No evaluables", "Unscorable"),
    "table.waiting": Text("Espera", "Waiting"),
    "accounting.agrees": Text(
        "Cada objeto está en un solo estado; la suma coincide con la última noche ({total}).",
        "Each object is in exactly one state; the sum agrees with the last night ({total}).",
    ),
    "accounting.differs": Text(
        "Cada objeto está en un solo estado. La última noche contó {total}: el lago ha "
        "cambiado desde entonces.",
        "Each object is in exactly one state. The last night counted {total}: the lake has "
        "changed since.",
    ),
    "accounting.filtered": Text(
        "Cada objeto está en un solo estado; la suma es el total bajo estos filtros.",
        "Each object is in exactly one state; the sum is the total under these filters.",
    ),
    "axis.exams": Text("Exámenes", "Exams"),
    "axis.objects": Text("Objetos", "Objects"),
    "axis.day": Text("Día", "Day"),
    "axis.exam_score": Text("Puntaje del examen", "Exam score"),
    "axis.band": Text("Banda", "Band"),
    "axis.share": Text("% de los exámenes", "% of exams"),
    "axis.excluded": Text("% de exámenes excluidos", "% of exams excluded"),
    "axis.waiting_days": Text("Días de espera", "Days waiting"),
    "axis.hours": Text("Horas", "Hours"),
    "figure.other": Text("Otras", "Others"),
    "figure.expected": Text("esperado 10 % ± 2", "expected 10% ± 2"),
    "figure.benchmark": Text("referencia 2 %", "benchmark 2%"),
    "figure.ageing": Text("sube por espera", "moves up by waiting"),
    "figure.nothing": Text("Sin datos bajo estos filtros", "No data under these filters"),
    "age.under_40": Text("< 40", "< 40"),
    "age.40_49": Text("40\N{EN DASH}49", "40\N{EN DASH}49"),
    "age.50_59": Text("50\N{EN DASH}59", "50\N{EN DASH}59"),
    "age.60_69": Text("60\N{EN DASH}69", "60\N{EN DASH}69"),
    "age.70_over": Text("≥ 70", "≥ 70"),
    "alt.volumes": Text(
        "Barras: {n} exámenes entre el {first} y el {last}, por sede.",
        "Bars: {n} exams from {first} to {last}, by site.",
    ),
    "alt.reasons": Text(
        "Barras: objetos sin puntaje por motivo, {n} en total.",
        "Bars: objects without a score by reason, {n} in all.",
    ),
    "alt.scores": Text(
        "Histograma del puntaje de {n} exámenes.", "Histogram of the score of {n} exams."
    ),
    "alt.bands": Text(
        "Barras: parte de los {n} exámenes con puntaje en cada banda, con intervalos de 95 %.",
        "Bars: share of the {n} scored exams in each band, with 95% intervals.",
    ),
    "alt.group_scores": Text(
        "Cajas: puntaje de {n} exámenes por grupo.", "Boxes: score of {n} exams by group."
    ),
    "alt.group_bands": Text(
        "Mapa: parte de los exámenes de cada grupo en cada banda, {n} exámenes.",
        "Map: share of each group's exams in each band, {n} exams.",
    ),
    "alt.exclusion": Text(
        "Puntos: parte de exámenes excluidos por grupo, con intervalos de 95 %, {n} exámenes.",
        "Dots: share of exams excluded by group, with 95% intervals, {n} exams.",
    ),
    "alt.waiting": Text(
        "Histograma de los días de espera de {n} exámenes.",
        "Histogram of the days waiting of {n} exams.",
    ),
    "alt.to_score": Text(
        "Cajas: horas del examen al puntaje por sede, {n} exámenes.",
        "Boxes: hours from exam to score by site, {n} exams.",
    ),
}
