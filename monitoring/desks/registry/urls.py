"""Addresses of the registry."""

from __future__ import annotations

from django.urls import path

from monitoring.desks.registry.views import imports, pictures, planning, study, taking_out

urlpatterns = [
    path("", study.study, name="registry"),
    path("times/", study.times, name="registry-times"),
    path("planning/", planning.planning, name="registry-planning"),
    path("planning/picture.<slug:kind>", planning.picture, name="registry-planning-picture"),
    path("definition/", study.definition, name="registry-definition"),
    path("pictures/<slug:name>.<slug:kind>", pictures.picture, name="registry-picture"),
    path("pictures/taken/<slug:name>.<slug:kind>", pictures.taken, name="registry-picture-taken"),
    path("import/", imports.imports, name="registry-imports"),
    path("import/template/", imports.template, name="registry-import-template"),
    path("import/<uuid:public_id>/take-back/", imports.import_take_back, name="registry-import-take-back"),
    path("export/", taking_out.export, name="registry-export"),
    path("export/dictionary/", taking_out.dictionary, name="registry-dictionary"),
    path("export/report/", taking_out.report, name="registry-report"),
]
