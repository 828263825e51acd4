"""Both languages are complete."""

from pathlib import Path

from babel.messages.pofile import read_po

from portal import catalogue, env


def test_every_text_a_person_sees_is_in_chinese_too() -> None:
    assert catalogue.missing(env.ROOT) == []


def test_every_chinese_text_takes_what_the_english_one_takes() -> None:
    """`make setup` compiles the catalogue and stops at a text whose placeholders differ."""
    with catalogue.catalogue_file(env.ROOT).open("rb") as file:
        known = read_po(file, locale="zh_Hans")
    assert [(message.id, str(errors[0])) for message, errors in known.check()] == []


def test_a_new_text_is_noticed_until_it_is_translated(tmp_path: Path) -> None:
    for app in catalogue.APPS:
        (tmp_path / app).mkdir()
    (tmp_path / "templates").mkdir()
    file = catalogue.catalogue_file(tmp_path)
    file.parent.mkdir(parents=True)
    file.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n')
    (tmp_path / "portal" / "page.py").write_text('title = _("Results")\n')
    (tmp_path / "templates" / "page.html").write_text(
        "{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}"
    )
    assert catalogue.missing(tmp_path) == ["Hello %(name)s", "Results"]

    assert catalogue.renew(tmp_path) == 2
    told = file.read_text().replace('msgid "Results"\nmsgstr ""', 'msgid "Results"\nmsgstr "结果"')
    file.write_text(told)
    assert catalogue.missing(tmp_path) == ["Hello %(name)s"]
    assert catalogue.renew(tmp_path) == 1  # what is translated stays
