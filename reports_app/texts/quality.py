"""Texts of the page on technical quality."""

from reports_app.texts.catalogue import Text

QUALITY = {
    "nav.quality": Text("Calidad técnica", "Technical quality"),
    "image_quality.title": Text("Calidad técnica", "Technical quality"),
    "image_quality.lead": Text(
        "Imágenes presentes en el depósito que se midieron al prepararlas, o en las que no se "
        "encontró la mama. Una imagen con un defecto igual recibe puntaje: el aviso es para "
        "quien decide si se repite la toma.",
        "Images in the bucket that were measured while they were prepared, or in which no "
        "breast was found. An image with a defect is scored all the same: the flag is for whom "
        "decides whether to expose again.",
    ),
    "image_quality.empty": Text(
        "Todavía no se midió ninguna imagen. Las medidas aparecerán aquí cuando termine la "
        "próxima noche.",
        "No image was measured yet. Measures will appear here once the next night has ended.",
    ),
    "image_quality.by_site": Text("Por sitio", "By site"),
    "image_quality.by_manufacturer": Text("Por fabricante", "By manufacturer"),
    "image_quality.rate": Text(
        "Imágenes con al menos un defecto, con intervalo de 95 %",
        "Images with at least one defect, with 95 % intervals",
    ),
    "image_quality.group_site": Text("Sitio", "Site"),
    "image_quality.group_manufacturer": Text("Fabricante", "Manufacturer"),
    "image_quality.images": Text("Imágenes", "Images"),
    "image_quality.any": Text("Con defecto", "With a defect"),
    "image_quality.all": Text("Todas", "All"),
    "image_quality.axis": Text("% de las imágenes", "% of images"),
    "image_quality.beside": Text(
        "Letras, marcas y marcos son habituales: se cuentan y no son un defecto. Los "
        "umbrales se ajustaron con imágenes generadas.",
        "Letters, markers and frames are common: they are counted and are no defect. "
        "Thresholds were set on generated images.",
    ),
    "image_quality.explain": Text("Qué significa cada columna", "What each column means"),
    "flag.blank": Text("Sin mama visible", "No breast visible"),
    "image_quality.blank": Text(
        "la imagen está en blanco o no se encontró la mama; no tiene puntaje",
        "the image is blank or no breast was found; it has no score",
    ),
    "image_quality.small_breast": Text(
        "la mama cubre menos del 4 % de la imagen", "the breast covers less than 4 % of it"
    ),
    "image_quality.saturated": Text(
        "más del 10 % de la mama está en el blanco máximo",
        "more than 10 % of the breast is as white as can be shown",
    ),
    "image_quality.blackened": Text(
        "más del 10 % de la mama está tan negro como el fondo",
        "more than 10 % of the breast is as black as the background",
    ),
    "image_quality.cut_off": Text(
        "la mama sale por el lado opuesto a la pared torácica",
        "the breast leaves the image opposite the chest wall",
    ),
    "image_quality.blurred": Text(
        "faltan detalles finos en una dirección, como al moverse",
        "fine detail is missing along one direction, as after motion",
    ),
    "image_quality.duplicated_pixels": Text(
        "otra imagen, con otro identificador, tiene los mismos píxeles",
        "another image, of another identifier, has the same pixels",
    ),
    "unit.images": Text("imágenes", "images"),
    "kpi.quality_any": Text("Imágenes con defecto", "Images with a defect"),
    "kpi.quality_any_definition": Text(
        "Imágenes sin mama visible o con alguno de los defectos de esta página.",
        "Images without a visible breast or with any defect of this page.",
    ),
    "kpi.quality_any_missing": Text("imágenes medidas", "measured images"),
    "kpi.quality_blurred": Text("Borrosas", "Blurred"),
    "kpi.quality_blurred_definition": Text(
        "Imágenes a las que faltan detalles finos en una dirección.",
        "Images that lack fine detail along one direction.",
    ),
    "kpi.quality_blurred_missing": Text("imágenes medidas", "measured images"),
    "kpi.quality_cut_off": Text("Mama cortada", "Breast cut off"),
    "kpi.quality_cut_off_definition": Text(
        "Imágenes cuya mama sale por el lado opuesto a la pared torácica.",
        "Images whose breast leaves opposite the chest wall.",
    ),
    "kpi.quality_cut_off_missing": Text("imágenes medidas", "measured images"),
    "kpi.quality_duplicated_pixels": Text("Píxeles repetidos", "Duplicated pixels"),
    "kpi.quality_duplicated_pixels_definition": Text(
        "Imágenes cuyos píxeles están también bajo otro identificador.",
        "Images whose pixels are there under another identifier too.",
    ),
    "kpi.quality_duplicated_pixels_missing": Text("imágenes medidas", "measured images"),
    "kpi.quality_blank": Text("Sin mama visible", "No breast visible"),
    "kpi.quality_blank_definition": Text(
        "Imágenes en blanco o en las que no se encontró la mama.",
        "Images that are blank or in which no breast was found.",
    ),
    "kpi.quality_blank_missing": Text("imágenes medidas", "measured images"),
}
