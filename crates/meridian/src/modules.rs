//! Where the modules of a configuration lie.

use meridian_config::Config;

/// A line for each module but the root.
pub fn list(config: &Config) -> String {
    let modules = config.modules.iter().filter(|(path, _)| !path.is_root());
    let line = |(path, module): (&meridian_graph::ModulePath, &std::sync::Arc<meridian_config::Module>)| {
        let names: Vec<&str> = path.names().iter().map(|name| &**name).collect();
        format!("- {} in {}\n", names.join("."), module.folder)
    };
    modules.map(line).collect()
}
