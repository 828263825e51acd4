"""Comments under notes. Who wrote one is kept only as a keyed hash."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from measurement.columns.surroundings import Surroundings, Values, not_in_future
from measurement.reported.statements import CommentStatement
from merchants.identity import person_key
from merchants.intake.cells import Flag, Id, Text, Time
from merchants.intake.columns import Column
from merchants.intake.figures import Tally
from merchants.intake.problems import Refused

NAMESPACE = "xiaohongshu"

COMMENTS = (
    Column(
        "comment_id",
        Id(),
        _("Comment"),
        _("Its id on the platform."),
        aliases=("评论id", "评论编号"),
        required=True,
    ),
    Column(
        "note_id",
        Id(),
        _("Note"),
        _("The note it stands under."),
        aliases=("笔记id", "笔记", "内容id"),
        required=True,
        constant=True,
    ),
    Column("text", Text(2_000), _("Text"), "", aliases=("评论内容", "内容", "评论", "正文"), required=True),
    Column("posted_at", Time(), _("Posted"), "", aliases=("评论时间", "发布时间", "时间"), required=True),
    Column(
        "author",
        Text(120),
        _("Author"),
        _("Its id on the platform. Kept only as a keyed hash that cannot be turned back."),
        aliases=("用户id", "评论用户id", "评论人id", "作者id"),
        personal=True,
    ),
    Column("likes", Tally(), _("Likes"), "", aliases=("点赞", "点赞数", "获赞数")),
    Column(
        "reply_to",
        Id(),
        _("Answers to"),
        _("Id of the comment it answers."),
        aliases=("回复评论id", "父评论id", "上级评论id"),
    ),
    Column("by_author", Flag(), _("By the note's author"), "", aliases=("是否作者", "作者回复")),
)


def comment_shape(around: Surroundings) -> Callable[[Values], CommentStatement]:
    above: set[str] = set()

    def shape(values: Values) -> CommentStatement:
        not_in_future(values, around, "posted_at")
        if values["comment_id"] in above:
            raise Refused("told_twice", "comment_id")
        above.add(values["comment_id"])
        author = values.get("author")
        return CommentStatement(
            stated_at=around.now,
            note_id=values["note_id"],
            external_id=values["comment_id"],
            text=values["text"],
            posted_at=values["posted_at"],
            author_key=person_key(around.pepper, "user", NAMESPACE, author) if author else None,
            likes=values.get("likes"),
            reply_to=values.get("reply_to") or "",
            by_author=bool(values.get("by_author")),
        )

    return shape
