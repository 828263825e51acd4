"""The address in the letter of an invitation."""

from django.urls import path

from merchants.views import joining

app_name = "joining"

urlpatterns = [path("<slug:code>/<str:key>/", joining.page, name="page")]
