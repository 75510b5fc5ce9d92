"""Addresses of the administrator's desk about people and wards."""

from __future__ import annotations

from django.urls import URLPattern, path

from monitoring.desks.admin.views import beds, roles, staff, staff_account, wards_admin

urlpatterns: list[URLPattern] = [
    path("staff/", staff.staff, name="staff"),
    path("staff/new/", staff.add, name="staff-new"),
    path("staff/<uuid:public_id>/", staff.person, name="staff-person"),
    path("staff/<uuid:public_id>/edit/", staff.edit, name="staff-edit"),
    path("staff/<uuid:public_id>/link/", staff_account.link, name="staff-link"),
    path("staff/<uuid:public_id>/second-factor/", staff_account.factor, name="staff-factor"),
    path("staff/<uuid:public_id>/close/", staff_account.close, name="staff-close"),
    path("staff/<uuid:public_id>/reopen/", staff_account.reopen, name="staff-reopen"),
    path("staff/<uuid:public_id>/roles/", roles.give, name="role-give"),
    path("staff/<uuid:public_id>/roles/<slug:code>/<slug:name>/", roles.take, name="role-take"),
    path("welcome/", staff_account.welcome_password, name="welcome-password"),
    path("welcome/<str:token>/", staff_account.welcome, name="welcome"),
    path("manage/", wards_admin.wards, name="ward-settings"),
    path("manage/new/", wards_admin.new, name="ward-new"),
    path("wards/<slug:code>/manage/", wards_admin.ward, name="ward-desk"),
    path("wards/<slug:code>/manage/name/", wards_admin.edit, name="ward-edit"),
    path("wards/<slug:code>/manage/colleague/", roles.colleague, name="ward-colleague"),
    path("wards/<slug:code>/manage/beds/", beds.beds, name="beds"),
    path("beds/<uuid:public_id>/", beds.rename, name="bed"),
    path("beds/<uuid:public_id>/close/", beds.close, name="bed-close"),
    path("beds/<uuid:public_id>/reopen/", beds.reopen, name="bed-reopen"),
]
