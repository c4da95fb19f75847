"""Values that must not be written down, in every form that they take."""

import base64
import html
import json
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import platform
from made import question as asked
from plain import count

from investigate.errors import InputError
from investigate.question import params
from investigate.records.secrets import LeakError, Secrets

TOKEN = 'tök"en/<s3>\\&+%=='
PLAIN = Secrets({"TOKEN": TOKEN})

values = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=8, max_size=40
)


@given(values, st.text(), st.text())
def test_nothing_of_it_is_left(value: str, before: str, after: str) -> None:
    secrets = Secrets({"NAME": value})
    text = secrets.redact(before + value + after)
    assert value not in text
    assert "${NAME}" in text


@given(values, st.binary(max_size=7), st.binary(max_size=7))
def test_within_a_longer_text_in_base64(value: str, before: bytes, after: bytes) -> None:
    text = base64.b64encode(before + value.encode() + after).decode()
    secrets = Secrets({"NAME": value})
    assert secrets.remains(text) == "NAME"
    assert secrets.remains(secrets.redact(text)) is None


@pytest.mark.parametrize(
    "form",
    [
        TOKEN,
        json.dumps(TOKEN),
        json.dumps(TOKEN, ensure_ascii=False),
        repr(TOKEN),
        html.escape(TOKEN),
        urllib.parse.quote(TOKEN, safe=""),
        urllib.parse.urlencode({"t": TOKEN}),
        TOKEN.encode().hex(),
        base64.urlsafe_b64encode(b"user:" + TOKEN.encode()).decode(),
    ],
)
def test_common_encodings(form: str) -> None:
    text = PLAIN.redact(f"({form})")
    assert PLAIN.remains(text) is None
    assert "${TOKEN}" in text


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[31mabc\x1b[0mdefghi",
        "\\u001b[31mabc\\u001b[0mdefghi",
        "<span>abc</span><b class='x'>defghi</b>",
        "abcd\nefghi",
        "abc defghi",
        '"abc\\n",\n "'[:4] + "\\ndefghi",
    ],
)
def test_a_value_in_pieces_is_not_written(text: str) -> None:
    with pytest.raises(LeakError, match=r"x\.ipynb would hold the value of .* NAME"):
        Secrets({"NAME": "abcdefghi"}).clean(text, "x.ipynb")


def test_each_line_of_a_key_is_a_secret() -> None:
    key = "-----BEGIN KEY-----\nMIIEowIBAAKCAQEA\nQEAshort\nab\n-----END KEY-----\n"
    secrets = Secrets({"KEY": key})
    lines = json.dumps(key.splitlines(keepends=True), indent=1)
    cleaned = secrets.clean(lines, "x")
    assert "MIIEow" not in cleaned
    assert "QEAshort" not in cleaned


def test_documents_are_cleaned_in_depth() -> None:
    document = {"a": [TOKEN, 1, None, {TOKEN: (TOKEN,)}], "b": True}
    assert PLAIN.redacted(document) == {
        "a": ["${TOKEN}", 1, None, {"${TOKEN}": ["${TOKEN}"]}],
        "b": True,
    }


def test_of_a_url_the_password_alone_is_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAIN_URL", "https://me:hunter22@host/x")
    secrets = Secrets.known()
    assert secrets.redact("it is hunter22, at https://me:hunter22@host/x") == (
        "it is ${PLAIN_URL}, at ${PLAIN_URL}"
    )


def test_names_tell_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    telling = ["SLACK_TOKEN", "aws_secret_access_key", "DB_PASSWORD", "SENTRY_DSN", "API_KEY"]
    for name in [*telling, "MONKEY", "TOKENIZERS_PARALLELISM", "PWD", "HOME_PASSAGE"]:
        monkeypatch.setenv(name, f"value of {name}")
    monkeypatch.setenv("SHORT_TOKEN", "1234567")
    known = Secrets.known().values
    assert set(telling) <= set(known)
    assert not {"MONKEY", "TOKENIZERS_PARALLELISM", "PWD", "HOME_PASSAGE", "SHORT_TOKEN"} & set(
        known
    )


def test_without_any_a_text_stays() -> None:
    assert Secrets().clean("as it is", "x") == "as it is"


ASKED = {
    "case": "x",
    "log": "${PLACE_OF_LOG}/x.csv",
    "columns": {"time": "t", "outcome": "o", "score": "s"},
    "baseline": {"start": "2024-01-01", "end": "2024-01-02"},
    "incident": {"start": "2024-01-02", "end": "2024-01-03"},
}


@pytest.mark.parametrize(
    ("value", "message"), [(None, "not set"), ("", "not set"), ("12345", "short")]
)
def test_one_that_the_question_names_must_be_there(
    monkeypatch: pytest.MonkeyPatch, value: str | None, message: str
) -> None:
    monkeypatch.delenv("PLACE_OF_LOG", raising=False)
    if value is not None:
        monkeypatch.setenv("PLACE_OF_LOG", value)
    with pytest.raises(InputError, match=f"PLACE_OF_LOG is .*{message}"):
        Secrets.known(params.from_names(ASKED))


@pytest.mark.slow
def test_a_question_that_holds_the_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACE_OF_LOG", "s3://bucket")
    question = params.from_names(ASKED | {"history": "s3://bucket/history.csv"})
    with pytest.raises(InputError) as raised:
        Secrets.known(question).refuse(question)
    assert str(raised.value) == (
        "history: it holds the value of the environment variable PLACE_OF_LOG; write "
        "${PLACE_OF_LOG} in its place, or unset PLACE_OF_LOG if it is no secret"
    )
    Secrets.known(params.from_names(ASKED)).refuse(params.from_names(ASKED))


@pytest.mark.slow
def test_counts_that_hold_one_are_refused() -> None:
    counts = count(platform(1, 3_000), asked())
    group = str(counts.slices["system"].max())
    with pytest.raises(LeakError, match=r"counts/\w+\.system would hold the value of .* T, which"):
        Secrets({"T": group}).check_counts(counts)
    with pytest.raises(LeakError, match=r"counts/meta\.json would hold"):
        Secrets({"T": counts.meta["fingerprint"]}).check_counts(counts)
    Secrets({"T": group + " not there"}).check_counts(counts)
