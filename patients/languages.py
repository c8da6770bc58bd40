"""The languages asked for by name. Any BCP 47 tag may be on record: an import brings what others wrote."""

from django.conf import settings

LANGUAGES = [
    ("en", "English"), ("es", "Spanish"), ("fr", "French"), ("ht", "Haitian Creole"), ("zh", "Chinese"),
    ("vi", "Vietnamese"), ("ko", "Korean"), ("ru", "Russian"), ("ar", "Arabic"), ("pt", "Portuguese"),
    ("tl", "Tagalog"), ("ase", "American Sign Language"),
]  # fmt: skip


def language_of_ours(tag: str) -> str:
    """Which of our languages to speak and write to whoever has this tag on record: English where we lack it."""
    wanted = tag.split("-")[0].lower()
    return wanted if wanted in dict(settings.LANGUAGES) else "en"


def language_name(tag: str) -> str:
    """“Spanish” for `es` and `es-MX`; the tag itself where it is none of ours."""
    return dict(LANGUAGES).get(tag.split("-")[0].lower(), tag)


def language_choices(tag: str) -> list[tuple[str, str]]:
    """What a form offers: the languages, and before them the tag on record if it is none of theirs."""
    return LANGUAGES if tag in dict(LANGUAGES) else [(tag, language_name(tag)), *LANGUAGES]
