//! Base64 as Go's standard library reads it: line breaks do not count, padding is needed, and an
//! error names the byte.

/// The bytes that a text stands for.
///
/// # Errors
/// The position of the first byte that does not fit, as Go counts it.
pub fn decode(text: &str) -> Result<Vec<u8>, usize> {
    let source = text.as_bytes();
    let mut bytes = Vec::with_capacity(source.len() / 4 * 3);
    let mut at = 0;
    loop {
        let mut digits = [0_u8; 4];
        let mut count = 0;
        while count < digits.len() {
            let Some(&byte) = source.get(at) else {
                return if count == 0 { Ok(bytes) } else { Err(at - count) };
            };
            at += 1;
            match (digit(byte), byte) {
                (Some(value), _) => {
                    digits[count] = value;
                    count += 1;
                }
                (None, b'\n' | b'\r') => {}
                (None, b'=') => {
                    padding(source, at, count)?;
                    push(digits, count, &mut bytes);
                    return Ok(bytes);
                }
                (None, _) => return Err(at - 1),
            }
        }
        push(digits, count, &mut bytes);
    }
}

/// Checks what stands from the first `=` on, which is before `at`, behind `count` digits.
fn padding(source: &[u8], mut at: usize, count: usize) -> Result<(), usize> {
    let skip = |mut at: usize| {
        while matches!(source.get(at), Some(b'\n' | b'\r')) {
            at += 1;
        }
        at
    };
    match count {
        0 | 1 => return Err(at - 1),
        2 => {
            at = skip(at);
            match source.get(at) {
                Some(b'=') => at += 1,
                Some(_) => return Err(at - 1),
                None => return Err(source.len()),
            }
        }
        _ => {}
    }
    let end = skip(at);
    if end < source.len() { Err(end) } else { Ok(()) }
}

/// Appends the bytes that so many digits hold.
fn push(digits: [u8; 4], count: usize, bytes: &mut Vec<u8>) {
    let group = digits.iter().fold(0_u32, |group, digit| group << 6 | u32::from(*digit));
    let [_, first, second, third] = group.to_be_bytes();
    bytes.extend(&[first, second, third][..count.saturating_sub(1)]);
}

fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The positions are those of `base64.StdEncoding.DecodeString`.
    #[test]
    fn bytes_and_positions() {
        let cases: [(&str, Result<&[u8], usize>); 18] = [
            ("", Ok(b"")),
            ("aGVsbG8=", Ok(b"hello")),
            ("aGVsbG8gdQ==", Ok(b"hello u")),
            ("aGVs\nbG8=\r\n", Ok(b"hello")),
            ("aGk", Err(0)),
            ("aGVsbG8", Err(4)),
            ("not base64!", Err(3)),
            ("a", Err(0)),
            ("=", Err(0)),
            ("a===", Err(1)),
            ("aGk=a", Err(4)),
            ("aG=k", Err(2)),
            ("aG=", Err(3)),
            ("aG\n=\n=", Ok(b"h")),
            ("aGk=\n", Ok(b"hi")),
            ("aGk==", Err(4)),
            ("ä", Err(0)),
            ("+/+/", Ok(&[0xfb, 0xff, 0xbf])),
        ];
        for (text, expected) in cases {
            assert_eq!(decode(text), expected.map(<[u8]>::to_vec), "{text:?}");
        }
    }
}
