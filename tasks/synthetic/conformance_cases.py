"""Every case of the conformance set, in the order of its table."""

from tasks.synthetic.conformance import Case
from tasks.synthetic.conformance_damage import damage_cases
from tasks.synthetic.conformance_syntaxes import syntax_cases
from tasks.synthetic.conformance_values import value_cases
from tasks.synthetic.conformance_vendors import vendor_cases
from tasks.synthetic.conformance_views import view_cases

CASES: tuple[Case, ...] = (
    *vendor_cases(),
    *syntax_cases(),
    *value_cases(),
    *view_cases(),
    *damage_cases(),
)
