//! Lists that are handed out page by page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const PREFIX: &str = "after:";

/// A page, and the marker of the next one if there is more.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

/// A marker that no list gave out.
#[derive(Debug)]
pub(crate) struct BadMarker;

/// Takes the page that follows a marker from items in the order of their names.
///
/// A marker names the last item that was handed out, so that items which come
/// and go between two pages neither repeat nor hide others.
pub(crate) fn page<T>(
    items: impl Iterator<Item = T>,
    name: impl Fn(&T) -> &str,
    limit: usize,
    marker: Option<&str>,
) -> Result<Page<T>, BadMarker> {
    let last_seen = marker.map(decode).transpose()?;
    let is_seen = |item: &T| last_seen.as_deref().is_some_and(|last| name(item) <= last);
    let mut rest = items.skip_while(is_seen).peekable();
    let items: Vec<T> = rest.by_ref().take(limit).collect();
    let next = match (rest.peek(), items.last()) {
        (Some(_), Some(last)) => Some(encode(name(last))),
        _ => None,
    };
    Ok(Page { items, next })
}

fn encode(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{PREFIX}{name}"))
}

fn decode(marker: &str) -> Result<String, BadMarker> {
    let bytes = URL_SAFE_NO_PAD.decode(marker).map_err(|_| BadMarker)?;
    let text = String::from_utf8(bytes).map_err(|_| BadMarker)?;
    text.strip_prefix(PREFIX).map(str::to_owned).ok_or(BadMarker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_cover_the_list_once() {
        let names = ["a", "b", "c", "d", "e"];
        let mut seen = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let found = page(names.iter().copied(), |name| name, 2, marker.as_deref()).unwrap();
            seen.extend(found.items);
            marker = found.next;
            if marker.is_none() {
                break;
            }
        }
        assert_eq!(seen, names);
    }

    #[test]
    fn a_foreign_marker_is_refused() {
        assert!(page(["a"].into_iter(), |name| name, 2, Some("nonsense")).is_err());
    }
}
