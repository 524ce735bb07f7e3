//! One process per `SQLite` file: the lock that makes recovery at start safe.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{Error, Result};
use crate::config::private;

/// Held until it is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub(super) struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes `<database>.lock`, or says who stands in the way.
    pub(super) fn take(database: &Path) -> Result<Self> {
        let path = beside(database, ".lock");
        let open = match private::new_file(&path) {
            Err(there) if there.kind() == ErrorKind::AlreadyExists => {
                OpenOptions::new().write(true).open(&path)
            }
            made => made,
        };
        let file = open.map_err(|e| Error::Unreachable(format!("{}: {e}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Busy(format!(
                "another attache is working on {}; stop it first, or use PostgreSQL for several",
                database.display()
            ))),
            Err(TryLockError::Error(e)) => {
                Err(Error::Unreachable(format!("{}: {e}", path.display())))
            }
        }
    }
}

/// Locks and shared memory do not hold across machines: a file there would be damaged some day.
pub(super) fn refuse_network(database: &Path) -> Result<()> {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
    let Ok(folder) = folder.unwrap_or(Path::new(".")).canonicalize() else { return Ok(()) };
    // Only Linux tells in this way.
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    match network_kind(&mounts, &folder) {
        None => Ok(()),
        Some(kind) => Err(Error::Unreachable(format!(
            "{} lies on a network file system ({kind}), which SQLite cannot work on safely; \
             use a local folder, or PostgreSQL",
            database.display()
        ))),
    }
}

/// The kind of the file system that the folder lies on, if it is one across a network.
fn network_kind<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    const ACROSS: [&str; 9] =
        ["nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "lustre", "fuse.sshfs", "fuse.glusterfs"];
    let mount = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ');
        let (_, place, kind) = (fields.next()?, fields.next()?, fields.next()?);
        folder.starts_with(place.replace("\\040", " ")).then_some((place.len(), kind))
    });
    let (_, kind) = mount.max_by_key(|(length, _)| *length)?;
    ACROSS.contains(&kind).then_some(kind)
}

/// The path of a file that stands beside the database under its name.
pub(super) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_on_a_network_file_system_is_known_by_its_nearest_mount() {
        let mounts = "/dev/vda / ext4 rw 0 0\nfiler:/x /srv nfs4 rw 0 0\n\
                      /dev/vdb /srv/local ext4 rw 0 0\n//s/x /mnt/my\\040share cifs rw 0 0\n";
        let kind = |folder: &str| network_kind(mounts, Path::new(folder));
        assert_eq!(kind("/srv/data"), Some("nfs4"));
        assert_eq!(kind("/mnt/my share/data"), Some("cifs"));
        assert_eq!(kind("/srv/local/data"), None);
        assert_eq!(kind("/home/data"), None);
        assert_eq!(kind("/srvice"), None);
    }
}
