"""Texts of the programme's indicators: name, definition, benchmark; and what each may lack."""

from reports_app.texts.catalogue import Text

_DEFINED = {
    "recall_rate": (
        Text("Tasa de rellamada", "Recall rate"),
        Text(
            "Exámenes cuya lectura pide más estudio (o BI-RADS 0, 4, 5) ÷ exámenes leídos.",
            "Exams whose reading asks for more (or BI-RADS 0, 4, 5) ÷ exams read.",
        ),
        Text("UE, primera ronda, menos de 7 %", "EU, initial screen, under 7%"),
    ),
    "recall_first": (
        Text("Rellamada, primer tamizaje", "Recall, first screen"),
        Text(
            "Rellamadas ÷ exámenes leídos de quienes se tamizan por primera vez.",
            "Recalls ÷ exams read of women at their first screen.",
        ),
        Text("UE menos de 7 %; deseable 5 %", "EU under 7%; desirable 5%"),
    ),
    "recall_subsequent": (
        Text("Rellamada, siguientes", "Recall, later screens"),
        Text(
            "Rellamadas ÷ exámenes leídos de quienes ya se habían tamizado.",
            "Recalls ÷ exams read of women screened before.",
        ),
        Text("UE menos de 5 %; deseable 3 %", "EU under 5%; desirable 3%"),
    ),
    "detection_rate": (
        Text("Detección de cáncer", "Cancer detection"),
        Text(
            "Exámenes rellamados con cáncer probado (invasor o in situ) por mil leídos.",
            "Exams recalled with proven cancer (invasive or DCIS) per 1 000 read.",
        ),
        Text("BCSC 5,1 por mil", "BCSC 5.1 per 1 000"),
    ),
    "invasive_detection_rate": (
        Text("Detección de invasores", "Invasive detection"),
        Text(
            "Exámenes rellamados con cáncer invasor por mil leídos.",
            "Exams recalled with invasive cancer per 1 000 read.",
        ),
        None,
    ),
    "ppv1": (
        Text("VPP1", "PPV1"),
        Text(
            "Cánceres ÷ rellamadas cuyo resultado se conoce.",
            "Cancers ÷ recalls whose result is known.",
        ),
        Text("BCSC 4,4 %", "BCSC 4.4%"),
    ),
    "ppv2": (
        Text("VPP2", "PPV2"),
        Text(
            "Cánceres ÷ biopsias recomendadas con resultado.",
            "Cancers ÷ biopsies recommended, with a result.",
        ),
        Text("BCSC 25,6 %", "BCSC 25.6%"),
    ),
    "ppv3": (
        Text("VPP3", "PPV3"),
        Text(
            "Cánceres ÷ biopsias hechas con resultado.",
            "Cancers ÷ biopsies done, with a result.",
        ),
        Text("BCSC 28,6 %", "BCSC 28.6%"),
    ),
    "sensitivity": (
        Text("Sensibilidad del programa", "Programme sensitivity"),
        Text(
            "Cánceres rellamados ÷ cánceres de exámenes leídos, también los de intervalo; de "
            "exámenes de hace un año o más.",
            "Cancers recalled ÷ cancers of exams read, interval cancers included; of exams a "
            "year old or older.",
        ),
        Text("BCSC 86,9 %", "BCSC 86.9%"),
    ),
    "specificity": (
        Text("Especificidad del programa", "Programme specificity"),
        Text(
            "No rellamadas ÷ exámenes sin cáncer: estudiados, o con 12 meses de seguimiento; "
            "de exámenes de hace un año o más.",
            "Not recalled ÷ exams without cancer: assessed, or followed for 12 months; of "
            "exams a year old or older.",
        ),
        Text("BCSC 88,9 %", "BCSC 88.9%"),
    ),
    "interval_rate": (
        Text("Cánceres de intervalo", "Interval cancers"),
        Text(
            "Cánceres tras un tamizaje negativo por mil negativos seguidos 12 meses.",
            "Cancers after a negative screen per 1 000 negatives followed for 12 months.",
        ),
        Text("BCSC 0,8 por mil", "BCSC 0.8 per 1 000"),
    ),
    "small_tumours": (
        Text("Invasores ≤ 10 mm", "Invasive ≤ 10 mm"),
        Text(
            "Invasores de hasta 10 mm ÷ invasores de tamaño conocido.",
            "Invasive cancers up to 10 mm ÷ those of known size.",
        ),
        Text("UE al menos 25 %", "EU at least 25%"),
    ),
    "large_tumours": (
        Text("Invasores > 20 mm", "Invasive > 20 mm"),
        Text(
            "Invasores de más de 20 mm ÷ invasores de tamaño conocido.",
            "Invasive cancers above 20 mm ÷ those of known size.",
        ),
        None,
    ),
    "minimal_cancers": (
        Text("Cánceres mínimos", "Minimal cancers"),
        Text(
            "In situ, o invasores de hasta 10 mm ÷ cánceres de tamaño conocido.",
            "DCIS, or invasive up to 10 mm ÷ cancers of known size.",
        ),
        None,
    ),
    "node_negative": (
        Text("Ganglios negativos", "Node-negative"),
        Text(
            "Cánceres sin ganglios ÷ cánceres con ganglios estudiados.",
            "Cancers without nodes ÷ cancers whose nodes are known.",
        ),
        Text("UE más de 70 %", "EU above 70%"),
    ),
    "benign_biopsies": (
        Text("Biopsias abiertas benignas", "Benign open biopsies"),
        Text(
            "Biopsias abiertas benignas ÷ biopsias abiertas; una benigna por dos malignas es "
            "33 %.",
            "Benign open biopsies ÷ open biopsies; one benign for two malignant is 33%.",
        ),
        Text("UE hasta 1:2; deseable 1:4", "EU up to 1:2; desirable 1:4"),
    ),
    "mastectomy": (
        Text("Mastectomía", "Mastectomy"),
        Text(
            "Cánceres tratados con mastectomía ÷ cánceres con cirugía conocida.",
            "Cancers treated by mastectomy ÷ cancers of known surgery.",
        ),
        None,
    ),
    "technical_recall": (
        Text("Repetición técnica", "Technical recall"),
        Text(
            "Exámenes repetidos por causa técnica ÷ exámenes con ese dato.",
            "Exams repeated for technical reasons ÷ exams with that fact.",
        ),
        Text("NHS hasta 3 %", "NHS up to 3%"),
    ),
    "ges_diagnosis": (
        Text("GES: diagnóstico", "GES: diagnosis"),
        Text(
            "Sospechas diagnosticadas en 45 días ÷ diagnosticadas, o con más de 45 días de "
            "espera.",
            "Suspicions diagnosed within 45 days ÷ diagnosed, or waiting over 45 days.",
        ),
        Text("garantía GES: todas en 45 días", "GES guarantee: all within 45 days"),
    ),
    "ges_staging": (
        Text("GES: etapificación", "GES: staging"),
        Text(
            "Cánceres etapificados en 45 días desde el diagnóstico ÷ etapificados.",
            "Cancers staged within 45 days of diagnosis ÷ staged.",
        ),
        Text("garantía GES: todos en 45 días", "GES guarantee: all within 45 days"),
    ),
    "top_tenth": (
        Text("Cánceres en el 10 % superior", "Cancers in the top 10%"),
        Text(
            "Cánceres entre el 10 % de exámenes de mayor puntaje ÷ cánceres con puntaje.",
            "Cancers among the 10% of exams that score highest ÷ cancers with a score.",
        ),
        Text("Noruega 90,7 %", "Norway 90.7%"),
    ),
    "turnaround": (
        Text("Del examen a la lectura", "Exam to reading"),
        Text("Días del examen a la lectura (mediana).", "Days from exam to reading (median)."),
        Text("Hospital Digital, 3 días en promedio", "Hospital Digital, 3 days on average"),
    ),
    "to_diagnosis": (
        Text("De la sospecha al diagnóstico", "Suspicion to diagnosis"),
        Text("Días (mediana), reloj GES.", "Days (median), the GES clock."),
        Text("45 días", "45 days"),
    ),
    "to_staging": (
        Text("Del diagnóstico a la etapa", "Diagnosis to staging"),
        Text("Días (mediana), reloj GES.", "Days (median), the GES clock."),
        Text("45 días", "45 days"),
    ),
    "to_treatment": (
        Text("Del examen al tratamiento", "Exam to treatment"),
        Text("Días (mediana).", "Days (median)."),
        None,
    ),
    "backlog": (
        Text("Sin leer", "Unread"),
        Text(
            "Exámenes sin lectura registrada; la edad del más antiguo en días.",
            "Exams without a recorded reading; the age of the oldest in days.",
        ),
        None,
    ),
    "coverage": (
        Text("Cobertura", "Coverage"),
        Text(
            "Mujeres con mamografía en el período ÷ población objetivo de sus comunas.",
            "Women with a mammogram in the period ÷ target population of their comunas.",
        ),
        Text("Chile 37,4 %; meta 70 %", "Chile 37.4%; goal 70%"),
    ),
    "participation": (
        Text("Participación", "Participation"),
        Text("Mujeres tamizadas ÷ invitadas.", "Women screened ÷ invited."),
        Text("UE más de 70 %", "EU above 70%"),
    ),
}

_NAMED = {f"kpi.{name}": texts[0] for name, texts in _DEFINED.items()}
_DEFINITIONS = {f"kpi.{name}_definition": texts[1] for name, texts in _DEFINED.items()}
_BENCHMARKS = {
    f"kpi.{name}_benchmark": texts[2] for name, texts in _DEFINED.items() if texts[2]
}

_OTHERS = {
    "need.is_recalled": Text("lecturas", "readings"),
    "need.is_first_screen": Text("si es el primer tamizaje", "whether it is a first screen"),
    "need.is_cancer": Text(
        "resultados de patología o registro", "pathology or registry results"
    ),
    "need.is_invasive": Text("tipo de cáncer", "type of cancer"),
    "need.biopsy_recommended": Text("biopsias recomendadas", "biopsies recommended"),
    "need.biopsy_done": Text("biopsias hechas", "biopsies done"),
    "need.follow_up_months": Text("seguimiento de 12 meses", "12 months of follow-up"),
    "need.tumour_size_mm": Text("tamaño tumoral", "tumour size"),
    "need.is_node_positive": Text("estado ganglionar", "node status"),
    "need.is_open_biopsy": Text("tipo de biopsia", "kind of biopsy"),
    "need.is_mastectomy": Text("cirugía", "surgery"),
    "need.technical_recall": Text("repeticiones técnicas", "technical repeats"),
    "need.diagnosis_date": Text("fecha de diagnóstico", "date of diagnosis"),
    "need.staging_date": Text("fecha de etapificación", "date of staging"),
    "need.treatment_date": Text("fecha de tratamiento", "date of treatment"),
    "need.read_date": Text("fecha de lectura", "date of reading"),
    "need.events": Text("exámenes que cuenten", "exams that count"),
    "need.targets": Text("población objetivo por comuna", "target population by comuna"),
    "need.n_invited": Text("invitaciones por comuna", "invitations by comuna"),
    "need.comuna": Text("comuna de residencia", "comuna of residence"),
    "kpi.hidden": Text("Oculto", "Hidden"),
    "kpi.hidden_why": Text(
        "Son de 1 a 4 exámenes, o se deducirían de otros recuentos.",
        "1 to 4 exams, or they would follow from other counts.",
    ),
    "kpi.days": Text("{days} días", "{days} days"),
    "kpi.days_detail": Text(
        "p90 {p90} · máximo {longest} · n {n}", "p90 {p90} · longest {longest} · n {n}"
    ),
    "kpi.oldest": Text("El más antiguo: {days} días", "The oldest: {days} days"),
    "unit.women": Text("mujeres", "women"),
    "unit.per_1000": Text("por mil", "per 1\N{NO-BREAK SPACE}000"),
    "programme.title": Text("Indicadores del programa", "Programme indicators"),
    "programme.lead": Text(
        "Con n e intervalo de 95 % (Wilson; exacto con menos de diez). Los recuentos de 1 a 4 "
        "se ocultan, y los que permitirían deducirlos restando.",
        "With n and 95% interval (Wilson; exact under ten). Counts of 1 to 4 are hidden, and "
        "those that would give them away by subtraction.",
    ),
    "programme.rounded": Text(
        "Con un período o varios filtros a la vez, los recuentos de estos indicadores van al "
        "múltiplo de 5 más cercano. Se ocultan donde uno de los filtros solo ya está oculto, o "
        "donde lo que queda de él sería de 1 a 4: así no se deducen restando.",
        "With a period or several filters at once, the counts of these indicators go to the "
        "nearest five. They are hidden where one of the filters alone is hidden, or would be "
        "left with 1 to 4, so that no small count follows by subtraction.",
    ),
    "card.equity": Text("Equidad", "Equity"),
    "card.comunas": Text("Por comuna", "By comuna"),
    "card.trend": Text("Tendencia por semana", "Trend by week"),
    "card.categories": Text("BI-RADS y densidad", "BI-RADS and density"),
    "equity.indicator": Text("Indicador", "Indicator"),
    "equity.by": Text("Comparar por", "Compare by"),
    "equity.ratio": Text(
        "Peor: {worst} · mejor: {best} · peor ÷ mejor: {ratio}",
        "Worst: {worst} · best: {best} · worst ÷ best: {ratio}",
    ),
    "equity.no_ratio": Text(
        "Peor ÷ mejor no calculable: falta un segundo grupo visible.",
        "Worst ÷ best not computable: a second group to show is missing.",
    ),
    "equity.of": Text("Casos / n", "Cases / n"),
    "comuna.coverage": Text("Mujeres / meta", "Women / target"),
    "comuna.recall_rate": Text("Rellamadas / leídos", "Recalls / read"),
    "comuna.detection_rate": Text("Cánceres / leídos", "Cancers / read"),
    "programme.jump": Text("Ir a", "Go to"),
    "equity.value": Text("Valor", "Value"),
    "equity.interval": Text("IC 95 %", "95% CI"),
    "by.comuna": Text("Comuna", "Comuna"),
    "by.insurance_tier": Text("Previsión", "Insurance"),
    "by.is_mobile": Text("Móvil o fija", "Mobile or fixed"),
    "mobile.true": Text("Unidad móvil", "Mobile unit"),
    "mobile.false": Text("Sede fija", "Fixed site"),
    "filter.age": Text("Edad", "Age"),
    "filter.comuna": Text("Comuna", "Comuna"),
    "axis.week": Text("Semana que empieza", "Week beginning"),
    "axis.value": Text("Valor", "Value"),
    "alt.trend": Text(
        "Línea: {name} por semana, con intervalos de 95 %.",
        "Line: {name} by week, with 95% intervals.",
    ),
    "category.birads_assessment": Text("BI-RADS", "BI-RADS"),
    "category.breast_density": Text("Densidad", "Density"),
    "category.name": Text("Categoría", "Category"),
}

INDICATORS = _NAMED | _DEFINITIONS | _BENCHMARKS | _OTHERS
