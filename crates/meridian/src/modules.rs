//! Where the modules of a configuration lie.

use meridian_config::Config;

/// A line for each module but the root.
pub fn list(config: &Config) -> String {
    let mut text = String::new();
    for (path, module) in config.modules.iter().filter(|(path, _)| !path.is_root()) {
        let names: Vec<&str> = path.names().iter().map(|name| &**name).collect();
        text.push_str(&format!("- {} in {}\n", names.join("."), module.folder));
    }
    text
}
