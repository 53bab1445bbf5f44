//! Where a state of Terraform is read from.

use std::io::Read;
use std::path::Path;

use meridian_state::TerraformState;

use crate::failure::Failure;

/// Larger states are nobody's: Terraform itself takes minutes to write one of ten megabytes.
const LIMIT: u64 = 1 << 30;

/// Reads a state of Terraform from a file, or from standard input.
pub fn read(path: &Path) -> Result<TerraformState, Failure> {
    let name = path.display();
    let failed = |error: std::io::Error| {
        Failure::message("The state file cannot be read", format!("{name}: {error}."))
    };
    let mut text = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().lock().take(LIMIT).read_to_end(&mut text).map_err(failed)?;
    } else {
        let file = std::fs::File::open(path).map_err(failed)?;
        file.take(LIMIT).read_to_end(&mut text).map_err(failed)?;
    }
    TerraformState::read(&text).map_err(|error| {
        Failure::message(
            format!("Error reading source state {:?}", name.to_string()),
            error.to_string(),
        )
    })
}
