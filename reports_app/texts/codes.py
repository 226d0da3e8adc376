"""Words for the codes that tables store: states, reasons, findings, views, flags.

Each RejectionReason has its words here; a test compares.
"""

from reports_app.texts.catalogue import Text

CODES = {
    "code.unknown": Text("Sin dato", "Unknown"),
    "state.scored": Text("Con puntaje", "Scored"),
    "state.unscorable": Text("No evaluable", "Unscorable"),
    "state.rejected": Text("Rechazado", "Rejected"),
    "state.pending": Text("Pendiente", "Pending"),
    "lane.unscorable": Text("No evaluable", "Unscorable"),
    "lane.ranked": Text("Con puntaje", "Ranked"),
    "reason.empty_object": Text("Objeto vacío", "Empty object"),
    "reason.too_large": Text("Objeto demasiado grande", "Object too large"),
    "reason.not_dicom": Text("No es DICOM", "Not DICOM"),
    "reason.damaged_header": Text("Encabezado dañado", "Damaged header"),
    "reason.header_limit": Text("Encabezado fuera de límites", "Header beyond limits"),
    "reason.wrong_modality": Text("Otra modalidad", "Other modality"),
    "reason.not_a_mammogram": Text("No es una mamografía", "Not a mammogram"),
    "reason.container": Text(
        "Archivo ZIP o tabla CSV; su contenido se lee",
        "ZIP file or CSV table; its content is read",
    ),
    "reason.picture": Text(
        "Imagen PNG; se lee por su fila de una tabla CSV",
        "PNG picture; read by its row of a CSV table",
    ),
    "reason.container_refused": Text("Contenido no leído", "Content not read"),
    "reason.dicomdir": Text("Índice DICOMDIR", "DICOMDIR index"),
    "reason.duplicate_instance": Text("Copia de otra imagen", "Copy of another image"),
    "reason.conflicting_instance": Text(
        "Contradice a otra imagen con el mismo identificador",
        "Contradicts another image of the same identifier",
    ),
    "reason.erased": Text("Borrado a petición de la titular", "Erased at the woman's request"),
    "reason.for_processing": Text(
        "Imagen sin procesar (For Processing)", "Raw image (For Processing)"
    ),
    "reason.laterality_missing": Text("Sin lateralidad", "Laterality missing"),
    "reason.view_not_screening": Text(
        "Proyección que no es de tamizaje", "Not a screening view"
    ),
    "reason.multi_frame": Text("Imagen de varios cuadros", "Multi-frame image"),
    "reason.truncated": Text("Archivo truncado", "Truncated file"),
    "reason.frame_size_mismatch": Text("Tamaño contradictorio", "Contradictory size"),
    "reason.transfer_syntax_unsupported": Text(
        "Compresión no admitida", "Unsupported compression"
    ),
    "reason.damaged_pixels": Text("Píxeles dañados", "Damaged pixels"),
    "reason.decoder_crashed": Text("El decodificador falló", "The decoder crashed"),
    "reason.decoder_timeout": Text("El decodificador tardó demasiado", "The decoder timed out"),
    "reason.no_breast_found": Text("No se encontró la mama", "No breast found"),
    "reason.burned_in_text": Text("Texto en la imagen", "Text in the image"),
    "reason.model_refused": Text("El modelo no dio puntaje", "The model gave no score"),
    "reason.pending": Text("Aún sin procesar", "Not processed yet"),
    "reason.still_arriving": Text("Aún llegan imágenes", "Images still arriving"),
    "finding.no_finding": Text("Sin hallazgo", "No finding"),
    "finding.mass": Text("Masa", "Mass"),
    "finding.calcification": Text("Calcificaciones", "Calcifications"),
    "finding_short.no_finding": Text("Región", "Region"),
    "finding_short.mass": Text("Masa", "Mass"),
    "finding_short.calcification": Text("Calc.", "Calc."),
    "assessment.no_finding": Text("sin hallazgo", "no finding"),
    "assessment.benign": Text("de aspecto benigno", "benign appearance"),
    "assessment.suspicious": Text("de aspecto sospechoso", "suspicious appearance"),
    "assessment.malignant": Text("de aspecto maligno", "malignant appearance"),
    "breast.R": Text("mama derecha", "right breast"),
    "breast.L": Text("mama izquierda", "left breast"),
    "flag.views_missing": Text("Faltan vistas", "Views missing"),
    "flag.image_unscorable": Text("Imagen no evaluable", "Image unscorable"),
    "flag.extra_views": Text("Vistas repetidas", "Repeated views"),
    "flag.late_view": Text("Llegó una imagen tras la lectura", "An image came after reading"),
    "flag.implant": Text("Implante", "Implant"),
    "flag.small_breast": Text("Poca mama", "Little breast"),
    "flag.saturated": Text("Sobreexpuesta", "Saturated"),
    "flag.blackened": Text("Tejido en negro", "Blackened tissue"),
    "flag.cut_off": Text("Mama cortada", "Breast cut off"),
    "flag.blurred": Text("Borrosa", "Blurred"),
    "flag.duplicated_pixels": Text("Píxeles repetidos", "Duplicated pixels"),
    "flag.wrong_side": Text("Lado dudoso", "Side in doubt"),
    "flag.marker": Text("Letras o marcas", "Letters or markers"),
    "flag.frame": Text("Marco", "Frame"),
    "outcome.completed": Text("Completada", "Completed"),
    "outcome.failed": Text("Falló", "Failed"),
}
