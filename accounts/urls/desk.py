"""Where a person's day is: home, tasks, the palette, what comboboxes ask, preferences."""

from django.urls import URLPattern, path

from accounts.views import home, options, palette, preferences, task_acts, tasks

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("tasks/", tasks.task_list, name="task-list"),
    path("tasks/new/", tasks.task_add, name="task-add"),
    path("tasks/reassign/", task_acts.task_reassign_many, name="task-reassign-many"),
    path("tasks/<int:pk>/", tasks.task_detail, name="task-detail"),
    path("tasks/<int:pk>/edit/", tasks.task_edit, name="task-edit"),
    path("tasks/<int:pk>/done/", task_acts.task_complete, name="task-complete"),
    path("tasks/<int:pk>/drop/", task_acts.task_drop, name="task-drop"),
    path("tasks/<int:pk>/snooze/", task_acts.task_snooze, name="task-snooze"),
    path("tasks/<int:pk>/wake/", task_acts.task_wake, name="task-wake"),
    path("tasks/<int:pk>/due/", task_acts.task_due, name="task-due"),
    path("tasks/<int:pk>/reassign/", task_acts.task_reassign, name="task-reassign"),
    path("tasks/<int:pk>/reopen/", task_acts.task_reopen, name="task-reopen"),
    path("palette/", palette.palette, name="palette"),
    path("options/members/", options.member_options, name="member-options"),
    path("options/accounts/", options.account_options, name="account-options"),
    path("options/teams/", options.team_options, name="team-options"),
    path("options/products/", options.product_options, name="product-options"),
    path("options/segments/", options.segment_options, name="segment-options"),
    path("options/regions/", options.region_options, name="region-options"),
    path("options/industries/", options.industry_options, name="industry-options"),
    path("preferences/", preferences.preferences, name="preferences"),
]
