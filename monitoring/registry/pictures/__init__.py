"""Pictures of the registry, for the page and for print: each module has one, `draw(data)`, of plain numbers.

As journals want them: 120 mm wide, letters of 8 and 9 pt, white ground, thin axes. What is told apart by its colour is
told apart by its marker, dash or hatch too, and named where it is drawn. A number of None was too small to be told, and
is hatched, as "not told". The words are English on every page: a printed picture has one language.
"""
