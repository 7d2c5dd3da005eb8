"""The matrix in the docs is what the policy answers."""

from __future__ import annotations

from graph.nodes import MODEL_OF
from graph.ties import TIE_MODEL_OF
from tests.access_matrix import PAGE, matrix, page_with


def test_the_matrix_in_the_docs_is_what_the_policy_answers() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page_with(page, matrix()) == page, "run `python -m tests.access_matrix`"


def test_the_matrix_has_every_field_of_every_record() -> None:
    lines = matrix().splitlines()
    for name, model in (MODEL_OF | TIE_MODEL_OF).items():
        told = "".join(line for line in lines if line.startswith(f"| {name} |"))
        assert all(f"`{field}`" in told for field in model.model_fields), name
