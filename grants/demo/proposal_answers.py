"""What the groups of the demo answered: the data's keys put to the questions of the shipped forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grants.demo.words import words
from grants.questionnaires.definition import Definition

Data = Mapping[str, Any]
_HOURS_EACH_TIME = 2
_KINDS = {"传统": "traditional", "创新": "innovative", "应急": "emergency"}
_UNMENDED = "B02"
_PARTICIPANTS = ["residents"]
_EVIDENCE = ["visits", "records"]
_SAFETY = (
    "指定一名安全负责人，活动前开十分钟安全说明会，现场配急救包和应急联系卡；"
    "遇恶劣天气提前一天改期；发生受伤立即停止活动、就近送医，两小时内报告基金会和街道，并启动志愿者保险理赔。"
)
_CHILDREN = (
    "未成年人参加须有监护人书面同意；任何时候至少两名成年人在场；照片须经监护人同意才公开，不出现姓名和学校。"
)


def full_width(chinese: str) -> str:
    return words(chinese).get("zh-Hans", "")


def answers_to(row: Data, data: Data, definition: Definition) -> dict[str, dict[str, Any]]:
    """Every answer the data holds, section by section of the form."""
    known = _known(row, data)
    return {
        section.key: {q.key: known[q.key] for q in section.questions if q.key in known}
        for section in definition.sections
    }


def _known(row: Data, data: Data) -> dict[str, Any]:
    return {
        **_at_a_glance(row, data),
        **_words(row),
        **_people(row, data),
        "budget": [_line(line, row) for line in row["budget"]],
        "forbidden_tasks": ["none"],
        "safety_plan": _SAFETY,
        "child_protection": _CHILDREN,
        "promise": all(row["declarations"].values()),
        **row["declarations"],
    }


def _at_a_glance(row: Data, data: Data) -> dict[str, Any]:
    group = next(group for group in data["groups"] if group["id"] == row["group_id"])
    return {
        "title": full_width(row["title_zh"]),
        "summary": _first_sentence(row["goals_zh"]),
        "summary_en": row["summary_en"],
        "fields": row["fields"],
        "kind": _KINDS[row["kind"]],
        "origin": "residents" if group["origin_type"] == "社区居民自发型" else "social",
        "place": row["region_code"],
        "starts_on": row["start"],
        "ends_on": row["end"],
    }


def _words(row: Data) -> dict[str, Any]:
    return {
        "need": full_width(row["need_zh"]),
        "need_evidence": _EVIDENCE,
        "goals": full_width(row["goals_zh"]),
        "sustainability": full_width(row["sustainability_zh"]),
        "activities": full_width(row["activities_zh"]),
    }


def _people(row: Data, data: Data) -> dict[str, Any]:
    partners = {partner["id"]: partner["name_zh"] for partner in data["partners"]}
    return {
        "volunteers": row["volunteers_planned"],
        "person_times": row["person_times_planned"],
        "hours": row["person_times_planned"] * _HOURS_EACH_TIME,
        "reached": [{"type": one["type"], "people": one["planned"]} for one in row["beneficiaries"]],
        "participants": _PARTICIPANTS,
        "team": [{"name": one["name_zh"], "role": one["role_zh"]} for one in row["team"]],
        "partners": [
            {"name": full_width(partners[one["partner_id"]]), "role": full_width(one["role_zh"])}
            for one in row["partners"]
        ],
    }


def _line(line: Data, row: Data) -> dict[str, Any]:
    """As in the data; one draft still has a price to mend, as drafts do."""
    to_mend = row["id"] == _UNMENDED and line["category"] == "meals"
    return {
        "category": line["category"],
        "item": full_width(line["item_zh"]),
        "unit_price": "35.00" if to_mend else line["unit_price"],
        "quantity": line["quantity"],
        "unit": line["unit_zh"],
        "source": line["source"],
    }


def _first_sentence(chinese: str) -> str:
    text = full_width(chinese)
    return text.partition("；")[0].partition("。")[0] + "。"
