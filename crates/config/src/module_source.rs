//! Where a module comes from, by the form of its source address.

/// Kinds of source addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ModuleSource {
    /// A folder relative to that of the calling module: `./keys`, `../keys`.
    Local,
    /// A module of a registry: `terraform-aws-modules/kms/aws`.
    Registry,
    /// A package that is fetched: an archive, a repository, a bucket, an absolute path.
    Remote,
}

/// Hosts whose addresses are known to be repositories though nothing says so.
const REPOSITORY_HOSTS: [&str; 3] = ["github.com/", "bitbucket.org/", "gitlab.com/"];

impl ModuleSource {
    /// What kind of source an address is; none if it is of no known form.
    pub(crate) fn parse(text: &str) -> Option<ModuleSource> {
        if ["./", "../", ".\\", "..\\"].iter().any(|prefix| text.starts_with(prefix))
            || text == "."
            || text == ".."
        {
            return Some(ModuleSource::Local);
        }
        let remote = text.contains("::")
            || text.contains("://")
            || text.starts_with('/')
            || text.starts_with("git@")
            || REPOSITORY_HOSTS.iter().any(|host| text.starts_with(host));
        if remote {
            return Some(ModuleSource::Remote);
        }
        is_registry(text).then_some(ModuleSource::Registry)
    }
}

/// Whether a text is `[HOST/]NAMESPACE/NAME/SYSTEM[//FOLDER]`.
fn is_registry(text: &str) -> bool {
    let package = text.split_once("//").map_or(text, |(package, _)| package);
    let parts: Vec<&str> = package.split('/').collect();
    let names = match parts[..] {
        [_, _, _] => &parts[..],
        [host, _, _, _] if host.contains('.') || host == "localhost" => &parts[1..],
        _ => return false,
    };
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    names.iter().all(|name| {
        !name.is_empty()
            && name.chars().all(inner)
            && !name.starts_with('-')
            && !name.ends_with('-')
    })
}

/// The advice for a text that is of no known form.
pub(crate) fn suggestion(text: &str) -> String {
    format!(
        "\n\nIf you intended this as a path relative to the current module, use \"./{text}\" \
         instead. The \"./\" prefix indicates that the address is a relative filesystem path."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_apart_by_their_form() {
        let cases = [
            ("./m", Some(ModuleSource::Local)),
            ("../m", Some(ModuleSource::Local)),
            ("m", None),
            ("m/n", None),
            ("", None),
            ("terraform-aws-modules/kms/aws", Some(ModuleSource::Registry)),
            ("terraform-aws-modules/kms/aws//modules/x", Some(ModuleSource::Registry)),
            ("app.terraform.io/acme/kms/aws", Some(ModuleSource::Registry)),
            ("github.com/acme/kms", Some(ModuleSource::Remote)),
            ("git::https://example.com/kms.git?ref=v1", Some(ModuleSource::Remote)),
            ("git@github.com:acme/kms.git", Some(ModuleSource::Remote)),
            ("https://example.com/kms.zip", Some(ModuleSource::Remote)),
            ("/srv/modules/kms", Some(ModuleSource::Remote)),
        ];
        for (text, kind) in cases {
            assert_eq!(ModuleSource::parse(text), kind, "{text}");
        }
    }
}
