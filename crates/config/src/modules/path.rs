//! Folders as the configuration names them: relative to the root folder, with slashes.

/// The folder that a relative path leads to from another one, without detours.
pub(super) fn join(folder: &str, relative: &str) -> String {
    let relative =
        if relative.contains(".\\") { relative.replace('\\', "/") } else { relative.into() };
    clean(&format!("{folder}/{relative}"))
}

/// The shortest form of a path, found by its text alone.
pub(super) fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if absolute => {}
                _ => parts.push(".."),
            },
            part => parts.push(part),
        }
    }
    match (absolute, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_named_without_detours() {
        for (folder, relative, joined) in [
            (".", "./m", "m"),
            (".", "../m", "../m"),
            ("m", "../n", "n"),
            ("m", "./n//k/", "m/n/k"),
            ("../m", "../../n", "../../n"),
            ("m", "..", "."),
            ("/srv/m", "../n", "/srv/n"),
            (".terraform/modules/k", "./modules/x", ".terraform/modules/k/modules/x"),
        ] {
            assert_eq!(join(folder, relative), joined, "{folder} {relative}");
        }
    }
}
