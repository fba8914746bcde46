"""The demonstration's welcome lines up on a terminal where Chinese takes two columns."""

from grants.operation.signins import SIGN_INS, padded, welcome, width


def test_a_chinese_character_takes_two_columns() -> None:
    assert width("青苗 a") == 6
    assert padded("青苗", 6) == "青苗  "


def test_the_welcome_says_where_who_and_how_to_leave() -> None:
    text = welcome("http://127.0.0.1:8000", "/somewhere")
    assert "http://127.0.0.1:8000" in text
    assert "greenshoots-demo" in text
    columns = {
        line: width(line.removesuffix(person.en))
        for person in SIGN_INS
        for line in text.splitlines()
        if line.startswith(f"  {person.name} ") and line.endswith(person.en)
    }
    assert len(columns) == len(SIGN_INS)
    assert len(set(columns.values())) == 1
