"""Reads from the source which permissions a view's actions ask for, so that new views need no entry anywhere."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

DEEPEST = 6


def permissions_asked(view: Callable[..., Any], known: Iterable[str]) -> list[str]:
    """Those of the `known` permissions asked on the way from a view through its actions, nearest first, each once.

    A name put together (`f"agreement.sign_{party}"`) stands for all that begin like it.
    """
    found: dict[str, None] = {}
    for begun in _begun(inspect.unwrap(view)):
        for name in [begun] if begun in known else [name for name in known if name.startswith(begun)]:
            found.setdefault(name)
    return list(found)


@cache
def _begun(view: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(_asked(view, DEEPEST, set()))


def _asked(function: Any, depth: int, seen: set[Any]) -> Iterator[str]:
    if depth == 0 or function in seen:
        return
    seen.add(function)
    tree = tree_of(function)
    yield from _literals(tree)
    for name in references(tree):
        for other in functions_of(resolved(name, function.__globals__)):
            yield from _asked(other, depth - 1, seen)


@cache
def tree_of(function: Any) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _literals(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called == "authorise" and len(node.args) > 1:
                yield from (
                    part.value
                    for part in ast.walk(node.args[1])
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                )


def references(tree: ast.AST) -> Iterator[str]:
    """Names and dotted names in the order in which they stand."""
    body = tree.body[0].body if isinstance(tree, ast.Module) and hasattr(tree.body[0], "body") else []
    for part in body:
        for node in ast.walk(part):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield f"{node.value.id}.{node.attr}"
            elif isinstance(node, ast.Name):
                yield node.id


def resolved(name: str, known: dict[str, Any]) -> Any:
    first, _, second = name.partition(".")
    found = known.get(first)
    return getattr(found, second, None) if second and isinstance(found, ModuleType) else found


def functions_of(found: Any) -> Iterator[FunctionType]:
    """Functions of our own packages; of a table of functions, all of them."""
    for each in found.values() if isinstance(found, dict) else (found,):
        one = inspect.unwrap(each) if callable(each) else each
        if isinstance(one, FunctionType) and one.__name__ != "<lambda>" and _is_ours(one.__module__):
            yield one


def _is_ours(module: str) -> bool:
    rung = module.split(".")[2:3]
    return module.startswith("grants.") and rung in (["views"], ["actions"], ["api"], ["forms"])
