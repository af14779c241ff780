//! Files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that is being written beside its place and moved there when it is whole.
///
/// What is there and is no regular file (`/dev/null`, a pipe) is written to directly: moving a file there would replace
/// the device. A link is followed, so that it stays a link.
#[derive(Debug)]
pub(crate) struct NewFile(Place);

#[derive(Debug)]
enum Place {
    Beside(NamedTempFile, PathBuf),
    Direct(File),
}

/// Who may read a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Only its owner (mode 0600).
    Owner,
    /// Whoever the process's umask lets.
    Umask,
}

impl NewFile {
    /// Begins a file; nothing is at its place until [`NewFile::finish`].
    ///
    /// # Errors
    /// When the folder is not there or may not be written to, or the path is a folder.
    pub(crate) fn begin(path: &Path, readers: Readers) -> io::Result<Self> {
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&place) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => {
                return Ok(Self(Place::Direct(File::options().write(true).open(&place)?)));
            }
            _ => {}
        }
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self(Place::Beside(beside(folder, readers)?, place)))
    }

    /// Moves the file to its place.
    ///
    /// # Errors
    /// When it cannot be written to the end or moved.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.0 {
            Place::Beside(file, place) => {
                file.as_file().sync_all()?;
                file.persist(place).map_err(|error| error.error)?;
                Ok(())
            }
            Place::Direct(mut file) => file.flush(),
        }
    }
}

/// A file with a name of its own; the crate makes it readable only for its owner unless told otherwise.
fn beside(folder: &Path, readers: Readers) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    let permissions: fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    if readers == Readers::Umask {
        builder.permissions(permissions);
    }
    #[cfg(not(unix))]
    let _ = readers;
    builder.prefix(".afterlab-").tempfile_in(folder)
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Place::Beside(file, _) => file.write(bytes),
            Place::Direct(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Place::Beside(file, _) => file.flush(),
            Place::Direct(file) => file.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path) -> io::Result<()> {
        let mut file = NewFile::begin(path, Readers::Owner)?;
        file.write_all(b"whole")?;
        file.finish()
    }

    #[test]
    fn nothing_is_there_until_it_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        let mut file = NewFile::begin(&path, Readers::Umask).expect("a file");
        file.write_all(b"half").expect("written");
        drop(file);
        assert!(!path.exists());
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0, "nothing is left behind");
        write(&path).expect("written");
        assert_eq!(fs::read(&path).expect("the file"), b"whole");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_stays_a_device_and_a_link_a_link() {
        use std::os::unix::fs::FileTypeExt;

        write(Path::new("/dev/null")).expect("written");
        assert!(fs::metadata("/dev/null").expect("the device").file_type().is_char_device());
        let folder = tempfile::tempdir().expect("a folder");
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").expect("a file");
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        write(&link).expect("written");
        assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
        assert_eq!(fs::read(&target).expect("the target"), b"whole");
    }

    #[test]
    fn a_folder_is_refused() {
        assert!(write(&std::env::temp_dir()).is_err());
        assert!(write(Path::new("/nonexistent/a.json")).is_err());
    }
}
