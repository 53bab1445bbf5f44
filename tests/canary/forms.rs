//! The forms in which a value may be written down, and a search for all of them at once.

use std::fmt::Write;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// Where a canary begins and ends. Between the two is what texts write in many ways, so each of
/// them is searched for by itself.
pub const HEAD: &str = "C4naryQ7f";
pub const TAIL: &str = "TokenZ9xk";

/// A canary with characters that HCL, JSON, HTML and URLs write otherwise.
pub const WIDE: &str = "C4naryQ7f\"/\\&<é'%+TokenZ9xk";
/// The same as HCL and JSON write it.
pub const QUOTED: &str = r#""C4naryQ7f\"/\\&<é'%+TokenZ9xk""#;
/// A canary that a tag may have as its value.
pub const NARROW: &str = "C4naryQ7f:TokenZ9xk";
/// 32 bytes, a canary among them, as key material.
pub const MATERIAL: &str = "C4naryQ7f:012345678901:TokenZ9xk";

/// How often a part of a value is spelled, and how many hashes of a whole one are searched for.
pub const SPELLINGS: usize = 17;
pub const HASHES: usize = 12;

/// One form of one value.
struct Form {
    name: String,
    bytes: Vec<u8>,
}

/// What is searched for.
pub struct Forms {
    /// By their first byte.
    forms: Vec<Vec<Form>>,
}

impl Forms {
    /// The forms of the canaries.
    pub fn of_canaries() -> Forms {
        Forms::of(&[HEAD, TAIL], &[WIDE, NARROW, MATERIAL])
    }

    /// The forms of a value that was drawn, of letters and digits.
    pub fn of_drawn(value: &str) -> Forms {
        let (head, tail) = value.split_at(value.len() / 2);
        Forms::of(&[head, tail], &[value])
    }

    /// The spellings of the parts and the hashes of the whole values.
    fn of(parts: &[&str], values: &[&str]) -> Forms {
        let mut forms: Vec<Vec<Form>> = (0..256).map(|_| Vec::new()).collect();
        for (name, bytes) in parts
            .iter()
            .flat_map(|part| spellings(part))
            .chain(values.iter().flat_map(|value| hashes(value)))
        {
            forms[usize::from(bytes[0])].push(Form { name, bytes });
        }
        Forms { forms }
    }

    /// The name of the first form that is found.
    pub fn found(&self, bytes: &[u8]) -> Option<&str> {
        bytes.iter().enumerate().find_map(|(place, first)| {
            let candidates = &self.forms[usize::from(*first)];
            let found = candidates.iter().find(|form| bytes[place..].starts_with(&form.bytes));
            found.map(|form| form.name.as_str())
        })
    }

    /// The same in what a program said: also in lists of numbers that go over many lines.
    pub fn found_in_text(&self, text: &str) -> Option<&str> {
        let squeezed: String = text.chars().filter(|it| !it.is_whitespace()).collect();
        self.found(text.as_bytes()).or_else(|| self.found(squeezed.as_bytes()))
    }
}

fn each(part: &str, spelled: impl Fn(u8) -> String) -> Vec<u8> {
    part.bytes().map(spelled).collect::<String>().into_bytes()
}

fn spellings(part: &str) -> Vec<(String, Vec<u8>)> {
    let listed = |comma: &str| {
        let numbers: Vec<String> = part.bytes().map(|byte| byte.to_string()).collect();
        numbers.join(comma).into_bytes()
    };
    let mut all = vec![
        ("plain", part.as_bytes().to_vec()),
        ("lower case", part.to_lowercase().into_bytes()),
        ("upper case", part.to_uppercase().into_bytes()),
        ("reversed", part.bytes().rev().collect()),
        ("hex", each(part, |byte| format!("{byte:02x}"))),
        ("hex in capitals", each(part, |byte| format!("{byte:02X}"))),
        ("URL escapes", each(part, |byte| format!("%{byte:02X}"))),
        ("JSON escapes", each(part, |byte| format!("\\u{byte:04x}"))),
        ("HTML escapes", each(part, |byte| format!("&#{byte};"))),
        ("C escapes", each(part, |byte| format!("\\x{byte:02x}"))),
        ("UTF-16, little end first", part.bytes().flat_map(|byte| [byte, 0]).collect()),
        ("UTF-16, big end first", part.bytes().flat_map(|byte| [0, byte]).collect()),
        ("a list of numbers", listed(",")),
        ("a list of numbers with blanks", listed(", ")),
    ];
    for (before, name) in ["base64", "base64 one further", "base64 two further"].iter().enumerate()
    {
        all.push((name, base64_within(part, before)));
    }
    all.into_iter().map(|(name, bytes)| (format!("{part} as {name}"), bytes)).collect()
}

fn hashes(value: &str) -> Vec<(String, Vec<u8>)> {
    let of = |bytes: &[u8]| {
        [
            ("MD5", Md5::digest(bytes).to_vec()),
            ("SHA-1", Sha1::digest(bytes).to_vec()),
            ("SHA-256", Sha256::digest(bytes).to_vec()),
            ("SHA-512", Sha512::digest(bytes).to_vec()),
        ]
    };
    let hashes = of(value.as_bytes()).into_iter();
    hashes
        .flat_map(|(name, hash)| {
            let hex: String = hash.iter().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            });
            let text = base64(&hash).trim_end_matches('=').to_owned();
            [
                (format!("{name} of {value}, as bytes"), hash),
                (format!("{name} of {value}, in hex"), hex.into_bytes()),
                (format!("{name} of {value}, in base64"), text.into_bytes()),
            ]
        })
        .collect()
}

/// The base64 of a part that stands so many bytes behind a multiple of three, without the
/// characters that its neighbours have a share in.
fn base64_within(part: &str, before: usize) -> Vec<u8> {
    let mut bytes = vec![b'x'; before];
    bytes.extend(part.bytes());
    let text = base64(&bytes);
    text.as_bytes()[(before * 8).div_ceil(6)..bytes.len() * 8 / 6].to_vec()
}

/// Bytes in base64.
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let quartets = bytes.chunks(3).map(|chunk| {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        let sixth = |index: usize| match index <= chunk.len() {
            true => char::from(ALPHABET[(group >> (18 - 6 * index) & 63) as usize]),
            false => '=',
        };
        (0..4).map(sixth).collect::<String>()
    });
    quartets.collect()
}

#[test]
fn each_form_is_found() {
    let forms = Forms::of_canaries();
    assert_eq!(spellings(HEAD).len(), SPELLINGS);
    assert_eq!(hashes(WIDE).len(), HASHES);
    for (name, bytes) in [HEAD, TAIL].into_iter().flat_map(spellings) {
        let text = [b"before ", &bytes[..], b" after"].concat();
        assert_eq!(forms.found(&text), Some(&*name));
    }
    for before in ["", "x", "xx", "xxx"] {
        let text = base64(format!("{before}{HEAD}zz").as_bytes());
        assert!(forms.found(text.as_bytes()).is_some(), "{text}");
    }
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert!(hashes("abc").iter().any(|(_, bytes)| bytes == sha256.as_bytes()));
    assert_eq!(base64(b"ab"), "YWI=");
    assert!(forms.found_in_text(&format!("{:#?}", TAIL.as_bytes())).is_some());
    assert_eq!(forms.found(b"C4nary, and a Token, and nothing else"), None);
}
