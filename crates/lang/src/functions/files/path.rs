//! Paths as texts. They are written with slashes on every system.

/// The shortest path that leads to the same place, by looking at the text only.
pub(super) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(last) if *last != ".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(part),
            },
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// A path inside a folder, cleaned.
pub(super) fn join(folder: &str, path: &str) -> String {
    clean(&format!("{folder}/{path}"))
}

/// The path from the root; none if it begins at a working folder that is not known.
pub(super) fn absolute(path: &str, working_folder: Option<&str>) -> Option<String> {
    if path.starts_with('/') {
        return Some(clean(path));
    }
    Some(join(working_folder?, path))
}

/// What comes last in the path.
pub(super) fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    match path.trim_end_matches('/') {
        "" => "/",
        rest => rest.rsplit('/').next().unwrap_or(rest),
    }
}

/// All but what comes last, cleaned.
pub(super) fn folder(path: &str) -> String {
    match path.rfind('/') {
        Some(slash) => clean(&path[..=slash]),
        None => ".".to_owned(),
    }
}

/// A cleaned path as seen from a cleaned folder.
pub(super) fn relative(path: &str, folder: &str) -> String {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect()
    };
    let (path, folder) = (parts(path), parts(folder));
    let shared = path.iter().zip(&folder).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", folder.len() - shared);
    let down = path[shared..].iter().map(String::as_str);
    up.chain(down).collect::<Vec<_>>().join("/")
}
