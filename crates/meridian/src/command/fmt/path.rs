//! Paths as they are shown.

use std::env;
use std::path::{Component, Path, PathBuf};

/// The shortest spelling of a path from the current folder. Only names are looked at.
pub(super) fn seen_from_here(path: &Path) -> PathBuf {
    match env::current_dir() {
        Ok(here) => seen_from(&here, path),
        Err(_) => path.to_owned(),
    }
}

fn seen_from(here: &Path, path: &Path) -> PathBuf {
    let here = plain(here);
    let path = plain(&here.join(path));
    let common = here.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = here.components().skip(common).map(|_| Component::ParentDir);
    let seen: PathBuf = up.chain(path.components().skip(common)).collect();
    if seen.as_os_str().is_empty() { PathBuf::from(".") } else { seen }
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_and_short() {
        let cases = [
            ("", "."),
            (".", "."),
            ("./main.tf", "main.tf"),
            ("sub/../main.tf", "main.tf"),
            ("/a/b/main.tf", "main.tf"),
            ("/a/main.tf", "../main.tf"),
            ("/x/y.tf", "../../x/y.tf"),
            ("../c/y.tf", "../c/y.tf"),
            ("../../../../y.tf", "../../y.tf"),
            ("sub//deep/", "sub/deep"),
        ];
        for (path, seen) in cases {
            assert_eq!(seen_from(Path::new("/a/b"), Path::new(path)), Path::new(seen), "{path}");
        }
    }
}
