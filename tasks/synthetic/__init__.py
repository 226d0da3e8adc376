"""Generated mammograms and DICOM objects with truth: for demo, training, conformance, tests."""
