"""GJSON paths on JSON text; the answers were recorded with the reference (gjson 1.18)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.gjson.select import select
from tests.support.json_documents import documents

ANSWER = (
    '{"id":"x1","output":[{"type":"image","url":"https://u/1"},{"type":"video","url":"https://u/2"}],'
    '"n":1.50,"e":1e5,"u":"\\u00e9\\/","empty":{},"none":[],"nested":{"p":{"v":1},"q":{"v":2}},'
    '"arr":[1,[2,[3]]],"a.b":"dot","long":["aa","bb"],"s":"{\\"in\\":7}","z":null,"t":true,"id":"dup",'
    '"friends":[{"first":"Dale","age":44,"nets":["ig","fb","tw"]},'
    '{"first":"Roger","age":68,"nets":["fb","tw"]},{"first":"Jane","age":47,"nets":["ig","tw"]}]}'
)
RECORDED = [
    # keys: the first of duplicates, spelled as they came
    ("id", '"x1"'),
    ("n", "1.50"),
    ("e", "1e5"),
    ("u", '"\\u00e9\\/"'),
    ("z", "null"),
    ("nested.p", '{"v":1}'),
    ("nested|p|v", "1"),
    ("a\\.b", '"dot"'),
    ("i*", '"x1"'),
    ("?", '1.50'),
    ("nested.*.v", "1"),
    # arrays
    ("output.#", "2"),
    ("output.0.url", '"https://u/1"'),
    ("output.01.url", '"https://u/2"'),
    ("arr.1.1.0", "3"),
    ("output.#.url", '["https://u/1","https://u/2"]'),
    ("output.#.url|0", '"https://u/1"'),
    ("output.#.url.0", "[]"),
    ("output.#.missing", "[]"),
    ("friends.#.nets.#", "[3,2,2]"),
    # queries
    ('output.#(type=="video").url', '"https://u/2"'),
    ('output.#(type="video").url', '"https://u/2"'),
    ('output.#(type=="none")#.url', "[]"),
    ("friends.#(age>45)#.first", '["Roger","Jane"]'),
    ("friends.#( age >= 47 )#|#", "2"),
    ("friends.#(age!=44)#.first", '["Roger","Jane"]'),
    ('friends.#(first%"D*").age', "44"),
    ('friends.#(first!%"D*")#.first', '["Roger","Jane"]'),
    ('friends.#(first>"E")#.first', '["Roger","Jane"]'),
    ('friends.#(nets.#(=="ig"))#.first', '["Dale","Jane"]'),
    ('friends.#(nets.0=="ig")#.first', '["Dale","Jane"]'),
    ("friends.#(nets.#>2)#.first", '["Dale"]'),
    ("friends.#(age==~true)#.first", '["Dale","Roger","Jane"]'),
    ("friends.#(gone==~null)#|#", "3"),
    ("friends.#(gone==~*)#|#", "0"),
    ('long.#(%"a*")', '"aa"'),
    ("friends.#(nets)#|#", "3"),
    ("friends.#()#", "[]"),
    # selectors
    ("{id,n}", '{"id":"x1","n":1.50}'),
    ('{id,"u":output.0.url}', '{"id":"x1","u":"https://u/1"}'),
    ("{name:id}", '{"name":"x1"}'),
    ("{id,missing}", '{"id":"x1"}'),
    ("[id,missing]", '["x1"]'),
    ("{missing}", "{}"),
    ("{output.#}", '{"_":2}'),
    ("output.#.{url}", '[{"url":"https://u/1"},{"url":"https://u/2"}]'),
    ("output.#.[type,url]", '[["image","https://u/1"],["video","https://u/2"]]'),
    ('{"x":!5,id}', '{"x":5,"id":"x1"}'),
    ('!"lit"', '"lit"'),
    ("!true", "true"),
    # modifiers
    ("output|@reverse|0.url", '"https://u/2"'),
    ("output.@reverse.0.url", '"https://u/2"'),
    ("nested.@reverse", '{"q":{"v":2},"p":{"v":1}}'),
    ("nested.@values.#.v", "[1,2]"),
    ("nested.@keys", '["p","q"]'),
    ("s.@fromstr.in", "7"),
    ("id.@tostr", '"\\"x1\\""'),
    ("n.@tostr", '"1.50"'),
    ("arr.@flatten", "[1,2,[3]]"),
    ('arr.@flatten:{"deep":true}', "[1,2,3]"),
    ("[nested.p,nested.q]|@join", '{"v":2}'),
    ('[nested.p,nested.q]|@join:{"preserve":true}', '{"v":1,"v":2}'),
    ("{u:output.#.url}|@group", '[{"u":"https://u/1"},{"u":"https://u/2"}]'),
    ("@dig:url", '["https://u/1","https://u/2"]'),
    ("friends.#.nets|@flatten", '["ig","fb","tw","fb","tw","ig","tw"]'),
    ("output.#.url.@tostr", '["\\"https://u/1\\"","\\"https://u/2\\""]'),
    ("nested.@ugly", '{"p":{"v":1},"q":{"v":2}}'),
    ("nested.@valid.p.v", "1"),
    ('{n,id}|@pretty:{"sortKeys":true}', '{\n  "id": "x1",\n  "n": 1.50\n}\n'),
    ("missing|@keys", "[]"),
    # the answer taken as JSON Lines
    ("..#", "1"),
    ("..0.id", '"x1"'),
    ("..#.id", '["x1"]'),
]  # fmt: skip
NOTHING = [
    *(
        "missing",
        "output.5.url",
        "output[0]",
        "$.id",
        ".id",
        "id.",
        "OUTPUT",
        "a.b.c",
        '"id"',
        "a,b",
    ),
    *("@nope", "@base64", "id.x", "n.#", "friends.-1", 'output.#(type=="none").url', "output.#("),
    *("friends.#(age>99)", "@fromstr.x", "id.@fromstr", "friends.#()"),
]


@pytest.mark.parametrize(("path", "value"), RECORDED, ids=[path for path, _ in RECORDED])
def test_path_selects_a_part(path: str, value: str) -> None:
    assert select(ANSWER, path) == value


@pytest.mark.parametrize("path", NOTHING)
def test_path_without_match(path: str) -> None:
    assert select(ANSWER, path) is None


@pytest.mark.parametrize(
    ("value", "query", "fits"),
    [
        ("true", "=true", True),
        ("true", ">=true", True),
        ("true", ">false", True),
        ("false", "<true", True),
        ("false", "<=false", True),
        ("false", ">=false", False),
        ("null", "=null", False),
        ('"1"', "==~true", True),
        ('"no"', "==~true", False),
        ('"f"', "==~false", True),
        ("0", "==~false", True),
        ("0", "==~other", False),
        ('"b"', ">x", False),
        ("1", "%1", False),
        ("12", ">x", True),
    ],
)
def test_query_compares_by_json_type(value: str, query: str, fits: bool) -> None:
    assert select(f"[{value}]", f"#({query})#") == (f"[{value}]" if fits else "[]")


@given(documents)
def test_selected_text_keeps_its_spelling(document: Any) -> None:
    text = json.dumps(document)

    assert select(text, "@this") == text
    if isinstance(document, list):
        for index, item in enumerate(document):
            assert select(text, str(index)) == json.dumps(item)


@given(st.text(alphabet='ab.|#@!*?\\"()[]{}:,=<>%~01 ', max_size=20), documents)
def test_any_path_selects_json_or_nothing(path: str, document: Any) -> None:
    found = select(json.dumps(document), path)

    if found is not None:
        json.loads(found)
