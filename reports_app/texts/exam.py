"""Texts of the exam page."""

from reports_app.texts.catalogue import Text

EXAM = {
    "exam.title": Text("Examen {key}", "Exam {key}"),
    "exam.back": Text("Lista de prioridad", "Priority list"),
    "exam.previous": Text("Anterior", "Previous"),
    "exam.next": Text("Siguiente", "Next"),
    "exam.place": Text(
        "N.º {rank} de {total}, lista del {date}", "{rank} of {total}, list of {date}"
    ),
    "exam.not_listed": Text("No está en la última lista", "Not on the latest list"),
    "exam.unknown_title": Text("Examen desconocido", "Unknown exam"),
    "exam.unknown_text": Text(
        "Ningún examen de la campaña tiene la clave {key}. Puede que la dirección esté "
        "incompleta o que el examen haya sido borrado.",
        "No exam of the campaign has the key {key}. The address may be incomplete, or the exam "
        "may have been erased.",
    ),
    "exam.viewer": Text("Cuatro vistas", "Four views"),
    "exam.regions": Text("Regiones", "Regions"),
    "exam.saliency": Text("Mapa de calor", "Heat map"),
    "exam.opacity": Text("Opacidad del mapa de calor", "Heat map opacity"),
    "exam.image_alt": Text(
        "Mamografía {view}, {breast}; puntaje {score}; regiones marcadas: {n_regions}",
        "Mammogram {view}, {breast}; score {score}; regions drawn: {n_regions}",
    ),
    "exam.no_view": Text("Sin imagen {view}", "No {view} image"),
    "exam.view_unscorable": Text("{view} no evaluable", "{view} unscorable"),
    "exam.view_pending": Text("{view} pendiente", "{view} pending"),
    "exam.pixels_damaged": Text(
        "La imagen guardada no coincide con su suma de verificación.",
        "The stored image does not match its digest.",
    ),
    "exam.pixels_missing": Text("Sin imagen guardada.", "No stored image."),
    "exam.other_images": Text("Otras imágenes del examen", "Other images of the exam"),
    "exam.unscorable_images": Text("Imágenes no evaluables", "Unscorable images"),
    "exam.scores": Text("Puntajes", "Scores"),
    "exam.score_note": Text(
        "0 a 1; más alto es más sospechoso. No es una probabilidad.",
        "0 to 1; higher is more suspicious. Not a probability.",
    ),
    "exam.exam_score": Text("Puntaje del examen", "Exam score"),
    "exam.calibrated_score": Text("Probabilidad calibrada", "Calibrated probability"),
    "exam.band": Text("Banda {band} de 10", "Band {band} of 10"),
    "exam.no_score": Text("Sin puntaje", "No score"),
    "exam.unscorable": Text(
        "El examen no se pudo evaluar: debe leerse sin ayuda del modelo.",
        "The exam could not be scored: it must be read without the model's help.",
    ),
    "exam.pending": Text(
        "El examen espera la próxima noche.", "The exam awaits the next night."
    ),
    "exam.image": Text("Imagen", "Image"),
    "exam.finding": Text("Hallazgo", "Finding"),
    "exam.finding_words": Text("{finding} {assessment}", "{finding}, {assessment}"),
    "exam.facts": Text("Datos", "Facts"),
    "exam.date": Text("Fecha", "Date"),
    "exam.site": Text("Sede", "Site"),
    "exam.age": Text("Edad", "Age"),
    "exam.years": Text("{age} años", "{age} years"),
    "exam.manufacturer": Text("Equipo", "Device"),
    "exam.software": Text("Software", "Software"),
    "exam.waiting": Text("Espera", "Waiting"),
    "exam.days": Text("{days} días", "{days} days"),
    "exam.model": Text("Modelo", "Model"),
    "exam.calibration": Text("Calibración", "Calibration"),
    "exam.flags": Text("Avisos", "Flags"),
    "exam.same_scale": Text(
        "Las cuatro vistas están a la misma escala.",
        "The four views are shown at the same scale.",
    ),
}
