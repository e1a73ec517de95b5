"""Settings: defaults, overrides, and errors that name key, value and what was expected."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bot.answering.settings import SETTINGS, Settings, SettingsError


def sha256_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def test_with_an_empty_environment_every_default_of_the_table_holds() -> None:
    table = {setting.name: setting.default for setting in SETTINGS}
    assert Settings.from_environ({}) == Settings.from_environ(table)
    assert Settings.from_environ(dict.fromkeys(table, "  ")) == Settings.from_environ(table)


def test_every_setting_of_the_table_is_read() -> None:
    given = {
        "WHOLEADS_HOST": "::1",
        "WHOLEADS_PORT": "0",
        "WHOLEADS_WORKERS": "3",
        "WHOLEADS_CORPUS": "/data/corpus",
        "WHOLEADS_INDEX": "/data/index",
        "CHROMA_URL": "http://127.0.0.1:8001/",
        "WHOLEADS_VECTOR_STORE": "shop.vectors:pgvector",
        "DATABASE_URL": "postgresql+psycopg://user:secret@host/name",
        "WHOLEADS_EMBEDDING_MODEL": "/data/model",
        "WHOLEADS_RERANKER": "off",
        "WHOLEADS_RERANK_MS": "50",
        "WHOLEADS_MODEL": "openai:some-model",
        "WHOLEADS_MODEL_URL": "http://127.0.0.1:8080/v1",
        "WHOLEADS_MODEL_KEY": "secret",
        "WHOLEADS_MODEL_READS": "always",
        "WHOLEADS_MODEL_TIMEOUT": "5",
        "WHOLEADS_API_KEYS": f"one, sha256:{sha256_of('two')},,",
        "WHOLEADS_RATE_LIMIT": "60",
        "WHOLEADS_DEADLINE": "5",
        "WHOLEADS_CONNECTIONS": "50",
        "FORWARDED_ALLOW_IPS": "10.0.0.7, 172.16.0.0/12",
        "WHOLEADS_LOG": "json",
        "WHOLEADS_LOG_QUESTIONS": "1",
        "WHOLEADS_UPLOADS": "/data/own",
        "WHOLEADS_SESSIONS": "5",
        "WHOLEADS_QUESTION_LOG": "on",
        "WHOLEADS_RETENTION_DAYS": "7",
    }
    assert set(given) == {setting.name for setting in SETTINGS}
    assert Settings.from_environ(given) == Settings(
        host="::1",
        port=0,
        workers=3,
        corpus="/data/corpus",
        index=Path("/data/index"),
        chroma_url="http://127.0.0.1:8001",
        vector_store="shop.vectors:pgvector",
        database_url="postgresql+psycopg://user:secret@host/name",
        embedding_model="/data/model",
        reranker="off",
        rerank_ms=50,
        model="openai:some-model",
        model_url="http://127.0.0.1:8080/v1",
        model_key="secret",
        model_reads="always",
        model_timeout=5,
        api_keys=(sha256_of("one"), sha256_of("two")),
        rate_limit=60,
        deadline=5,
        connections=50,
        proxies=("10.0.0.7", "172.16.0.0/12"),
        log="json",
        log_questions=1,
        uploads=Path("/data/own"),
        sessions=5,
        question_log=True,
        retention_days=7,
    )


def test_the_index_lies_in_the_data_folder_of_the_user() -> None:
    assert Settings.from_environ({"XDG_DATA_HOME": "/data"}).index == Path("/data/wholeads/index")
    home = Path("~/.local/share/wholeads/index").expanduser()
    assert Settings.from_environ({}).index == home
    assert Settings.from_environ({"XDG_DATA_HOME": "relative"}).index == home
    assert Settings.from_environ({"XDG_DATA_HOME": "/data"}).database_file == Path("/data/wholeads/wholeads.db")
    assert Settings.from_environ({"XDG_DATA_HOME": "/data", "WHOLEADS_INDEX": "~/i"}).index == Path("~/i").expanduser()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("WHOLEADS_PORT", "http", "0 to 65535"),
        ("WHOLEADS_PORT", "65536", "0 to 65535"),
        ("WHOLEADS_PORT", "-1", "0 to 65535"),
        ("WHOLEADS_PORT", "8_000", "0 to 65535"),
        ("WHOLEADS_PORT", "٨٠", "0 to 65535"),
        ("WHOLEADS_RATE_LIMIT", "9" * 5000, "whole number"),
        ("WHOLEADS_RATE_LIMIT", "1.5", "whole number"),
        ("WHOLEADS_SESSIONS", "0", "1 to"),
        ("FORWARDED_ALLOW_IPS", "my-proxy", "addresses or networks"),
        ("FORWARDED_ALLOW_IPS", "10.0.0.7/8", "addresses or networks"),
        ("WHOLEADS_QUESTION_LOG", "yes", "on, off"),
        ("WHOLEADS_RETENTION_DAYS", "-1", "0 to"),
        ("WHOLEADS_HOST", "a\nb", "control characters"),
        ("WHOLEADS_VECTOR_STORE", "vectors", "module:function"),
        ("WHOLEADS_VECTOR_STORE", "http://127.0.0.1:pgvector", "module:function"),
        ("CHROMA_URL", "127.0.0.1:8001", "http://host:port"),
        ("CHROMA_URL", "http://127.0.0.1:99999", "http://host:port"),
        ("CHROMA_URL", "http://127.0.0.1:8001/api", "http://host:port"),
    ],
)
def test_an_error_names_the_key_the_value_and_what_was_expected(key: str, value: str, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ({key: value})
    assert caught.value.key == key
    assert key in str(caught.value) and repr(value) in str(caught.value) and expected in str(caught.value)


@pytest.mark.parametrize("wrong", ["secret key", "sha256:secret", "sha256:" + "5ec" * 21, "sha256:"])
def test_keys_are_never_kept_nor_shown(wrong: str) -> None:
    settings = Settings.from_environ({"WHOLEADS_API_KEYS": "secret"})
    assert "secret" not in repr(settings) and settings.api_keys == (sha256_of("secret"),)
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ({"WHOLEADS_API_KEYS": wrong})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["secret", "://secret", "sqlite://", "sqlite:///:memory:", "sqlite+pysqlite:///?secret"]
)
def test_a_database_has_an_address_and_is_not_in_memory(url: str) -> None:
    assert "secret" not in repr(Settings.from_environ({"DATABASE_URL": "sqlite:////secret"}))
    with pytest.raises(SettingsError, match="expected a database as sqlite:") as caught:
        Settings.from_environ({"DATABASE_URL": url})
    assert "secret" not in str(caught.value)
