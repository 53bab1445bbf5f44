//! Files: written as a whole or not at all, read, and removed.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meridian_lang::{Marks, Value};
use meridian_resource::{Answer, CloudError, ErrorClass};
use zeroize::Zeroizing;

use super::checksums::Checksums;
use super::{invalid, refused};
use crate::arguments::{flag, text};

/// The largest content that is taken into memory, in bytes.
const LARGEST_CONTENT: u64 = 256 << 20;

/// Writes a file, with the folders that lead to it.
pub(super) fn write(folder: &Path, input: &Value) -> Answer {
    let path = named(folder, input, "filename")?;
    let content = content(folder, input)?;
    let directories = mode(input, "directory_permission")?;
    let parent = parent(&path);
    if !parent.exists() {
        create_folders(parent, directories).map_err(|error| failed("create", parent, &error))?;
    }
    let permission = mode(input, "file_permission")?;
    put(&path, &content, permission).map_err(|error| failed("write", &path, &error))?;
    Ok(Value::object(Checksums::of(&content).members()))
}

/// Reads a file.
pub(super) fn read(folder: &Path, input: &Value) -> Answer {
    let path = named(folder, input, "filename")?;
    let error = |error: io::Error| failed("read", &path, &error);
    if flag(input, "with_content") {
        let content = whole_content(&path).map_err(error)?;
        let encoded = Zeroizing::new(STANDARD.encode(&*content));
        let text = Zeroizing::new(String::from_utf8_lossy(&content).into_owned());
        let marks = if flag(input, "secret") { Marks::SENSITIVE } else { Marks::NONE };
        let contents = [("content", text), ("content_base64", encoded)]
            .map(|(name, text)| (name, Value::string(&*text).mark(marks)));
        let members = Checksums::of(&content).members();
        return Ok(Value::object(members.into_iter().chain(contents)));
    }
    Ok(Value::object(summed(&path).map_err(error)?.members()))
}

/// Removes a file, unless something else has been written there since.
pub(super) fn remove(folder: &Path, input: &Value) -> Answer {
    let path = named(folder, input, "filename")?;
    let nothing = Ok(Value::object::<&str>([]));
    let members = match summed(&path) {
        Ok(sums) => Value::object(sums.members()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return nothing,
        Err(error) => return Err(failed("read", &path, &error)),
    };
    if members.get_str("content_sha1") != input.get_str("sha1") {
        return nothing;
    }
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(failed("remove", &path, &error))
        }
        _ => nothing,
    }
}

fn named(folder: &Path, input: &Value, member: &str) -> Result<PathBuf, CloudError> {
    match text(input, member) {
        "" => Err(invalid(&format!("{member} is empty"))),
        name => Ok(folder.join(name)),
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

fn failed(what: &str, path: &Path, error: &io::Error) -> CloudError {
    let class = match error.kind() {
        io::ErrorKind::NotFound => ErrorClass::NotFound,
        io::ErrorKind::PermissionDenied => ErrorClass::Denied,
        _ => ErrorClass::Other,
    };
    refused(class, format!("cannot {what} {}: {error}", path.display()))
}

/// The bits of a permission in octal digits.
fn mode(input: &Value, member: &str) -> Result<u32, CloudError> {
    let mode = u32::from_str_radix(text(input, member), 8).ok().filter(|mode| *mode <= 0o777);
    mode.ok_or_else(|| invalid(&format!("{member} is no permission")))
}

/// The content that is to be written.
fn content(folder: &Path, input: &Value) -> Result<Zeroizing<Vec<u8>>, CloudError> {
    if let Some(text) = input.get_str("content") {
        return Ok(Zeroizing::new(text.as_bytes().to_vec()));
    }
    if let Some(encoded) = input.get_str("content_base64") {
        let decoded = STANDARD.decode(encoded);
        return decoded.map(Zeroizing::new).map_err(|_| invalid("content_base64 is no base64"));
    }
    let source = named(folder, input, "source")?;
    whole_content(&source).map_err(|error| failed("read", &source, &error))
}

/// Opens what is a file: a device or a pipe might never end.
fn open(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    File::open(path)
}

fn whole_content(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = open(path)?;
    let size = file.metadata()?.len();
    if size > LARGEST_CONTENT {
        return Err(io::Error::other("it is larger than 256 MiB"));
    }
    // Growing would leave copies of the beginning behind.
    let capacity = usize::try_from(size).unwrap_or_default() + 1;
    let mut content = Zeroizing::new(Vec::with_capacity(capacity));
    file.take(LARGEST_CONTENT).read_to_end(&mut content)?;
    Ok(content)
}

fn summed(path: &Path) -> io::Result<Checksums> {
    let mut file = open(path)?;
    let mut sums = Checksums::new();
    let mut part = Zeroizing::new(vec![0; 64 << 10]);
    loop {
        match file.read(&mut part)? {
            0 => return Ok(sums),
            count => sums.update(&part[..count]),
        }
    }
}

fn create_folders(path: &Path, mode: u32) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
    builder.create(path)
}

/// Puts a content where a path leads, through links.
fn put(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(there) if there.is_file() => {
            let target = fs::canonicalize(path)?;
            match replace(&target, content, mode) {
                // Others may guard the folder, or the file may be mounted: it can still be
                // written itself.
                Err(error) if is_guarded(&error) => overwrite(&target, content, mode),
                done => done,
            }
        }
        Ok(_) => overwrite(path, content, mode),
        // A link to nothing: the file that it names is made.
        Err(_) if fs::symlink_metadata(path).is_ok() => overwrite(path, content, mode),
        Err(_) => replace(path, content, mode),
    }
}

fn is_guarded(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ResourceBusy};
    matches!(error.kind(), PermissionDenied | ResourceBusy | CrossesDevices)
}

/// Writes beside the file and then moves into its place, so that nobody sees half of it. Like
/// any file that is made, it has the permission less what the process's mask takes away.
fn replace(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    let permissions: Permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
    #[cfg(unix)]
    builder.permissions(permissions);
    let mut file = builder.prefix(".meridian-").tempfile_in(parent(path))?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn overwrite(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    options.open(path)?.write_all(content)
}
