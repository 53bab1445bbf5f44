//! Names of resources, made of the names that things have in AWS.

use std::collections::BTreeSet;

/// The names that are taken, by resource type.
#[derive(Default)]
pub struct Names {
    taken: BTreeSet<(String, String)>,
}

impl Names {
    /// Takes a name that something else has.
    pub fn take(&mut self, type_name: &str, name: &str) {
        self.taken.insert((type_name.to_owned(), name.to_owned()));
    }

    /// A name that no other resource of the type has. The same order of calls gives the same names.
    pub fn unique(&mut self, type_name: &str, wanted: &str) -> String {
        let wanted = identifier(wanted);
        let later = (2_usize..).map(|number| format!("{wanted}_{number}"));
        let mut candidates = std::iter::once(wanted.clone()).chain(later);
        let free = |name: &String| !self.taken.contains(&(type_name.to_owned(), name.clone()));
        let name = candidates.find(free).unwrap_or(wanted);
        self.take(type_name, &name);
        name
    }
}

/// The text as a name: small letters, digits and single underscores.
fn identifier(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for character in text.chars() {
        match character.to_ascii_lowercase() {
            letter if letter.is_ascii_alphanumeric() => name.push(letter),
            _ if name.is_empty() || name.ends_with('_') => {}
            _ => name.push('_'),
        }
    }
    let name = name.trim_end_matches('_');
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name.to_owned()
    } else {
        format!("_{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers_and_unique() {
        let mut names = Names::default();
        names.take("aws_kms_key", "taken");
        for (type_name, wanted, name) in [
            ("aws_kms_key", "App/Orders.Main", "app_orders_main"),
            ("aws_kms_key", "app-orders--main", "app_orders_main_2"),
            ("aws_kms_alias", "app-orders-main", "app_orders_main"),
            ("aws_kms_key", "taken", "taken_2"),
            ("aws_kms_key", "1st", "_1st"),
            ("aws_kms_key", "/+=", "_"),
        ] {
            assert_eq!(names.unique(type_name, wanted), name);
        }
    }
}
