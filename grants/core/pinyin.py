"""Sort keys by sound: pinyin with tones, the same order on every database."""

from __future__ import annotations

from grants.core.text import folded, simplified

# Readings that differ in surnames; a group or person may still correct their own.
_SURNAMES = {
    "尉迟": "yu4 chi2",
    "万俟": "mo4 qi2",
    "长孙": "zhang3 sun1",
    "令狐": "ling2 hu2",
    "澹台": "tan2 tai2",
    "单于": "chan2 yu2",
    "宰父": "zai3 fu3",
    "曾": "zeng1",
    "单": "shan4",
    "仇": "qiu2",
    "解": "xie4",
    "查": "zha1",
    "任": "ren2",
    "区": "ou1",
    "朴": "piao2",
    "盖": "ge3",
    "华": "hua4",
    "冼": "xian3",
    "覃": "qin2",
    "翟": "zhai2",
    "缪": "miao4",
    "乐": "yue4",
    "员": "yun4",
    "繁": "po2",
    "折": "she2",
    "秘": "bi4",
    "种": "chong2",
    "重": "chong2",
    "尉": "wei4",
    "召": "shao4",
    "能": "nai4",
    "那": "na1",
    "纪": "ji3",
    "燕": "yan1",
    "应": "ying1",
    "於": "yu1",
    "葛": "ge3",
    "车": "che1",
    "宁": "ning4",
    "牟": "mu4",
    "隗": "wei3",
    "黑": "he4",
    "逄": "pang2",
    "过": "guo1",
    "哈": "ha3",
    "洗": "xian3",
    "石": "shi2",
    "曲": "qu1",
    "卜": "bu3",
    "褚": "chu3",
    "郗": "xi1",
    "郇": "xun2",
    "乜": "nie4",
    "弗": "fu2",
    "谌": "chen2",
    "晟": "cheng2",
    "缴": "jiao3",
    "祭": "zhai4",
    "佴": "nai4",
}


def sort_key(text: str) -> str:
    """For a stored column: pinyin with tones, Latin text as it is, without regard to case."""
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(folded(text), style=Style.TONE3, neutral_tone_with_five=True)
    return " ".join(syllable.strip() for syllable in syllables if syllable.strip())


def person_sort_key(name: str) -> str:
    """As `sort_key`, with the surname read as a surname: 曾国华 under zeng, 单田芳 under shan."""
    bare = folded(name).replace(" ", "")
    start = simplified(bare)
    for length in (2, 1):
        reading = _SURNAMES.get(start[:length])
        if reading is not None and len(start) > length:
            return f"{reading} {sort_key(bare[length:])}"
    return sort_key(name)
