"""Texts of the pages on data sets and evaluations, and a report's words in Spanish.

Reports are written in English, to be sent and compared; a page shows them in its own language
as far as titles, table heads and axes go.
"""

from reports_app.texts.catalogue import Text

EVALUATION = {
    "nav.evaluations": Text("Evaluaciones", "Evaluations"),
    "evaluations.title": Text("Evaluaciones", "Evaluations"),
    "evaluations.none_title": Text("Todavía no hay evaluaciones", "No evaluation yet"),
    "evaluations.none_text": Text(
        "Evalúe una tabla de puntajes con `mammo evaluate` sin --out: el informe queda aquí.",
        "Evaluate a table of scores with `mammo evaluate` without --out, and it lands here.",
    ),
    "evaluations.list": Text("Informes", "Reports"),
    "evaluations.name": Text("Informe", "Report"),
    "evaluations.made_at": Text("Hecho", "Made"),
    "evaluations.counts": Text("Casos (con cáncer)", "Cases (with cancer)"),
    "evaluations.best": Text("Mejor sistema, AUC", "Best system, AUC"),
    "evaluations.sections": Text("Secciones del informe", "Sections of the report"),
    "evaluations.facts": Text("De qué trata", "What it is about"),
    "evaluations.checklist": Text("CLAIM y TRIPOD+AI", "CLAIM and TRIPOD+AI"),
    "evaluations.language": Text(
        "Los informes se escriben en inglés, para enviarlos y compararlos; aquí se traducen "
        "títulos, encabezados y ejes.",
        "Reports are written in English.",
    ),
    "evaluations.unreadable": Text(
        "{name}: no se puede leer su evaluation.json; vuelva a evaluar.",
        "{name}: its evaluation.json cannot be read; evaluate again.",
    ),
    "data_sets.title": Text("Conjuntos de datos", "Data sets"),
    "data_sets.none_title": Text("Todavía no hay conjuntos", "No data set yet"),
    "data_sets.none_text": Text(
        "Importe uno con `mammo import` y mírelo con `mammo explore`.",
        "Import one with `mammo import` and look at it with `mammo explore`.",
    ),
    "data_sets.list": Text("Conjuntos importados", "Imported sets"),
    "data_sets.name": Text("Conjunto", "Set"),
    "data_sets.kind": Text("Imagen", "Image"),
    "data_sets.images": Text("Imágenes", "Images"),
    "data_sets.patients": Text("Pacientes", "Patients"),
    "data_sets.state": Text("Exploración", "Exploration"),
    "data_sets.explored": Text("hecha", "done"),
    "data_sets.unexplored": Text(
        "falta: `mammo explore {name}`", "none: `mammo explore {name}`"
    ),
    "data_sets.copies": Text(
        "{n_equal} imágenes son iguales a otra; {n_pairs} pares son casi copias, "
        "{n_across_patients} entre pacientes y {n_across_splits} entre partes.",
        "{n_equal} images are equal to another; {n_pairs} pairs are near-copies, "
        "{n_across_patients} across patients and {n_across_splits} across splits.",
    ),
    "image_kind.film": Text("película", "film"),
    "image_kind.digital": Text("digital", "digital"),
    "data_sets.counts": Text("Cuántas imágenes de qué", "How many images of what"),
    "data_sets.tables": Text("Faltantes, tamaños, partes", "Gaps, sizes, splits"),
    "data_sets.gallery": Text("Como las ve la red", "As the network sees them"),
}

_SPANISH = {
    # sections
    "Calibration": "Calibración",
    "Comparison of pairs": "Comparación de pares",
    "Decision curve": "Curva de decisión",
    "Discrimination": "Discriminación",
    "External set": "Conjunto externo",
    "Failures": "Fallas",
    "Localisation": "Localización",
    "Operating points": "Puntos de operación",
    "Readers": "Lectores",
    "Repeatability": "Repetibilidad",
    "Rule-out and trial designs": "Descarte y diseños de ensayos",
    "Subgroups": "Subgrupos",
    "Triage": "Priorización",
    "Not in this report": "Lo que falta en este informe",
    # lines
    "chance": "azar",
    "marks": "marcas",
    "perfect": "perfecta",
    "recall all": "citar a todas",
    # tables
    "Breast level": "Nivel de mama",
    "Exam level": "Nivel de examen",
    "Image level": "Nivel de imagen",
    "Designs of published trials, replayed": "Diseños de ensayos publicados, repetidos",
    "Worst failures": "Peores fallas",
    "Missing values": "Valores faltantes",
    "Pixels of the files": "Píxeles de los archivos",
    "Detector spacing": "Espaciado del detector",
    "The set's own split": "Las partes del propio conjunto",
    "Malignant images by other columns": "Imágenes malignas según otras columnas",
    # heads
    "AUC (95 % CI)": "AUC (IC 95 %)",
    "AUC less mean reader": "AUC menos lector medio",
    "AUC of A less B (95 % CI)": "AUC de A menos B (IC 95 %)",
    "All readers + system": "Todos los lectores + sistema",
    "Average precision": "Precisión media",
    "Cancers": "Cánceres",
    "Cancers missed, net": "Cánceres perdidos, netos",
    "False omission per 1 000, net": "Omisión falsa por 1 000, neta",
    "Cancers missed, gross": "Cánceres perdidos, brutos",
    "Cancers per 1 000": "Cánceres por 1 000",
    "Column": "Columna",
    "Design": "Diseño",
    "Drop (95 % CI)": "Caída (IC 95 %)",
    "AUC on its own set": "AUC en su propio conjunto",
    "AUC here": "AUC aquí",
    "Exam": "Examen",
    "Exams not read": "Exámenes sin leer",
    "False omission per 1 000, gross": "Omisión falsa por 1 000, bruta",
    "Figure": "Cifra",
    "Gain of all readers": "Ganancia de todos los lectores",
    "Gain of one reader": "Ganancia de un lector",
    "Group": "Grupo",
    "Intercept": "Intercepto",
    "Kind": "Tipo",
    "Mean score": "Puntaje medio",
    "NPV": "VPN",
    "One reader + system": "Un lector + sistema",
    "PPV": "VPP",
    "PPV in programme": "VPP en el programa",
    "Partial AUC": "AUC parcial",
    "Percentile": "Percentil",
    "Point": "Punto",
    "Readers below": "Lectores por debajo",
    "Reads against two readers": "Lecturas frente a dos lectores",
    "Reads an exam": "Lecturas por examen",
    "Recalled": "Citadas",
    "Recalled in programme": "Citadas en el programa",
    "Score": "Puntaje",
    "Scorer": "Evaluador",
    "Sensitivity": "Sensibilidad",
    "Sensitivity at 90 % specificity, %": "Sensibilidad con especificidad de 90 %, %",
    "Sensitivity at 95 % specificity, %": "Sensibilidad con especificidad de 95 %, %",
    "Share of cancer": "Proporción de cáncer",
    "Slope": "Pendiente",
    "Specificity": "Especificidad",
    "Specificity at 90 % sensitivity, %": "Especificidad con sensibilidad de 90 %, %",
    "System": "Sistema",
    "Threshold": "Umbral",
    "Value": "Valor",
    "net": "netos",
    "column": "columna",
    "value": "valor",
    "share": "proporción",
    "images": "imágenes",
    "patients": "pacientes",
    "part": "parte",
    "malignant": "malignas",
    "malignant images": "imágenes malignas",
    "rows x columns": "filas x columnas",
    "95 % interval": "intervalo de 95 %",
    "Item": "Ítem",
    "Answer": "Respuesta",
    # facts
    "Model": "Modelo",
    "Best system": "Mejor sistema",
    "Film or digital": "Película o digital",
    "Licence": "Licencia",
    "Levels": "Niveles",
    "Scorers": "Evaluadores",
    "Intervals": "Intervalos",
    "Programme": "Programa",
    "Leak from training": "Fuga desde el entrenamiento",
    "Data": "Datos",
    "File": "Archivo",
    "Columns": "Columnas",
    "Made": "Hecho",
    "Seed": "Semilla",
    # columns of a data set
    "assessment": "evaluación",
    "breast density": "densidad mamaria",
    "finding": "hallazgo",
    "image laterality": "lateralidad",
    "imager pixel spacing mm": "espaciado de píxeles, mm",
    "is malignant": "es maligna",
    "manufacturer": "fabricante",
    "manufacturer model name": "modelo del equipo",
    "patient age years": "edad, años",
    "site": "sede",
    "split": "parte",
    "view position": "proyección",
    "unknown": "sin dato",
    "training": "entrenamiento",
    "validation": "validación",
    "test": "prueba",
    # axes
    "1 - specificity": "1 - especificidad",
    "mean score": "puntaje medio",
    "net benefit per 1 000 exams": "beneficio neto por 1 000 exámenes",
    "precision (PPV in the sample)": "precisión (VPP en la muestra)",
    "recall (sensitivity)": "sensibilidad",
    "sensitivity": "sensibilidad",
    "share of cancer": "proporción de cáncer",
    "share of cancer exams": "proporción de exámenes con cáncer",
    "share of cancers missed, gross": "proporción de cánceres perdidos, bruta",
    "share of cancers missed, net": "proporción de cánceres perdidos, neta",
    "share of exams not read": "proporción de exámenes sin leer",
    "share of lesions found": "proporción de lesiones encontradas",
    "share of the list read": "proporción de la lista leída",
    "false marks an image": "marcas falsas por imagen",
    "threshold probability of cancer": "probabilidad umbral de cáncer",
    "display value": "valor mostrado",
    "share of the breast's pixels": "proporción de los píxeles de la mama",
    "brightness": "brillo",
}

_BEGINNINGS = {
    "Breast level": "Nivel de mama",
    "Exam level": "Nivel de examen",
    "Image level": "Nivel de imagen",
    "Precision and recall": "Precisión y sensibilidad",
    "Reliability in the sample": "Fiabilidad en la muestra",
    "Cancers found by reading from the top": "Cánceres hallados leyendo desde arriba",
    "Decision curve": "Curva de decisión",
    "Rule-out": "Descarte",
    "ROC": "ROC",
    "Share of cancer exams in the top of the list": "Exámenes con cáncer arriba en la lista",
    "Day on which cancer exams are read": "Día en que se leen los exámenes con cáncer",
}
_ENDINGS = {
    "breast level": "nivel de mama",
    "exam level": "nivel de examen",
    "image level": "nivel de imagen",
    "in the sample, as given": "en la muestra, como se dieron",
    "at the programme's prevalence, as given": "a la prevalencia del programa, como se dieron",
    "at the programme's prevalence, corrected": "a la prevalencia del programa, corregidos",
    " at about 30, 50 and 70 % of exams": " de cerca de 30, 50 y 70 % de los exámenes",
    ", gross": ", bruto",
    ", net": ", neto",
    "with cancer": "con cáncer",
    " cancer)": " con cáncer)",
    " exams": " exámenes",
    " a day": " por día",
    " of ": " de ",
}
"""What such titles go on with, around counts that stay as they are."""


def report_words(text: str, language: str) -> str:
    """A report's title, head or axis in a language; what has no Spanish stays English."""
    if language != "es" or text in _SPANISH:
        return text if language != "es" else _SPANISH[text]
    for beginning, spanish in _BEGINNINGS.items():
        if text.startswith(beginning):
            return spanish + _ended(text.removeprefix(beginning))
    return text


def _ended(text: str) -> str:
    for english, spanish in _ENDINGS.items():
        text = text.replace(english, spanish)
    return text
