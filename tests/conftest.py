"""What every test may ask for: the repository, the real reports beside it, the vocabulary and a reader that has it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import settings

from loaders import vocabulary as vocabulary_files
from loaders.formats import ocr
from loaders.interpret import Interpreter
from loaders.vocabulary import Vocabulary

# A busy machine is no defect: properties are judged by what they say, not by how long an example took.
settings.register_profile("gouji", deadline=None)
settings.load_profile("gouji")


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared(root: Path) -> Path:
    """The folder beside the repository with real reports and hand-checked facts; tests that need it skip without it."""
    folder = root.parent / "shared"
    if not (folder / "reports").is_dir():
        pytest.skip(f"no real reports at {folder / 'reports'}: they stand beside the repository, not in it")
    return folder


@pytest.fixture(scope="session")
def vocabulary(root: Path) -> Vocabulary:
    """The vocabulary that the repository ships."""
    return vocabulary_files.load(root / "seeds")


@pytest.fixture(scope="session")
def with_ocr() -> None:
    """Tests that recognise text skip where the extra `ocr` is not installed."""
    if importlib.util.find_spec("rapidocr") is None:
        pytest.skip("the extra `ocr` is not installed: make ocr")


@pytest.fixture
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra `ocr` were not installed."""
    monkeypatch.setattr(ocr, "_missing", lambda: "现在缺少 rapidocr")


@pytest.fixture(scope="session")
def interpreter(vocabulary: Vocabulary) -> Interpreter:
    """A reader of documents with that vocabulary."""
    return Interpreter(vocabulary)
