"""How a score follows from ability and difficulty, and what another difficulty makes of it.

A formula is linear in both, with or without ``logistic`` around it, so that no ability need
be known: on the scale inside, a new difficulty moves a score by its slope times the difference.
"""

import ast
import re
from dataclasses import dataclass
from math import isclose, isfinite
from typing import Self

REMEDY = "write logistic(ability - difficulty), or ability - difficulty for scores in logits"


@dataclass(frozen=True)
class Formula:
    """``score = link(ability_slope * ability + difficulty_slope * difficulty + constant)``.

    ``link`` is the logistic function or nothing.
    """

    text: str
    logistic: bool
    ability_slope: float
    difficulty_slope: float
    constant: float

    def __str__(self) -> str:
        return self.text

    @classmethod
    def parse(cls, text: str) -> Self:
        """The formula that ``text`` spells; `ValueError` for anything else."""
        written = re.sub(r"\s+", " ", text.replace("−", "-").strip())
        link = re.fullmatch(r"(?:logistic|sigmoid|expit) ?\((.*)\)", written)
        inner = link[1] if link else written
        try:
            tree = ast.parse(inner.strip(), mode="eval").body
            at = {
                (a, d): _value(tree, {"ability": float(a), "difficulty": float(d)})
                for a, d in ((0, 0), (1, 0), (0, 1), (2, 3), (-5, 7))
            }
        except (SyntaxError, ValueError, ZeroDivisionError, RecursionError) as error:
            raise ValueError(f"{text!r} is no formula that can be read: {REMEDY}") from error
        constant = at[0, 0]
        ability, difficulty = at[1, 0] - constant, at[0, 1] - constant
        linear = all(
            isclose(result, ability * a + difficulty * d + constant, rel_tol=1e-9, abs_tol=1e-9)
            for (a, d), result in at.items()
        )
        if not linear or not all(isfinite(value) for value in at.values()):
            raise ValueError(f"{text!r} is not linear in ability and difficulty; {REMEDY}")
        if not ability or not difficulty:
            raise ValueError(f"{text!r} needs both ability and difficulty; {REMEDY}")
        return cls(written, bool(link), ability, difficulty, constant)


def _value(node: ast.expr, names: dict[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, names)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _value(left, names) + _value(right, names)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _value(left, names) - _value(right, names)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _value(left, names) * _value(right, names)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _value(left, names) / _value(right, names)
    raise ValueError(ast.dump(node))


LOGISTIC = Formula.parse("logistic(ability - difficulty)")
LINEAR = Formula.parse("ability - difficulty")
