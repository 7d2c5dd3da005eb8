"""What surrounds the code keeps its promises too: set-up, requirements, image, checks."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from service.settings import Settings

ROOT = Path(__file__).parent.parent
ROOMS = ("service", "graph", "cypher")
PYTHON = sorted(
    path for room in (*ROOMS, "bench", "tests") for path in ROOT.glob(f"{room}/**/*.py")
)
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<marker>[^\\]+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> set[tuple[str, str, str | None]]:
    """Return name, version and marker of everything that a compiled file installs."""
    return {
        (found["name"], found["version"], found["marker"])
        for found in map(PIN.match, read(f"requirements/{name}.txt").splitlines())
        if found
    }


def wanted(name: str) -> set[str]:
    """Return the names that a hand-written requirements file asks for."""
    return set(re.findall(r"^[a-z0-9-]+", read(f"requirements/{name}.in"), flags=re.MULTILINE))


# Make


def make(*words: str) -> list[str]:
    """Return the lines that make prints, whatever the make that runs this test was told."""
    outer = re.compile("MAKE|MFLAGS|^(DEMO|T)$")
    return subprocess.run(
        ["make", *words],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not outer.search(name)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()


def test_make_alone_lists_every_target() -> None:
    [phony] = re.findall(r"^\.PHONY: (.+)$", read("Makefile"), flags=re.MULTILINE)
    lines = make()
    assert [line.split()[1] for line in lines] == phony.split()
    assert all(len(line.split()) > 3 for line in lines)


def test_the_demo_ends_by_itself_only_when_told() -> None:
    assert make("--dry-run", "demo", "DEMO=once")[-1].endswith("wholemap demo --once")
    assert make("--dry-run", "demo")[-1].rstrip().endswith("wholemap demo")


def test_ci_demands_neo4j_and_runs_what_the_readme_says() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
    lines = script.read_text(encoding="utf-8").splitlines()
    assert "export WHOLEMAP_REQUIRE_NEO4J=1" in lines
    assert {"make check", "make test"} <= set(lines)


# Requirements


@pytest.mark.parametrize("name", ["run", "development"])
def test_requirements_are_pins_with_digests_and_nothing_else(name: str) -> None:
    odd = [
        line
        for line in read(f"requirements/{name}.txt").splitlines()
        if not PIN.match(line) and not HASH.match(line)
    ]
    assert odd == []


def test_development_installs_what_runs_in_the_same_versions() -> None:
    assert pins("run") <= pins("development")


def test_the_compiled_files_hold_what_was_asked_for() -> None:
    assert wanted("run") <= {name for name, _, _ in pins("run")}
    assert wanted("development") <= {name for name, _, _ in pins("development")}


def test_the_lock_serves_python_3_11_and_newer() -> None:
    markers = {marker for name, _, marker in pins("run") if name == "networkx"}
    assert markers == {"python_full_version < '3.12'", "python_full_version >= '3.12'"}


# Package


def test_the_wheel_holds_every_file_of_the_rooms(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for room in ROOMS:
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, tree)
    shutil.copytree(ROOT / "requirements", tree / "requirements")
    here = {
        path.relative_to(tree).as_posix()
        for room in ROOMS
        for path in (tree / room).rglob("*")
        if path.is_file()
    }
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"),
            *("wheel", "--no-index", "--no-build-isolation", "--no-deps"),
            *("--wheel-dir", str(tmp_path), str(tree)),
        ],
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("wholemap-*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert here - inside == set()
    assert {name.split("/")[0] for name in inside if ".dist-info/" not in name} == set(ROOMS)


# Container


def compose() -> dict[str, Any]:
    return yaml.safe_load(read("docker-compose.yml"))


def test_the_compose_file_follows_the_compose_specification() -> None:
    schema = json.loads(read("tests/data/compose-spec.json"))
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(compose())] == []
    assert not validator.is_valid(compose() | {"servcies": {}})


def test_every_port_is_published_on_loopback_only() -> None:
    ports = [port for part in compose()["services"].values() for port in part["ports"]]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_no_secret_has_a_default() -> None:
    secrets = [
        value
        for part in compose()["services"].values()
        for name, value in part["environment"].items()
        if re.search("AUTH|PASSWORD|SECRET|TOKEN|KEY", name)
    ]
    assert secrets
    assert [value for value in secrets if not re.search(r"\$\{\w+:\?[^}]+\}$", value)] == []


def test_every_part_says_how_its_health_is_seen_and_keeps_its_data() -> None:
    whole = compose()
    for part in whole["services"].values():
        assert part["healthcheck"]["test"]
        assert {volume.split(":")[0] for volume in part["volumes"]} <= set(whole["volumes"])


def test_the_image_installs_by_digest_and_runs_without_root() -> None:
    lines = read("Dockerfile").splitlines()
    installs = [line for line in lines if "pip install" in line and "--no-deps" not in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)
    [user] = [line.split()[1] for line in lines if line.startswith("USER")]
    assert user not in {"root", "0"}


def test_what_is_set_is_a_setting() -> None:
    told = re.findall(r"\bWHOLEMAP_[A-Z_]+(?=[:=] ?)", read("Dockerfile"))
    for part in compose()["services"].values():
        told += [name for name in part["environment"] if name.startswith("WHOLEMAP_")]
    assert told
    assert {name.removeprefix("WHOLEMAP_").lower() for name in told} <= set(Settings.model_fields)


# Checks


def test_hooks_are_local() -> None:
    hooks = yaml.safe_load(read(".pre-commit-config.yaml"))
    assert {repo["repo"] for repo in hooks["repos"]} == {"local"}
    assert {hook["language"] for repo in hooks["repos"] for hook in repo["hooks"]} == {"system"}


def test_every_rule_that_is_left_out_gives_its_reason() -> None:
    lint = read("pyproject.toml").split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.flake8")[0]
    codes = [line for line in lint.splitlines() if re.match(r'\s+"[A-Z]+\d*"', line)]
    assert codes
    assert [line for line in codes if not re.search(r'^\s+"[A-Z]+\d*", +# \w.{9,}$', line)] == []


def test_every_exception_in_the_code_gives_its_reason() -> None:
    silencer = re.compile(r"# (?:noqa|type: ignore|pyright: ignore)\b(?P<rest>.*)")
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in PYTHON
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (found := silencer.search(line))
        and not re.fullmatch(r"(?:: [A-Z0-9, ]+|\[[\w, ]+\])(?: -|  #) \S.{4,}", found["rest"])
    ]
    assert bare == []


def test_a_module_is_named_for_its_subject() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
    assert [path.as_posix() for path in PYTHON if path.stem in vague] == []
