"""Results and outcomes as FHIR R4 resources."""
