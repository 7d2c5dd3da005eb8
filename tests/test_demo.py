"""The demo: what a newcomer sees, and what they can do then."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.analytics.glossary import explanation
from graph.demo import questions
from service.cli.demo_story import REPORTED

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent
DEMO = [sys.executable, "-m", "service", "demo"]


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """Give settings of a real community, which the demo must leave alone."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("WHOLEMAP_")}
    return {
        **clean,
        "TMPDIR": str(tmp_path),
        "WHOLEMAP_DATA_DIR": str(tmp_path / "community"),
        "WHOLEMAP_BOLT_URI": "bolt://127.0.0.1:9",
        "WHOLEMAP_BOLT_PASSWORD": "x",
    }


def test_the_demo_loads_asks_reports_and_ends(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [*DEMO, "--once"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = " ".join(done.stdout.split())
    assert "\x1b" not in done.stdout
    assert "400 people, 40 associations, 15 agencies, 150 assets" in told
    asked = told.partition("== Who could connect them?")[2].partition("==")[0]
    parts = re.split(r"\d\. \S+ \S+ would like to be in ", asked)[1:]
    assert len(parts) == len(questions()) == 3
    for part, hops in zip(parts, (2, 3, 4), strict=True):
        assert f"They are {hops} steps apart" in part
        assert re.search(r"- [A-Z]\S+ .*, who .* is a member of .*\.", part)
    for title in (explanation(kind).title for kind in REPORTED):
        assert re.search(rf"^== {title}\n[A-Z0-9].{{40,}}\n", done.stdout, re.MULTILINE)
    assert list(tmp_path.iterdir()) == []


def test_the_demo_goes_on_serving_until_it_is_interrupted(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    with subprocess.Popen(
        [*DEMO, "--port", "0"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stdout
        assert demo.stderr
        told = ""
        # The request to paste is the last that is said, and ends with an empty line.
        while "curl" not in told or not told.endswith("'\n\n"):
            line = demo.stdout.readline()
            assert line, demo.stderr.read()
            told += line
        docs = re.search(r"http://127\.0\.0\.1:\d+/docs", told)
        assert docs
        with urllib.request.urlopen(docs[0]) as page:  # noqa: S310 - the demo's own
            assert page.status == 200
        words = shlex.split(told[told.index("curl") :].replace("\\\n", " "))
        url, first, second, body = words[2], words[4], words[6], words[8]
        headers = dict(header.split(": ") for header in (first, second))
        request = urllib.request.Request(url, body.encode(), headers)  # noqa: S310 - the same
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
            assert b"who is a member of" in answer.read()
        demo.send_signal(signal.SIGINT)
        assert demo.wait() == 0
        assert demo.stderr.read() == ""
    assert list(tmp_path.iterdir()) == []
