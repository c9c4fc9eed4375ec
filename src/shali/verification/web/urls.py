from django.urls import path

from shali.verification.web.views import anomalies, compare, endings, lists, look_backs, work

app_name = "verification"
urlpatterns = [
    path("", lists.index, name="lists"),
    path("receive/", lists.receive, name="receive"),
    path("compare/", compare.beside, name="compare"),
    path("compare/workbook/", compare.workbook, name="compare_workbook"),
    path("look-backs/", look_backs.index, name="look_backs"),
    path("look-backs/choose/", look_backs.choose, name="choose_people"),
    path("look-backs/<str:look_back>/", look_backs.one, name="look_back"),
    path("lists/<str:pushed_list>/look-back/", look_backs.freeze, name="freeze"),
    path("look-backs/tasks/<str:task>/answer/", look_backs.answer, name="answer_again"),
    path("look-backs/differences/<str:difference>/settle/", look_backs.settle, name="settle_difference"),
    path("lists/<str:pushed_list>/gone/", compare.withdraw, name="withdraw_gone"),
    path("lists/<str:pushed_list>/", lists.one_list, name="list"),
    path("lists/<str:pushed_list>/reply/", lists.reply, name="reply"),
    path("my/", work.my_people_page, name="my_people"),
    path("my/entries/", work.entries, name="entries"),
    path("my/<str:task>/", work.one_task, name="one_task"),
    path("my/<str:task>/undo/", work.undo, name="undo"),
    path("tasks/<str:task>/end/", endings.end, name="end"),
    path("tasks/<str:task>/decide/", endings.decide, name="decide"),
    path("anomalies/", anomalies.index, name="anomalies"),
    path("anomalies/seen/", anomalies.seen, name="anomalies_seen"),
    path("anomalies/<str:anomaly>/settle/", anomalies.settle, name="settle_anomaly"),
]
