//! Reading JSON, with Go's words for what is wrong.

use super::Json;

/// How deep arrays and objects may lie in each other. No policy comes near it.
const DEEPEST: usize = 500;

const AT_VALUE: &str = "looking for beginning of value";
const AT_KEY: &str = "looking for beginning of object key string";

/// Reads one JSON value.
///
/// # Errors
/// What is wrong, as Go says it.
pub fn parse(text: &str) -> Result<Json, String> {
    let mut reader = Reader { rest: text, depth: 0 };
    let value = reader.value()?;
    match reader.next_token() {
        Err(_) => Ok(value),
        Ok(c) => Err(unexpected(c, "after top-level value")),
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

fn unexpected(c: char, place: &str) -> String {
    // Go reads bytes, so of a longer character it sees the first one.
    let mut bytes = [0; 4];
    let byte = char::from(c.encode_utf8(&mut bytes).as_bytes().first().copied().unwrap_or(0));
    let shown = match byte {
        '\'' => "'\\''".to_owned(),
        '"' => "'\"'".to_owned(),
        '\\' => "'\\\\'".to_owned(),
        '\t' => "'\\t'".to_owned(),
        '\n' => "'\\n'".to_owned(),
        '\r' => "'\\r'".to_owned(),
        c if c.is_ascii_control() => format!("'\\x{:02x}'", u32::from(c)),
        c => format!("'{c}'"),
    };
    format!("invalid character {shown} {place}")
}

fn ended() -> String {
    "unexpected end of JSON input".to_owned()
}

impl Reader<'_> {
    fn peek(&self) -> Result<char, String> {
        self.rest.chars().next().ok_or_else(ended)
    }

    fn take(&mut self) -> Result<char, String> {
        let c = self.peek()?;
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
        Ok(c)
    }

    /// The next character; where a token breaks off, Go sees a space behind the end.
    fn take_in_token(&mut self) -> char {
        self.take().unwrap_or(' ')
    }

    /// The next character that is no space, taken.
    fn next_token(&mut self) -> Result<char, String> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.take()
    }

    fn value(&mut self) -> Result<Json, String> {
        let first = self.next_token()?;
        self.value_from(first)
    }

    fn value_from(&mut self, first: char) -> Result<Json, String> {
        match first {
            '{' => self.nested(Self::object),
            '[' => self.nested(Self::array),
            '"' => Ok(Json::Text(self.text()?)),
            't' => self.literal("true", Json::Bool(true)),
            'f' => self.literal("false", Json::Bool(false)),
            'n' => self.literal("null", Json::Null),
            '-' | '0'..='9' => self.number(first),
            other => Err(unexpected(other, AT_VALUE)),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Json, String>) -> Result<Json, String> {
        if self.depth == DEEPEST {
            return Err("exceeded max depth".to_owned());
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn literal(&mut self, word: &str, value: Json) -> Result<Json, String> {
        for expected in word.chars().skip(1) {
            let c = self.take_in_token();
            if c != expected {
                let place = format!("in literal {word} (expecting '{expected}')");
                return Err(unexpected(c, &place));
            }
        }
        Ok(value)
    }

    fn array(&mut self) -> Result<Json, String> {
        let mut elements = Vec::new();
        let mut first = self.next_token()?;
        if first == ']' {
            return Ok(Json::Array(elements));
        }
        loop {
            elements.push(self.value_from(first)?);
            match self.next_token()? {
                ',' => first = self.next_token()?,
                ']' => return Ok(Json::Array(elements)),
                other => return Err(unexpected(other, "after array element")),
            }
        }
    }

    fn object(&mut self) -> Result<Json, String> {
        let mut members = Vec::new();
        let mut first = self.next_token()?;
        if first == '}' {
            return Ok(Json::Object(members));
        }
        loop {
            if first != '"' {
                return Err(unexpected(first, AT_KEY));
            }
            let name = self.text()?;
            match self.next_token()? {
                ':' => members.push((name, self.value()?)),
                other => return Err(unexpected(other, "after object key")),
            }
            match self.next_token()? {
                ',' => first = self.next_token()?,
                '}' => return Ok(Json::Object(members)),
                other => return Err(unexpected(other, "after object key:value pair")),
            }
        }
    }

    /// The rest of a string whose opening quote is taken.
    fn text(&mut self) -> Result<String, String> {
        let mut text = String::new();
        loop {
            match self.take()? {
                '"' => return Ok(text),
                '\\' => self.escape(&mut text)?,
                c if c < ' ' => return Err(unexpected(c, "in string literal")),
                c => text.push(c),
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), String> {
        let c = match self.take_in_token() {
            'u' => return self.unicode_escape(text),
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            c @ ('"' | '\\' | '/') => c,
            other => return Err(unexpected(other, "in string escape code")),
        };
        text.push(c);
        Ok(())
    }

    /// Halves of a pair that stand alone become replacement characters.
    fn unicode_escape(&mut self, text: &mut String) -> Result<(), String> {
        let unit = self.unit()?;
        if (0xd800..0xdc00).contains(&unit) && self.rest.starts_with("\\u") {
            let before = self.rest;
            self.rest = self.rest.get(2..).unwrap_or_default();
            let low = self.unit()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                return Ok(());
            }
            self.rest = before;
        }
        text.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
        Ok(())
    }

    fn unit(&mut self) -> Result<u32, String> {
        let mut unit = 0;
        for _ in 0..4 {
            let c = self.take_in_token();
            let Some(digit) = c.to_digit(16) else {
                return Err(unexpected(c, "in \\u hexadecimal character escape"));
            };
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }

    fn number(&mut self, first: char) -> Result<Json, String> {
        let mut digits = String::from(first);
        let leading =
            if first == '-' { self.digit(&mut digits, "in numeric literal")? } else { first };
        if leading != '0' {
            self.digits(&mut digits);
        }
        if self.rest.starts_with('.') {
            digits.push(self.take()?);
            self.digit(&mut digits, "after decimal point in numeric literal")?;
            self.digits(&mut digits);
        }
        if self.rest.starts_with(['e', 'E']) {
            digits.push(self.take()?);
            if self.rest.starts_with(['+', '-']) {
                digits.push(self.take()?);
            }
            self.digit(&mut digits, "in exponent of numeric literal")?;
            self.digits(&mut digits);
        }
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Json::Number(number)),
            _ => {
                Err(format!("json: cannot unmarshal number {digits} into Go value of type float64"))
            }
        }
    }

    fn digit(&mut self, digits: &mut String, place: &str) -> Result<char, String> {
        let c = self.take_in_token();
        if !c.is_ascii_digit() {
            return Err(unexpected(c, place));
        }
        digits.push(c);
        Ok(c)
    }

    fn digits(&mut self, digits: &mut String) {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (more, rest) = self.rest.split_at(end);
        digits.push_str(more);
        self.rest = rest;
    }
}
