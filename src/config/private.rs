//! Folders and files that only their owner may read: made so before anything is written to them.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Makes the folder that a file shall lie in, with those above it; what is there stays as it is.
pub fn folder_of(file: &Path) -> io::Result<()> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut make = fs::DirBuilder::new();
    make.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
    make.create(folder)
}

/// A new, empty file; one that is there already is an error.
pub fn new_file(file: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

/// Writes a whole file. One that is there already keeps its mode: somebody may have wanted it so.
pub fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(bytes)
}

/// Whether other people on this machine may read or write the file.
pub fn is_open_to_others(file: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        Ok(fs::metadata(file)?.permissions().mode().trailing_zeros() < 6)
    }
    #[cfg(not(unix))]
    {
        fs::metadata(file).map(|_| false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(unix)]
    use std::os::unix::fs::PermissionsExt as _;

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[cfg(unix)]
    #[test]
    fn what_is_made_is_for_its_owner_only() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a/b/file");
        folder_of(&file).unwrap();
        new_file(&file).unwrap();
        let deck = home.path().join("deck");
        for bytes in ["a longer first one", "second"] {
            write(&deck, bytes.as_bytes()).unwrap();
            assert_eq!(
                (fs::read_to_string(&deck).unwrap(), mode(&deck)),
                (bytes.to_owned(), 0o600)
            );
        }
        assert_eq!([home.path().join("a"), home.path().join("a/b")].map(|f| mode(&f)), [0o700; 2]);
        assert_eq!((mode(&file), is_open_to_others(&file).unwrap()), (0o600, false));
        assert_eq!(new_file(&file).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_there_keeps_its_mode_and_is_known_to_be_open() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("shared");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let file = folder.join("file");
        folder_of(&file).unwrap();
        assert_eq!(mode(&folder), 0o755);
        fs::write(&file, "").unwrap();
        for (bits, open) in [(0o644, true), (0o620, true), (0o604, true), (0o600, false)] {
            fs::set_permissions(&file, fs::Permissions::from_mode(bits)).unwrap();
            assert_eq!(is_open_to_others(&file).unwrap(), open, "{bits:o}");
        }
    }
}
