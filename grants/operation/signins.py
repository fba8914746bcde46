"""The demonstration's sign-ins, as they are printed at its start."""

import unicodedata
from typing import NamedTuple

DOMAIN = "demo.example"
PASSWORD = "greenshoots-demo"  # noqa: S105 - printed for every visitor of the demonstration


class SignIn(NamedTuple):
    name: str
    zh: str
    en: str


SIGN_INS = (
    SignIn("director", "秘书长", "director"),
    SignIn("officer", "项目专员", "programme officer"),
    SignIn("officer2", "项目专员", "second programme officer"),
    SignIn("finance", "财务", "finance"),
    SignIn("finance2", "财务复核", "second finance officer"),
    SignIn("awards", "评优专员", "awards officer"),
    SignIn("auditor", "监事（只读）", "auditor, reads everything"),
    SignIn("board1 … board9", "理事会（board1 为理事长）", "board, board1 chairs"),
    SignIn("district, district2", "荔湾、天河区推荐单位", "district offices"),
    SignIn("partner", "共建单位", "co-building unit"),
    SignIn("evaluator", "评估专家", "outside evaluator"),
    SignIn("reviewer1 … reviewer8", "评审", "reviewers"),
    SignIn("group1 … group24", "志愿服务组织负责人", "group leaders"),
    SignIn("group1b", "第一组织的成员", "second member of group 1"),
    SignIn("admin", "系统管理员", "administrator"),
)


def width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, columns: int) -> str:
    return text + " " * max(0, columns - width(text))


def welcome(address: str, folder: str) -> str:
    """The whole text: address, password, who may sign in, how to leave."""
    names = max(width(person.name) for person in SIGN_INS) + 2
    chinese = max(width(person.zh) for person in SIGN_INS) + 2
    rows = [f"  {padded(p.name, names)}{padded(p.zh, chinese)}{p.en}" for p in SIGN_INS]
    return "\n".join(
        [
            "",
            f"  青苗 Greenshoots   {address}",
            "",
            f"  登录邮箱 = 下列名称@{DOMAIN}，密码 {PASSWORD}",
            f"  Sign in as name@{DOMAIN}, password {PASSWORD}",
            "",
            *rows,
            "",
            f"  数据保存在 {folder}；重新开始加 --reset，Ctrl-C 停止",
            f"  Kept in {folder}; start over with --reset, stop with Ctrl-C",
            "",
        ]
    )
