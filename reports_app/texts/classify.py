"""Texts of the page for files that are handed in."""

from reports_app.texts.catalogue import Text

CLASSIFY = {
    "nav.classify": Text("Clasificar", "Classify"),
    "classify.title": Text("Clasificar archivos", "Classify files"),
    "classify.drop": Text(
        "Suelte aquí archivos DICOM, PNG o JPG, una carpeta o un ZIP con ellos",
        "Drop DICOM, PNG or JPG files here, or a folder or ZIP of them",
    ),
    "classify.choose": Text("Elegir archivos", "Choose files"),
    "classify.promise": Text(
        "Los archivos pasan por el mismo proceso que la campaña y por el mismo modelo. No se "
        "guardan en la campaña y se borran al cerrar, o tras una hora sin uso. Cada archivo "
        "puede tener hasta {size}.",
        "Files take the campaign's own way through the same model. They are not kept in the "
        "campaign, and are removed when you close them or after an hour without use. A file "
        "may have up to {size}.",
    ),
    "classify.away": Text("Clasificar no está disponible", "Classify is not available"),
    "classify.away_text": Text(
        "Esta aplicación no tiene un servidor de modelos. Se puede abrir con `mammo up`.",
        "This app has no model server. It can be opened with `mammo up`.",
    ),
    "classify.sending": Text(
        "Enviando {done} de {total} archivos ({percent} %)…",
        "Sending {done} of {total} files ({percent} %)…",
    ),
    "classify.working": Text(
        "Leyendo y puntuando: {done} de {total}…", "Reading and scoring: {done} of {total}…"
    ),
    "classify.too_large": Text(
        "{name} es demasiado grande: cada archivo puede tener hasta {size}.",
        "{name} is too large: a file may have up to {size}.",
    ),
    "classify.nothing": Text(
        "Ahí no hay ningún archivo.",
        "There is no file in there.",
    ),
    "classify.too_many": Text(
        "Son {n} archivos, y un lote puede tener hasta {max}: envíe un ZIP, o varios lotes.",
        "These are {n} files, and a batch takes up to {max}: send a ZIP, or several batches.",
    ),
    "classify.too_much": Text(
        "Son {n} GB, y un lote puede tener hasta {max}: envíe varios lotes.",
        "These are {n} GB, and a batch may have up to {max}: send several batches.",
    ),
    "classify.refused": Text(
        "{name} no se pudo recibir: el lote o el disco está lleno.",
        "{name} could not be taken: the batch or the disk is full.",
    ),
    "classify.lost": Text(
        "La conexión se perdió, o el lote ya se cerró. Intente de nuevo.",
        "The connection was lost, or the batch is closed by now. Please try again.",
    ),
    "classify.triton_away": Text(
        "El servidor de modelos no responde. Los archivos siguen aquí: intente de nuevo.",
        "The model server does not answer. The files are still here: try again.",
    ),
    "classify.failed": Text(
        "El lote no se pudo procesar. La causa quedó en el registro del servidor.",
        "The batch could not be processed. The cause is in the server's log.",
    ),
    "classify.again": Text("Intentar de nuevo", "Try again"),
    "classify.closed_title": Text("Ese lote ya no existe", "That batch is gone"),
    "classify.closed_text": Text(
        "Fue cerrado o pasó una hora sin uso; sus archivos se borraron.",
        "It was closed or an hour passed without use; its files were removed.",
    ),
    "classify.another": Text("Clasificar otros archivos", "Classify other files"),
    "classify.close": Text("Cerrar y borrar los archivos", "Close and remove the files"),
    "classify.report": Text("Informe PDF", "PDF report"),
    "classify.export": Text("Descargar imágenes (ZIP)", "Download images (ZIP)"),
    "classify.format": Text("Formato", "Format"),
    "classify.height": Text("Altura", "Height"),
    "classify.height_px": Text("{height} px", "{height} px"),
    "classify.height_original": Text("la del archivo", "the file's own"),
    "classify.results": Text("Resultados", "Results"),
    "classify.n_exams": Text("exámenes: {n}", "exams: {n}"),
    "classify.no_exam": Text("Imagen sin datos de examen", "Picture without exam data"),
    "classify.uncalibrated": Text("sin calibrar", "not calibrated"),
    "classify.image": Text("Archivo {number}, {view}", "File {number}, {view}"),
    "classify.found": Text("{found} · {score}", "{found} · {score}"),
    "classify.report_title": Text("Clasificación de archivos", "Classification of files"),
    "category.malignant": Text("Maligno", "Malignant"),
    "category.suspicious": Text("Sospechoso", "Suspicious"),
    "category.benign": Text("Benigno", "Benign"),
    "category.no_finding": Text("Sin hallazgos", "No findings"),
    "category.not_scored": Text("Sin puntaje", "Not scored"),
}
