"""Compiles pixel loops with numba when their module is imported, so that no night compiles.

It keeps no loop itself. Functions that call each other belong in one file, because numba's
cache notices changes in a function's own file only.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(signature: Any) -> Callable[[Function], Function]:
    """Compile for one signature when this module is imported, so that no night compiles.

    The machine code is kept in NUMBA_CACHE_DIR, else in `__pycache__`, else in the user's cache
    folder. Where none of them can be written, each process that imports this module compiles it
    again: import it before forking.
    """

    def compile_(function: Function) -> Function:
        try:
            dispatcher = numba.njit(signature, cache=True, nogil=True)(function)
        except RuntimeError:  # no folder for the cache can be written
            dispatcher = numba.njit(signature, nogil=True)(function)
        return cast(Function, dispatcher)

    return compile_
