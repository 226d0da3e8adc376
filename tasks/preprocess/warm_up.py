"""Imports and compiles what a worker needs, in the server that workers are forked from.

It is imported for its effect alone and makes nothing else.
"""

from importlib import import_module

from tasks.preprocess.codecs import check_codecs

check_codecs()
import_module("tasks.preprocess.image_job")
