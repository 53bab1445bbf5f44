//! From RE2's language to that of the `regex` crate.
//!
//! They differ in details: which letters `\d`, `\w`, `\s` and `\b` mean, what a bracket, `&&` or
//! `--` is inside of a class, `\Q…\E`, octal escapes, and what is refused. Groups lose their names
//! here, since RE2 allows a name twice and names that begin with a digit.

/// A pattern for the `regex` crate.
pub(super) struct Translated {
    pub(super) text: String,
    /// The name of each group in parentheses, where it has one.
    pub(super) names: Vec<Option<String>>,
}

/// RE2 allows no more repetitions than this.
const GREATEST_REPEAT: u32 = 1000;
/// How deeply groups may be nested; the compiler's own limit.
const GREATEST_DEPTH: usize = 200;

const POSIX_CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

struct Translator<'p> {
    whole: &'p str,
    rest: &'p str,
    text: String,
    names: Vec<Option<String>>,
    depth: usize,
    /// Whether there is something that a repetition can be of.
    repeatable: bool,
    /// Where in the pattern the repetition just before this place begins.
    repetition: Option<usize>,
}

/// Translates a pattern, or says what is wrong with it and where.
pub(super) fn translate(pattern: &str) -> Result<Translated, String> {
    let mut translator = Translator {
        whole: pattern,
        rest: pattern,
        text: String::new(),
        names: Vec::new(),
        depth: 0,
        repeatable: false,
        repetition: None,
    };
    while let Some(letter) = translator.rest.chars().next() {
        translator.step(letter)?;
    }
    if translator.depth > 0 {
        return Err(format!("missing closing ) in {pattern}"));
    }
    Ok(Translated { text: translator.text, names: translator.names })
}

impl<'p> Translator<'p> {
    fn step(&mut self, letter: char) -> Result<(), String> {
        let repetition = self.repetition.take();
        match letter {
            '(' => return self.open(),
            ')' => {
                self.depth =
                    self.depth.checked_sub(1).ok_or(format!("unexpected ) in {}", self.whole))?;
                self.take(1);
                self.text.push(')');
            }
            '|' => {
                self.take(1);
                self.text.push('|');
                self.repeatable = false;
                return Ok(());
            }
            '*' | '+' | '?' => return self.repeat(1, repetition),
            '{' => match self.counts()? {
                Some(length) => return self.repeat(length, repetition),
                None => self.literal('{'),
            },
            '[' => self.class()?,
            '\\' => self.escape()?,
            '.' | '^' | '$' => {
                self.take(1);
                self.text.push(letter);
            }
            other => self.literal(other),
        }
        self.repeatable = true;
        Ok(())
    }

    fn take(&mut self, length: usize) -> &'p str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn literal(&mut self, letter: char) {
        self.take(letter.len_utf8());
        push_literal(&mut self.text, letter);
    }

    /// A repetition of what is before, `length` bytes long, and a `?` that makes it lazy.
    fn repeat(&mut self, length: usize, previous: Option<usize>) -> Result<(), String> {
        let start = self.whole.len() - self.rest.len();
        let operator = self.take(length);
        let lazy = self.rest.starts_with('?');
        if lazy {
            self.take(1);
        }
        let end = self.whole.len() - self.rest.len();
        if !self.repeatable {
            let operator = &self.whole[start..end];
            return Err(format!("missing argument to repetition operator in {operator}"));
        }
        if let Some(previous) = previous {
            let operators = &self.whole[previous..end];
            return Err(format!("invalid nested repetition operator in {operators}"));
        }
        self.text.push_str(operator);
        if lazy {
            self.text.push('?');
        }
        self.repetition = Some(start);
        Ok(())
    }

    /// The length of `{n}`, `{n,}` or `{n,m}` at this place; none if the brace is just a brace.
    fn counts(&self) -> Result<Option<usize>, String> {
        let Some((inside, _)) = self.rest[1..].split_once('}') else {
            return Ok(None);
        };
        let (least, most) = match inside.split_once(',') {
            Some((least, "")) => (least, None),
            Some((least, most)) => (least, Some(most)),
            None => (inside, Some(inside)),
        };
        let is_count = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_digit())
                && (text == "0" || !text.starts_with('0'))
        };
        if !is_count(least) || !most.is_none_or(is_count) {
            return Ok(None);
        }
        let count = |text: &str| text.parse::<u32>().ok().filter(|it| *it <= GREATEST_REPEAT);
        let valid = match (count(least), most.map(count)) {
            (Some(_), None) => true,
            (Some(least), Some(Some(most))) => least <= most,
            _ => false,
        };
        if valid {
            Ok(Some(inside.len() + 2))
        } else {
            Err(format!("invalid repeat count in {{{inside}}}"))
        }
    }

    fn open(&mut self) -> Result<(), String> {
        let here = self.rest;
        self.depth += 1;
        if self.depth > GREATEST_DEPTH {
            return Err(format!("expression nests too deeply in {}", self.whole));
        }
        self.repeatable = false;
        let Some(after) = here.strip_prefix("(?") else {
            self.take(1);
            self.text.push('(');
            self.names.push(None);
            return Ok(());
        };
        if let Some(named) = after.strip_prefix("P<").or_else(|| after.strip_prefix('<')) {
            let close = named.find('>').ok_or(format!("invalid named capture in {here}"))?;
            let name = &named[..close];
            let length = here.len() - named.len() + close + 1;
            let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            if name.is_empty() || !name.chars().all(is_name) {
                return Err(format!("invalid named capture in {}", &here[..length]));
            }
            self.take(length);
            self.text.push('(');
            self.names.push(Some(name.to_owned()));
            return Ok(());
        }
        let mut off = false;
        let mut flags = 0;
        for (at, letter) in after.char_indices() {
            let length = "(?".len() + at + letter.len_utf8();
            let wrong = || format!("invalid or unsupported Perl syntax in {}", &here[..length]);
            match letter {
                'i' | 'm' | 's' | 'U' => flags += 1,
                '-' if !off => {
                    off = true;
                    flags = 0;
                }
                ':' | ')' if !off || flags > 0 => {
                    let group = self.take(length);
                    // A group of no flags at all is none for the compiler.
                    self.text.push_str(if group == "(?)" { "(?:)" } else { group });
                    if letter == ')' {
                        self.depth -= 1;
                    }
                    return Ok(());
                }
                _ => return Err(wrong()),
            }
        }
        Err(format!("missing closing ) in {}", self.whole))
    }

    /// An escape outside of a class.
    fn escape(&mut self) -> Result<(), String> {
        if let Some(quoted) = self.rest.strip_prefix("\\Q") {
            let (literal, after) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            // A repetition behind it is of the last letter.
            literal.chars().for_each(|letter| push_literal(&mut self.text, letter));
            self.rest = after;
            return Ok(());
        }
        let plain = match self.rest.as_bytes().get(1) {
            Some(b'A') => "\\A",
            Some(b'z') => "\\z",
            Some(b'b') => "(?-u:\\b)",
            Some(b'B') => "\\B",
            _ => "",
        };
        if !plain.is_empty() {
            self.take(2);
            self.text.push_str(plain);
            return Ok(());
        }
        if let Some(class) = self.shorthand()? {
            self.text.push_str(&class);
            return Ok(());
        }
        let letter = self.escaped_letter()?;
        push_literal(&mut self.text, letter);
        Ok(())
    }

    /// `\d`, `\pL` and their like, as classes.
    fn shorthand(&mut self) -> Result<Option<String>, String> {
        let class = match self.rest.as_bytes().get(1) {
            Some(b'd') => "[0-9]",
            Some(b'D') => "[^0-9]",
            Some(b's') => "[\\t\\n\\x0c\\r\\x20]",
            Some(b'S') => "[^\\t\\n\\x0c\\r\\x20]",
            Some(b'w') => "[0-9A-Za-z_]",
            Some(b'W') => "[^0-9A-Za-z_]",
            Some(b'p' | b'P') => return self.unicode_class().map(Some),
            _ => return Ok(None),
        };
        self.take(2);
        Ok(Some(class.to_owned()))
    }

    fn unicode_class(&mut self) -> Result<String, String> {
        let here = self.rest;
        let mut negated = here.starts_with("\\P");
        let (name, length) = match here[2..].chars().next() {
            Some('{') => match here[3..].split_once('}') {
                Some((name, _)) => (name, name.len() + 4),
                None => return Err(format!("invalid character class range in {here}")),
            },
            Some(letter) => (&here[2..2 + letter.len_utf8()], 2 + letter.len_utf8()),
            None => return Err(format!("invalid character class range in {here}")),
        };
        let bare = match name.strip_prefix('^') {
            Some(bare) => {
                negated = !negated;
                bare
            }
            None => name,
        };
        let class = format!("\\{}{{{bare}}}", if negated { 'P' } else { 'p' });
        let well_formed =
            bare.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if !well_formed || regex::Regex::new(&class).is_err() {
            return Err(format!("invalid character class range in {}", &here[..length]));
        }
        self.take(length);
        Ok(class)
    }

    /// The letter that an escape stands for.
    fn escaped_letter(&mut self) -> Result<char, String> {
        let here = self.rest;
        let Some(letter) = here[1..].chars().next() else {
            return Err("trailing backslash at end of expression in ".to_owned());
        };
        self.take(1 + letter.len_utf8());
        let code = match letter {
            '0'..='7' => {
                let more = self.rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'7'));
                let digits = more.take(2).count();
                // A single digit other than zero would be a reference to a group.
                if letter != '0' && digits == 0 {
                    None
                } else {
                    self.take(digits);
                    u32::from_str_radix(&here[1..2 + digits], 8).ok().and_then(char::from_u32)
                }
            }
            'x' => self.hexadecimal(),
            'a' => Some('\u{7}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => Some(other),
            _ => None,
        };
        let taken = &here[..here.len() - self.rest.len()];
        code.ok_or_else(|| format!("invalid escape sequence in {taken}"))
    }

    /// What follows `\x`: two digits, or any number of them in braces.
    fn hexadecimal(&mut self) -> Option<char> {
        let digits = match self.rest.strip_prefix('{') {
            Some(braced) => {
                let (digits, _) = braced.split_once('}')?;
                self.take(digits.len() + 2);
                digits
            }
            None => {
                let digits = self.rest.get(..2)?;
                self.take(2).bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digits)?
            }
        };
        u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
    }

    fn class(&mut self) -> Result<(), String> {
        let here = self.rest;
        let unclosed = || format!("missing closing ] in {here}");
        self.take(1);
        let mut class = String::from("[");
        if self.rest.starts_with('^') {
            self.take(1);
            class.push('^');
        }
        let mut first = true;
        while first || !self.rest.starts_with(']') {
            first = false;
            if self.rest.is_empty() {
                return Err(unclosed());
            }
            if self.rest.starts_with("[:")
                && let Some((inside, _)) = self.rest[2..].split_once(":]")
            {
                let name = inside.strip_prefix('^').unwrap_or(inside);
                let group = self.take(inside.len() + 4);
                if !POSIX_CLASSES.contains(&name) {
                    return Err(format!("invalid character class range in {group}"));
                }
                class.push_str(group);
                continue;
            }
            if self.rest.starts_with('\\')
                && let Some(shorthand) = self.shorthand()?
            {
                class.push_str(&shorthand);
                continue;
            }
            let range = self.rest;
            let low = self.class_letter().ok_or_else(unclosed)??;
            push_escaped(&mut class, low);
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") && self.rest.len() > 1 {
                self.take(1);
                let high = self.class_letter().ok_or_else(unclosed)??;
                if high < low {
                    let range = &range[..range.len() - self.rest.len()];
                    return Err(format!("invalid character class range in {range}"));
                }
                class.push('-');
                push_escaped(&mut class, high);
            }
        }
        self.take(1);
        class.push(']');
        self.text.push_str(&class);
        Ok(())
    }

    /// A letter of a class; none at the end of the pattern.
    fn class_letter(&mut self) -> Option<Result<char, String>> {
        let letter = self.rest.chars().next()?;
        if letter == '\\' {
            return Some(self.escaped_letter());
        }
        self.take(letter.len_utf8());
        Some(Ok(letter))
    }
}

fn push_literal(text: &mut String, letter: char) {
    text.push_str(&regex::escape(letter.encode_utf8(&mut [0; 4])));
}

/// A letter that means nothing but itself in a class.
fn push_escaped(class: &mut String, letter: char) {
    if letter.is_ascii() && !letter.is_ascii_alphanumeric() {
        class.push_str(&format!("\\x{:02x}", u32::from(letter)));
    } else {
        class.push(letter);
    }
}
