"""From images to a version's folder, in this process: trained, proven, packaged.

`demonstration` learns from generated exams alone, `imported` from an imported set, `folds`
proves a recipe on a small one; `prediction` asks a finished network. It serves nothing.
"""
