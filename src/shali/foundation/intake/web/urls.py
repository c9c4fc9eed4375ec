from django.urls import path

from shali.foundation.intake.web.views import batch, reviews

app_name = "intake"
urlpatterns = [
    path("reviews/", reviews.index, name="reviews"),
    path("reviews/next/", reviews.following, name="next_review"),
    path("reviews/<str:review>/", reviews.one, name="review"),
    path("reviews/<str:review>/decide/", reviews.decide, name="decide"),
    path("reviews/<str:review>/undo/", reviews.undo, name="undo_review"),
    path("<str:batch>/", batch.one, name="batch"),
    path("<str:batch>/mapping/", batch.mapping, name="mapping"),
    path("<str:batch>/confirm/", batch.confirm, name="confirm"),
    path("<str:batch>/rejected/", batch.rejected, name="rejected"),
    path("<str:batch>/mended/", batch.mended, name="mended"),
    path("<str:batch>/undo/", batch.undo, name="undo"),
]
