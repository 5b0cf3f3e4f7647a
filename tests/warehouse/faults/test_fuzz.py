"""Readers are given what chance makes of real files: each is read or refused with a documented reason.

Whatever the bytes: no other error, nothing written but where the worker was told to, no network, no other program, and
limits of time and memory. The normal tests try some hundreds, always the same ones. `make test-faults` tries as many
as GOUJI_FUZZ_INPUTS says, new ones each time: most by chance, some as Atheris chooses, where that is installed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from fuzzing import Watched, corpus
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import mutate

INPUTS = int(os.environ.get("GOUJI_FUZZ_INPUTS", "0"))
# Of them, so many are Atheris's, which is slower for the code that it puts into the loaders.
SHARE_OF_ATHERIS = 0.2
BEGINS = corpus()
NAMES = sorted(BEGINS, key=lambda name: len(BEGINS[name]))


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The reader of a worker in this process; what it replaces is as before afterwards."""
    from loaders.formats import ocr

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ocr, "_missing", ocr._missing)
        patch.setattr(shutil, "which", shutil.which)
        yield Watched(tmp_path_factory.mktemp("fuzz"))


@settings(max_examples=250, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(NAMES), seed=st.integers(0, 2**32))
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_whatever_the_bytes_a_file_is_read_or_refused(watched: Watched, name: str, seed: int) -> None:
    assert watched.outcome(mutate(BEGINS[name], random.Random(seed), list(BEGINS.values())))


@pytest.mark.parametrize("name", NAMES)
def test_the_files_to_begin_with_are_as_they_should_be(watched: Watched, name: str) -> None:
    """Otherwise nothing would be tested but refusals."""
    refused = {
        "small.doc": "needs_libreoffice",
        "small.rtf": "needs_libreoffice",
        "small.png": "needs_ocr",
    }
    outcome = watched.outcome(BEGINS[name])
    assert outcome in ("loaded", "partial") if name not in refused else outcome == refused[name]


@pytest.mark.parametrize("code", ["import socket; socket.socket()", "open('outside', 'w')", "import os; os.system('')"])
def test_what_a_reader_may_not_do_is_noticed(tmp_path: Path, code: str) -> None:
    """In a process of its own, as the watch cannot be taken off."""
    script = f"""
import sys
from pathlib import Path
from fuzzing import Watched
watched = Watched(Path(sys.argv[1]))
watched.reader.run = lambda task: exec({code!r})
watched.outcome(b"1")
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, env=environment, check=False
    )
    assert "ForbiddenError" in run.stderr


@pytest.mark.skipif(not INPUTS, reason="the long form: make test-faults")
@pytest.mark.parametrize("driver", ["chance", "atheris"])
def test_thousands_of_inputs_are_read_or_refused(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A library that ends the process is not ours to mend, and costs a build only that file: it is counted apart."""
    if driver == "atheris" and importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed: the extra `fuzz`")
    inputs = round(INPUTS * (SHARE_OF_ATHERIS if driver == "atheris" else 1 - SHARE_OF_ATHERIS))
    outcomes, kinds = Counter[str](), Counter[str]()
    done, died, failures, most = 0, [], [], {"slowest": 0.0, "largest": 0, "memory": 0}
    while done < inputs:
        seed = random.randrange(10**9)
        folder = tmp_path / str(seed)
        folder.mkdir()
        command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("fuzzing.py")), str(folder)]
        with (folder / "log").open("wb") as log:
            ended = subprocess.run(
                [*command, str(inputs - done), str(seed), driver], stdout=log, stderr=log, check=False
            ).returncode
        told = json.loads((folder / "told.json").read_text(encoding="utf-8")) if (folder / "told.json").exists() else {}
        done += max(told.get("inputs", 0), 1)
        outcomes.update(told.get("outcomes", {}))
        kinds.update(told.get("kinds", {}))
        failures += told.get("failures", [])
        most = {name: max(value, told.get(name, 0)) for name, value in most.items()}
        if ended != 0 and told.get("inputs", 0) < inputs:
            died.append(f"{signal.Signals(-ended).name if ended < 0 else ended}: {folder / 'input'}")
            assert len(died) < 20, died
    with capsys.disabled():
        print(f"\n{driver}: {done} inputs, made of {dict(kinds.most_common())}")
        print(f"  ended as {dict(outcomes.most_common())}")
        print(f"  slowest {most['slowest']:.1f} s, largest {most['largest']} bytes, memory {most['memory']} MB")
        print(f"  readers that died: {died or 'none'}; other failures: {failures or 'none'}", flush=True)
    assert failures == []
    assert [each for each in died if not each.startswith("SIG")] == []
