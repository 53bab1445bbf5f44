//! Names that can be used in expressions, for completion.

use meridian_config::Config;
use meridian_lang::function_names;

/// Names that are there in every module.
const ALWAYS: [&str; 5] = ["path.cwd", "path.module", "path.root", "terraform.workspace", "type("];

/// Everything that an expression of the root module can begin with, in order.
pub fn names(config: &Config) -> Vec<String> {
    let root = config.root();
    let mut names: Vec<String> = ALWAYS.map(str::to_owned).to_vec();
    names.extend(function_names().into_iter().map(|name| format!("{name}(")));
    names.extend(root.variables.iter().map(|it| format!("var.{}", it.name.text)));
    names.extend(root.locals.iter().map(|it| format!("local.{}", it.name.text)));
    names.extend(root.calls.iter().map(|it| format!("module.{}", it.name.text)));
    names.extend(
        root.resources
            .iter()
            .map(|it| format!("{}{}.{}", it.mode.prefix(), it.type_name.text, it.name.text)),
    );
    names.sort();
    names.dedup();
    names
}

/// Where the name before `position` begins, and those names that begin like it.
pub fn completions(names: &[String], line: &str, position: usize) -> (usize, Vec<String>) {
    let before = line.get(..position).unwrap_or(line);
    let is_part = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
    let start = before
        .rfind(|c: char| !is_part(c))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let begun = &before[start..];
    if begun.is_empty() {
        return (start, Vec::new());
    }
    let fitting = names.iter().filter(|name| name.starts_with(begun));
    (start, fitting.cloned().collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn names_are_completed_where_they_stand() {
        let text = "variable \"region\" {}\nlocals {\n  regions = 1\n}\n\
                    resource \"aws_kms_key\" \"a\" {\n}\n";
        let loaded = meridian_config::parse(Path::new("."), vec![("m.tf".into(), text.into())]);
        let names = names(&loaded.config);
        let completed = |line: &str| completions(&names, line, line.len());
        assert_eq!(completed("upper(var.re"), (6, vec!["var.region".to_owned()]));
        assert_eq!(completed("é+loc"), (3, vec!["local.regions".to_owned()]));
        assert_eq!(completed("[aws_"), (1, vec!["aws_kms_key.a".to_owned()]));
        assert_eq!(completed("uppe"), (0, vec!["upper(".to_owned()]));
        assert_eq!(completed("1 + "), (4, Vec::new()));
    }
}
