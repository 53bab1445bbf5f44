use super::*;

#[test]
fn text_comes_back_without_spaces_or_indented() {
    let json = parse(" {\"b\": [1, \"x<y\"], \"a\": {}, \"c\": []} ").expect("good JSON");
    assert_eq!(json.to_text(), "{\"b\":[1,\"x\\u003cy\"],\"a\":{},\"c\":[]}");
    let lines = ["{", "  \"a\": {},", "  \"b\": [", "    1,", "    \"x\\u003cy\"", "  ],"];
    let lines = [lines.join("\n"), "  \"c\": []\n}".to_owned()].join("\n");
    assert_eq!(json.sorted().to_indented_text(), lines);
}

#[test]
fn numbers_and_escapes_are_spelt_as_go_spells_them() {
    let cases = [
        ("1.0", "1"),
        ("-0", "-0"),
        ("2.50", "2.5"),
        ("1e21", "1e+21"),
        ("1e20", "100000000000000000000"),
        ("0.0000001", "1e-7"),
        ("0.000001", "0.000001"),
        ("\"\\u0008\\u000c\\u0001\\/\"", "\"\\b\\f\\u0001/\""),
        ("\"\\ud834\\udd1e\\ud800x\\udd1e\"", "\"𝄞\u{fffd}x\u{fffd}\""),
        ("\"\\ud800\\u0041\"", "\"\u{fffd}A\""),
        ("{\"a\":1,\"a\":2}", "{\"a\":2}"),
    ];
    for (text, written) in cases {
        let json = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(json.sorted().to_text(), written, "{text}");
    }
}

/// What hashicorp/aws 5.100.0 says of such documents.
#[test]
fn what_is_no_json_is_told_in_gos_words() {
    let cases = [
        ("", "unexpected end of JSON input"),
        ("{\"a\": [", "unexpected end of JSON input"),
        ("\"abc", "unexpected end of JSON input"),
        (" \n", "unexpected end of JSON input"),
        ("{\"a\"", "unexpected end of JSON input"),
        ("-", "invalid character ' ' in numeric literal"),
        ("1.", "invalid character ' ' after decimal point in numeric literal"),
        ("1e+", "invalid character ' ' in exponent of numeric literal"),
        ("tru", "invalid character ' ' in literal true (expecting 'e')"),
        ("[\"\\", "invalid character ' ' in string escape code"),
        ("no json", "invalid character 'o' in literal null (expecting 'u')"),
        ("trUe", "invalid character 'U' in literal true (expecting 'u')"),
        ("{} x", "invalid character 'x' after top-level value"),
        ("01", "invalid character '1' after top-level value"),
        ("'a'", "invalid character '\\'' looking for beginning of value"),
        ("é", "invalid character 'Ã' looking for beginning of value"),
        ("\u{7f}", "invalid character '\\x7f' looking for beginning of value"),
        ("\\", "invalid character '\\\\' looking for beginning of value"),
        ("{,}", "invalid character ',' looking for beginning of object key string"),
        ("{\"a\":}", "invalid character '}' looking for beginning of value"),
        ("[1,]", "invalid character ']' looking for beginning of value"),
        ("[1 2]", "invalid character '2' after array element"),
        ("{a: 1}", "invalid character 'a' looking for beginning of object key string"),
        ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
        ("{\"a\" 1}", "invalid character '1' after object key"),
        ("{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair"),
        ("\"a\nb\"", "invalid character '\\n' in string literal"),
        ("\"\u{1}\"", "invalid character '\\x01' in string literal"),
        ("\"\\x\"", "invalid character 'x' in string escape code"),
        ("\"\\u00g0\"", "invalid character 'g' in \\u hexadecimal character escape"),
        ("-x", "invalid character 'x' in numeric literal"),
        ("1.x", "invalid character 'x' after decimal point in numeric literal"),
        ("1ex", "invalid character 'x' in exponent of numeric literal"),
        ("1e999", "json: cannot unmarshal number 1e999 into Go value of type float64"),
    ];
    for (text, message) in cases {
        assert_eq!(parse(text), Err(message.to_owned()), "{text}");
    }
}

#[test]
fn depth_has_a_limit() {
    let nested = |depth: usize| [vec!["["; depth], vec!["]"; depth]].concat().concat();
    assert!(parse(&nested(500)).is_ok());
    assert_eq!(parse(&nested(501)), Err("exceeded max depth".to_owned()));
    assert_eq!(parse(&"[".repeat(1_000_000)), Err("exceeded max depth".to_owned()));
}
