//! What a comment is made of, and how it is made to fit.

/// A part of a comment.
pub(super) struct Section {
    /// What the note about what was left out calls it.
    name: &'static str,
    /// What is shortened first: the greatest.
    rank: u8,
    /// The text at several lengths, the longest first. It can also be left out.
    forms: Vec<String>,
}

impl Section {
    /// A part that can be shortened, down to nothing.
    pub(super) fn new(name: &'static str, rank: u8, forms: Vec<String>) -> Section {
        Section { name, rank, forms }
    }

    /// A part that is never shortened.
    pub(super) fn always(text: String) -> Section {
        Section { name: "", rank: 0, forms: vec![text] }
    }
}

/// The length of a text as GitHub counts it.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The parts at the greatest lengths that together have no more than `most` UTF-16 units. What had
/// to be shortened is said behind the first part.
pub(super) fn fit(sections: &[Section], most: usize) -> String {
    let mut chosen = vec![0; sections.len()];
    loop {
        let text = join(sections, &chosen);
        if units(&text) <= most {
            return text;
        }
        let can_be_shorter = |(at, section): &(usize, &Section)| chosen[*at] < section.forms.len();
        let shortest = sections
            .iter()
            .enumerate()
            .filter(|(_, section)| section.rank > 0)
            .filter(can_be_shorter)
            .max_by_key(|(_, section)| section.rank);
        match shortest {
            Some((at, _)) => chosen[at] += 1,
            None => return text,
        }
    }
}

fn join(sections: &[Section], chosen: &[usize]) -> String {
    let mut parts = Vec::new();
    for (section, at) in sections.iter().zip(chosen) {
        parts.extend(section.forms.get(*at).filter(|text| !text.is_empty()).cloned());
    }
    let shortened = sections.iter().zip(chosen).filter(|(_, at)| **at > 0);
    let shortened: Vec<&str> = shortened.map(|(section, _)| section.name).collect();
    if !shortened.is_empty() {
        let note = format!(
            "> [!NOTE]\n> Shortened to fit into a comment: {}. `meridian show PLAN` shows all of \
             it.\n",
            shortened.join(", ")
        );
        parts.insert(parts.len().min(1), note);
    }
    parts.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections() -> Vec<Section> {
        let forms = |long: &str| vec![long.repeat(1000), long.repeat(10)];
        vec![
            Section::always("head\n".into()),
            Section::new("first", 1, forms("a")),
            Section::new("second", 2, forms("b")),
        ]
    }

    #[test]
    fn what_fits_is_said_whole() {
        let text = fit(&sections(), 2100);
        assert_eq!(text, format!("head\n\n{}\n{}", "a".repeat(1000), "b".repeat(1000)));
    }

    #[test]
    fn the_least_important_part_is_shortened_first_and_that_is_said() {
        let text = fit(&sections(), 1500);
        assert!(text.contains(&"a".repeat(1000)) && text.ends_with(&"b".repeat(10)), "{text}");
        assert!(!text.contains(&"b".repeat(11)), "{text}");
        assert!(text.contains("Shortened to fit into a comment: second."), "{text}");
        let text = fit(&sections(), 300);
        assert!(text.contains("comment: first, second."), "{text}");
    }

    #[test]
    fn letters_beyond_the_first_plane_count_twice() {
        assert_eq!(units("🔑a"), 3);
    }
}
