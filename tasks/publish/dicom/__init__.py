"""Results as DICOM objects that refer to the original images."""
