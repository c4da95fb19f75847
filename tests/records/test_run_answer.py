import pytest

from investigate.errors import RunError
from investigate.records.findings_file import dumps
from investigate.records.job import Outcome
from investigate.records.run import answer


def outcome(name: str, *documents: dict[str, object], error: str | None = None) -> Outcome:
    status = "failed" if error else "succeeded"
    return Outcome(name, status, 0.0, 1.0, error=error, cell=2, findings=documents)


def finding(name: str, **detail: object) -> dict[str, object]:
    return {"name": name, "detail": detail}


def test_the_last_answer_counts() -> None:
    first = outcome("1_a", finding("answer", findings={"n": 1}), finding("drop"))
    second = outcome("2_b", finding("answer", findings={"n": 2}), finding("drop", findings={}))
    assert answer([first, second]) == {"n": 2}
    assert answer([second, first]) == {"n": 1}


def test_an_own_notebook_answers_other_questions() -> None:
    kit = outcome("1_a", finding("answer", findings={"n": 1}))
    own = outcome("mine", finding("answer", findings={"n": 2}))
    assert answer([kit, own], ["mine"]) == {"n": 1}
    with pytest.raises(RunError, match="no notebook gave an answer"):
        answer([own], ["mine"])


def test_a_failed_notebook_goes_before_any_answer() -> None:
    good = outcome("1_a", finding("answer", findings={}))
    bad = outcome("2_b", finding("answer", findings={}), error="KeyError: 'x'")
    with pytest.raises(RunError, match=r"^2_b.ipynb, cell 2: KeyError: 'x'$"):
        answer([good, bad])


@pytest.mark.parametrize("shown", [finding("answer"), finding("answer", findings=[])])
def test_an_answer_without_findings_is_none(shown: dict[str, object]) -> None:
    with pytest.raises(RunError, match=r"1_a\.ipynb: its answer carries no findings"):
        answer([outcome("1_a", shown)])


def test_no_answer() -> None:
    with pytest.raises(RunError, match="no notebook gave an answer"):
        answer([outcome("1_a", finding("drop"))])


@pytest.mark.slow
def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(RunError, match="not finite"):
        dumps({"auc": float("nan")})
    assert dumps({"b": "ü", "a": None}) == '{\n  "b": "ü",\n  "a": null\n}\n'
