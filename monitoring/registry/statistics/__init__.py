"""The registry's statistics: pure functions of numbers, each a value or the reason why there is none.

scipy does the arithmetic, loaded at the first computation (`monitoring.registry.libraries`). Nothing here knows of
patients, and no text: the pages name the tests and reasons.
"""
