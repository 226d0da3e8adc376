"""Every table of the lake, declared once: columns, types, units, meaning, key.

Readers, writers, tests and `docs/tables.md` derive from these declarations, which lie in one
module a group. Reading and committing is `tasks.lake.store`'s work.
"""

from tasks.lake.custody_tables import AUDIT, ERASURES
from tasks.lake.file_tables import LAKE_FILES
from tasks.lake.model_tables import DEPLOYMENTS, LABELS, MODEL_REPORTS, MODEL_VERSIONS
from tasks.lake.night_tables import OUTCOMES, PRIORITY_LISTS, RUNS
from tasks.lake.object_tables import IMAGE_QUALITY, IMAGES, INSTANCES, OBJECTS
from tasks.lake.programme_tables import FOLLOW_UPS, READING_EVENTS, REGISTRATIONS, TARGETS
from tasks.lake.score_tables import CALIBRATIONS, EXAM_SCORES, IMAGE_SCORES, OPERATING_POINTS
from tasks.lake.summary_tables import EXAM_SUMMARIES

TABLES = (
    OBJECTS,
    INSTANCES,
    IMAGES,
    IMAGE_QUALITY,
    IMAGE_SCORES,
    EXAM_SCORES,
    EXAM_SUMMARIES,
    PRIORITY_LISTS,
    CALIBRATIONS,
    OPERATING_POINTS,
    DEPLOYMENTS,
    MODEL_VERSIONS,
    MODEL_REPORTS,
    LABELS,
    OUTCOMES,
    RUNS,
    AUDIT,
    ERASURES,
    REGISTRATIONS,
    FOLLOW_UPS,
    TARGETS,
    READING_EVENTS,
    LAKE_FILES,
)
