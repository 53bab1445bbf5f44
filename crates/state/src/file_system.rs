//! Where the file lies: SQLite's write-ahead log needs memory that all who use the file share, and
//! every way of writing needs locks that all of them see.

use std::path::{Path, PathBuf};

/// What the file system can do for the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// Only this machine uses it: the write-ahead log works.
    Local,
    /// Other machines may use it, and see our locks: a rollback journal works.
    Network,
    /// Other machines may use it and do not see our locks: two could write at once.
    Unlocked,
}

/// A line of Linux's table of mounts.
#[derive(Debug, PartialEq, Eq)]
struct Mount {
    point: PathBuf,
    kind: String,
    options: String,
}

/// What is known of the file system that a file or folder lies on, and its name. Where there is no
/// table of mounts, it is taken for local.
pub(crate) fn sharing(path: &Path) -> (Sharing, String) {
    let table = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    match path.canonicalize().ok().and_then(|path| mount_of(&table, &path)) {
        Some(mount) => (judge(&mount.kind, &mount.options), mount.kind),
        None => (Sharing::Local, String::new()),
    }
}

/// The mount that a path lies on: the last one of those that lie deepest, as it hides the others.
fn mount_of(table: &str, path: &Path) -> Option<Mount> {
    let around = table.lines().filter_map(mount).filter(|mount| path.starts_with(&mount.point));
    around.max_by_key(|mount| mount.point.components().count())
}

/// `36 35 98:0 /root /point options fields… - kind source options`
fn mount(line: &str) -> Option<Mount> {
    let (place, device) = line.split_once(" - ")?;
    let mut place = place.split(' ').skip(4);
    let (point, own) = (place.next()?, place.next()?);
    let mut device = device.split(' ');
    let (kind, _, superblock) = (device.next()?, device.next()?, device.next()?);
    let options = format!("{own},{superblock}");
    Some(Mount { point: unescaped(point).into(), kind: kind.to_owned(), options })
}

/// Blanks and the like stand as three octal digits.
fn unescaped(text: &str) -> String {
    let pairs = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    pairs.iter().fold(text.to_owned(), |text, (escape, plain)| text.replace(escape, plain))
}

fn judge(kind: &str, options: &str) -> Sharing {
    let has = |wanted: &[&str]| options.split(',').any(|option| wanted.contains(&option));
    match kind {
        "nfs" | "nfs4" => match has(&["nolock", "local_lock=all", "local_lock=posix"]) {
            true => Sharing::Unlocked,
            false => Sharing::Network,
        },
        "cifs" | "smb3" | "smbfs" => match has(&["nobrl", "nolock"]) {
            true => Sharing::Unlocked,
            false => Sharing::Network,
        },
        "lustre" => match has(&["flock"]) {
            true => Sharing::Network,
            false => Sharing::Unlocked,
        },
        // These keep locks on the machine that asks for them, or have none.
        "fuse.sshfs" | "fuse.rclone" | "fuse.s3fs" | "fuse.gcsfuse" | "fuse.goofys"
        | "fuse.mountpoint-s3" | "fuse.blobfuse" | "fuse.blobfuse2" | "fuse.davfs" | "davfs"
        | "vboxsf" | "vmhgfs" | "fuse.vmhgfs-fuse" => Sharing::Unlocked,
        "9p" | "virtiofs" | "afs" | "ceph" | "coda" | "gfs2" | "ocfs2" | "glusterfs" | "beegfs"
        | "gpfs" | "orangefs" | "fuse" => Sharing::Network,
        _ if kind.starts_with("fuse.") => Sharing::Network,
        _ => Sharing::Local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
30 22 0:40 / /home/ada/with\\040blank rw shared:2 master:1 - nfs4 server:/x rw,vers=4.2,hard\n\
31 22 0:41 / /mnt rw - autofs none rw\n\
32 31 0:42 / /mnt/share rw - autofs none rw\n\
33 32 0:43 / /mnt/share rw - cifs //server/x rw,nobrl\n\
not a line\n";

    #[test]
    fn a_path_lies_on_the_deepest_and_last_mount() {
        for (path, kind) in [
            ("/home/ada/state", "ext4"),
            ("/home/ada/with blank/state", "nfs4"),
            ("/mnt/share/a/b", "cifs"),
            ("/mnt/sharer", "autofs"),
        ] {
            let mount = mount_of(TABLE, Path::new(path)).unwrap();
            assert_eq!(mount.kind, kind, "{path}");
        }
        assert_eq!(mount_of("", Path::new("/")), None);
        let mount = mount_of(TABLE, Path::new("/mnt/share")).unwrap();
        assert_eq!(judge(&mount.kind, &mount.options), Sharing::Unlocked);
    }

    #[test]
    fn what_a_file_system_can_do() {
        for (kind, options, sharing) in [
            ("ext4", "rw", Sharing::Local),
            ("overlay", "rw", Sharing::Local),
            ("tmpfs", "rw,nolock", Sharing::Local),
            ("nfs4", "rw,vers=4.2,local_lock=none", Sharing::Network),
            ("nfs", "rw,vers=3,nolock,local_lock=all", Sharing::Unlocked),
            ("nfs", "rw,local_lock=flock", Sharing::Network),
            ("cifs", "rw,vers=3.1.1", Sharing::Network),
            ("cifs", "rw,nobrl", Sharing::Unlocked),
            ("lustre", "rw,localflock", Sharing::Unlocked),
            ("fuse.sshfs", "rw", Sharing::Unlocked),
            ("fuse.gocryptfs", "rw", Sharing::Network),
            ("9p", "rw", Sharing::Network),
        ] {
            assert_eq!(judge(kind, options), sharing, "{kind} {options}");
        }
    }
}
