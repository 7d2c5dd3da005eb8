"""All Cypher stands in cypher/, none is composed, and only the settings read the environment.

Each gate is a function from source to the lines that it refuses; it is run over the project, and
over a line that it must refuse, so that it cannot fall asleep.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

Gate = Callable[[str], list[int]]

ROOT = Path(__file__).parent.parent
PYTHON = sorted([*ROOT.glob("service/**/*.py"), *ROOT.glob("graph/**/*.py")])
STORE = sorted(ROOT.glob("graph/store/**/*.py")) or sorted(ROOT.glob("graph/store.py"))
STATEMENTS = sorted(ROOT.glob("cypher/**/*.cypher"))

CLAUSE = re.compile(
    r"\b(?:OPTIONAL\s+)?(?:MATCH|MERGE)\s*[(\w]"
    r"|\bCREATE\s*\("
    r"|\b(?:CREATE|DROP)\s+(?:\w+\s+)?(?:CONSTRAINT|INDEX)\b"
    r"|\bUNWIND\s+[$\w\[]"
    r"|\bDETACH\s+DELETE\b"
    r"|\bRETURN\s+[$\w*]"
    r"|\bCALL\s*(?:\{|\w+\.)"
    r"|\bSHOW\s+(?:CONSTRAINTS|INDEXES)\b"
    r"|\b(?:match|merge|create)\s*\(\w*(?::\w+|\s*\{)"
)


def cypher_text(source: str) -> list[int]:
    """Lines whose string constants hold a clause of Cypher; docstrings are for people."""
    tree = ast.parse(source)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in prose
        and CLAUSE.search(node.value)
    ]


def environment_reads(source: str) -> list[int]:
    """Lines that reach for the environment."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"})
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {name.name for name in node.names} & {"environ", "environb", "getenv"}
        )
    ]


def _is_statement(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "statement"


def _knows_the_driver(tree: ast.AST) -> bool:
    return any(
        (isinstance(node, ast.Import) and any(name.name == "neo4j" for name in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("neo4j"))
        for node in ast.walk(tree)
    )


def _runs(tree: ast.AST) -> list[ast.Call]:
    """Calls that hand a statement to the driver; other rooms have a `run` that takes a name."""
    if not _knows_the_driver(tree):
        return []
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"run", "execute_query"}
    ]


def composed_statements(source: str) -> list[int]:
    """Lines that run what is neither `statement(...)` nor a name that holds nothing else."""
    tree = ast.parse(source)
    literal: set[str] = set()
    other: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.arg(arg=name, annotation=ast.expr() as annotation)
                | ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=None)
            ):
                if ast.unparse(annotation) == "LiteralString":
                    literal.add(name)
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                (literal if _is_statement(value) else other).add(name)
            case ast.AugAssign(target=ast.Name(id=name)):
                other.add(name)
            case _:
                pass
    return [
        call.lineno
        for call in _runs(tree)
        if not call.args
        or not (
            _is_statement(call.args[0])
            or (isinstance(call.args[0], ast.Name) and call.args[0].id in literal - other)
        )
    ]


def auto_commits(source: str) -> list[int]:
    """Lines that run a statement on a session: never tried again, and half done where it writes.

    Reads of one statement have `Client.rows`, which takes no other.
    """
    return [
        call.lineno
        for call in _runs(ast.parse(source))
        if isinstance(call.func, ast.Attribute)
        and "session" in ast.unparse(call.func.value).lower()
    ]


def bare(cypher: str) -> str:
    """Return a statement without its comments, strings and quoted names."""
    return re.sub(
        r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`",
        "",
        cypher,
        flags=re.DOTALL,
    )


def asked(source: str) -> list[str]:
    """Names of statements that stand in a source, as patterns: `{kind}` may be any word."""
    tree = ast.parse(source)
    whole = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inside = {id(part) for node in whole for part in node.values}
    patterns = [
        "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
            for part in node.values
        )
        for node in whole
    ]
    patterns += [
        re.escape(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside
    ]
    return [pattern for pattern in patterns if re.fullmatch(r"(?:read|write)/[\w/\\+]+", pattern)]


def _statement_names() -> set[str]:
    return {
        path.relative_to(ROOT / "cypher").with_suffix("").as_posix()
        for path in ROOT.glob("cypher/**/*.cypher")
    }


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _found(paths: list[Path], gate: Gate) -> list[str]:
    """Where a gate refuses a line of these files, as `file:line`."""
    return [
        f"{_name(path)}:{line}" for path in paths for line in gate(path.read_text(encoding="utf-8"))
    ]


def test_no_cypher_stands_in_python() -> None:
    assert _found(PYTHON, cypher_text) == []


def test_only_the_settings_read_the_environment() -> None:
    others = [path for path in PYTHON if _name(path) != "service/settings.py"]
    assert _found(others, environment_reads) == []


def test_no_statement_is_composed() -> None:
    assert _found(STORE, composed_statements) == []


def test_every_statement_runs_in_a_transaction() -> None:
    assert _found(STORE, auto_commits) == []


@pytest.mark.parametrize(
    ("gate", "source"),
    [
        (cypher_text, 'QUERY = "MATCH (n:Node) RETURN n"'),
        (cypher_text, 'QUERY = f"UNWIND $rows AS row {rest}"'),
        (cypher_text, 'QUERY = "match (n:Node {id: 1})"'),
        (cypher_text, 'QUERY = "CREATE CONSTRAINT node_id IF NOT EXISTS"'),
        (environment_reads, 'import os; os.environ["A"]'),
        (environment_reads, 'import os; os.getenv("A")'),
        (environment_reads, "from os import environ"),
        (composed_statements, 'import neo4j; tx.run(f"{statement(name)} LIMIT 1")'),
        (composed_statements, 'import neo4j; tx.run(statement(name) + " LIMIT 1")'),
        (composed_statements, 'import neo4j; tx.run("...".format(name))'),
        (composed_statements, 'import neo4j; tx.run("%s" % name)'),
        (composed_statements, "import neo4j; text = first + second; tx.run(text)"),
        (composed_statements, "import neo4j; text = statement(name); text += rest; tx.run(text)"),
        (composed_statements, "import neo4j; tx.run(query=text)"),
        (composed_statements, "import neo4j; unit.run(text)"),
        (auto_commits, "import neo4j; session.run(statement(name))"),
        (auto_commits, "import neo4j; self._driver.session().run(statement(name))"),
    ],
)
def test_a_gate_refuses_what_it_is_for(gate: Gate, source: str) -> None:
    assert gate(source) == [1]


@pytest.mark.parametrize(
    ("gate", "source"),
    [
        (cypher_text, 'def merge():\n    """MATCH (n) RETURN n, in words."""'),
        (cypher_text, 'DETAIL = "the values do not match (see the list)"'),
        (composed_statements, 'import neo4j; tx.run(statement("read/person"), id=id)'),
        (composed_statements, 'import neo4j; tx.run(cypher.statement("read/person"), id=id)'),
        (composed_statements, "import neo4j\ndef read(tx, text: LiteralString): tx.run(text)"),
        (composed_statements, 'import neo4j; text = statement("read/person"); tx.run(text)'),
        (composed_statements, 'unit.run(f"write/create_{kind}", rows=rows)'),
        (auto_commits, 'import neo4j; transaction.run(statement("read/person"))'),
    ],
)
def test_a_gate_lets_pass_what_it_is_not_for(gate: Gate, source: str) -> None:
    assert gate(source) == []


@pytest.mark.parametrize("path", STATEMENTS, ids=_name)
def test_a_file_holds_one_statement(path: Path) -> None:
    statement = bare(path.read_text(encoding="utf-8")).strip()
    assert statement.removesuffix(";")
    assert ";" not in statement.removesuffix(";")


def test_a_semicolon_counts_only_outside_of_strings_and_comments() -> None:
    assert ";" not in bare("RETURN 'a;b', \"c;d\", `e;f` // g;h\n/* i;\nj */")
    assert ";" in bare("RETURN 1; RETURN 2")


def test_every_statement_asked_for_exists() -> None:
    names = _statement_names()
    missing = [
        f"{_name(path)} asks for {pattern}"
        for path in PYTHON
        for pattern in asked(path.read_text(encoding="utf-8"))
        if not any(re.fullmatch(pattern, name) for name in names)
    ]
    assert missing == []


def test_no_statement_lies_unused() -> None:
    patterns = {pattern for path in PYTHON for pattern in asked(path.read_text(encoding="utf-8"))}
    names = {name for name in _statement_names() if not name.startswith("schema/")}
    unused = {name for name in names if not any(re.fullmatch(each, name) for each in patterns)}
    assert sorted(unused) == []


def test_names_of_statements_are_found_whole_or_with_gaps() -> None:
    assert asked('unit.run("write/delete_node")') == ["write/delete_node"]
    assert asked('unit.run(f"write/create_{kind}")') == [r"write/create_\w+"]
    assert asked('DETAIL = "who may read/write here"') == []
