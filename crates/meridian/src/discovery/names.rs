//! Names of resources, made of the names that things have in AWS.

use std::collections::BTreeMap;

/// The names that are taken, by resource type, with the Regions of what has them.
#[derive(Default)]
pub struct Names {
    taken: BTreeMap<(String, String), String>,
}

impl Names {
    /// Takes a name that something else has; its Region is empty if it is not known.
    pub fn take(&mut self, type_name: &str, name: &str, region: &str) {
        self.taken.insert((type_name.to_owned(), name.to_owned()), region.to_owned());
    }

    /// A name that no other resource of these types has, for what belongs together. One that
    /// something in another Region has is told apart by the Region. The same order of calls gives
    /// the same names.
    pub fn unique(&mut self, type_names: &[&str], wanted: &str, region: &str) -> String {
        let wanted = identifier(wanted);
        let holder = |name: &str| {
            let keys = type_names.iter().map(|it| ((*it).to_owned(), name.to_owned()));
            keys.filter_map(|key| self.taken.get(&key)).next()
        };
        let is_elsewhere =
            holder(&wanted).is_some_and(|taken| !taken.is_empty() && taken != region);
        let here = is_elsewhere.then(|| identifier(&format!("{wanted}_{region}")));
        let later = (2_usize..).map(|number| format!("{wanted}_{number}"));
        let mut candidates = std::iter::once(wanted.clone()).chain(here).chain(later);
        let name = candidates.find(|name| holder(name).is_none()).unwrap_or(wanted);
        type_names.iter().for_each(|type_name| self.take(type_name, &name, region));
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
        names.take("aws_kms_key", "taken", "eu-west-1");
        for (type_name, wanted, region, name) in [
            ("aws_kms_key", "App/Orders.Main", "eu-west-1", "app_orders_main"),
            ("aws_kms_key", "app-orders--main", "eu-west-1", "app_orders_main_2"),
            ("aws_kms_key", "app-orders--main", "us-east-1", "app_orders_main_us_east_1"),
            ("aws_kms_alias", "app-orders-main", "eu-west-1", "app_orders_main"),
            ("aws_kms_key", "taken", "eu-west-1", "taken_2"),
            ("aws_kms_key", "1st", "eu-west-1", "_1st"),
            ("aws_kms_key", "/+=", "eu-west-1", "_"),
        ] {
            assert_eq!(names.unique(&[type_name], wanted, region), name);
        }
        names.take("aws_b", "x", "eu-west-1");
        assert_eq!(names.unique(&["aws_a", "aws_b"], "x", "eu-west-1"), "x_2");
        assert_eq!(names.unique(&["aws_a"], "x", "eu-west-1"), "x", "what was not taken is free");
    }
}
