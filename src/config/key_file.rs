//! The key that is kept beside the embedded database: read, or made when absent.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::private;
use super::rooms::KeySource;
use super::secret::SecretKey;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("cannot use the secret key file {file}: {source}", file = .file.display())]
    File { file: PathBuf, source: io::Error },
    #[error(
        "{file} does not hold 32 bytes in base64; put the right key back, since what it encrypted \
         cannot be read with another",
        file = .file.display()
    )]
    NotAKey { file: PathBuf },
    #[error("other people on this machine can read {file}; run: chmod 600 {file}", file = .file.display())]
    Open { file: PathBuf },
    #[error("this machine gives no random numbers: {0}")]
    NoRandom(getrandom::Error),
}

/// The key itself. Makes the file (and its folder) when it is not there.
pub fn read_or_make(source: &KeySource) -> Result<SecretKey, KeyError> {
    match source {
        KeySource::Given(key) => Ok(key.clone()),
        KeySource::KeptAt(file) => match read(file) {
            Err(KeyError::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
                make(file)
            }
            other => other,
        },
    }
}

fn read(file: &Path) -> Result<SecretKey, KeyError> {
    let text = fs::read_to_string(file).map_err(|source| cannot(file, source))?;
    refuse_open_file(file)?;
    SecretKey::from_base64(&text).ok_or_else(|| KeyError::NotAKey { file: file.to_owned() })
}

/// Written whole under another name first, then linked: two processes that start together end up
/// with the same key, and a crash leaves no half of one.
fn make(file: &Path) -> Result<SecretKey, KeyError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(KeyError::NoRandom)?;
    let key = SecretKey::from_bytes(bytes);
    let nobody_elses = getrandom::u64().map_err(KeyError::NoRandom)?;
    let draft = file.with_extension(format!("key.{nobody_elses:016x}"));
    let made =
        write_new(&draft, key.to_base64().expose()).and_then(|()| fs::hard_link(&draft, file));
    let _ = fs::remove_file(&draft);
    match made {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => read(file),
        Err(source) => Err(cannot(file, source)),
    }
}

fn write_new(file: &Path, text: &str) -> io::Result<()> {
    private::folder_of(file)?;
    let mut out = private::new_file(file)?;
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")?;
    out.sync_all()
}

fn refuse_open_file(file: &Path) -> Result<(), KeyError> {
    let open = private::is_open_to_others(file).map_err(|source| cannot(file, source))?;
    if open { Err(KeyError::Open { file: file.to_owned() }) } else { Ok(()) }
}

fn cannot(file: &Path, source: io::Error) -> KeyError {
    KeyError::File { file: file.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> (tempfile::TempDir, PathBuf, KeySource) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data/attache.key");
        (folder, file.clone(), KeySource::KeptAt(file))
    }

    #[test]
    fn a_key_is_made_once_and_kept() {
        let (_folder, file, source) = kept();
        let first = read_or_make(&source).unwrap();
        assert_eq!(read_or_make(&source).unwrap(), first);
        let beside = fs::read_dir(file.parent().unwrap()).unwrap().count();
        assert_eq!(beside, 1, "only the key itself stays");
    }

    #[test]
    fn two_who_start_together_share_one_key() {
        let (_folder, _, source) = kept();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> =
                (0..8).map(|_| scope.spawn(|| read_or_make(&source).unwrap())).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| key == &keys[0]));
        assert_eq!(read_or_make(&source).unwrap(), keys[0]);
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, file, source) = kept();
        read_or_make(&source).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = read_or_make(&source).unwrap_err().to_string();
        assert!(refused.contains("run: chmod 600 "), "{refused}");
    }

    #[test]
    fn a_spoiled_key_is_not_replaced() {
        let (_folder, file, source) = kept();
        read_or_make(&source).unwrap();
        fs::write(&file, "half").unwrap();
        assert!(matches!(read_or_make(&source), Err(KeyError::NotAKey { .. })));
        assert_eq!(fs::read_to_string(&file).unwrap(), "half");
    }
}
