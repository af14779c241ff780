//! Snapshots: an inventory saved as JSON. A mocked account is a snapshot written by hand.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Inventory;
use crate::file::{NewFile, Readers};

/// The version of the format that this build reads and writes.
pub const VERSION: u32 = 1;

/// The largest snapshot that is read, in bytes after decompression.
pub const MAX_BYTES: u64 = 512 << 20;

/// The snapshot of `afterlab scan --demo`: a sandbox account after a lab.
const DEMO: &str = include_str!("demo.json");

/// Why a snapshot cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is no JSON, or not the JSON of a snapshot.
    #[error("{message} (at {path}, line {line}, column {column})")]
    Format {
        /// Where in the document: `s3.Buckets[2].Name`.
        path: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// It has no version, or one that this build does not know.
    #[error("{0}")]
    Version(String),
    /// It contradicts itself.
    #[error("{0}")]
    Content(String),
    /// It is too large.
    #[error("it is larger than {} MiB, the most that is read", MAX_BYTES >> 20)]
    TooLarge,
}

/// The format's version, as a member of the inventory: written as [`VERSION`] and read as nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormatVersion;

impl Serialize for FormatVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        VERSION.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FormatVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            VERSION => Ok(Self),
            other => Err(serde::de::Error::custom(format_args!("snapshot version {other} is not {VERSION}"))),
        }
    }
}

/// What a file needs at its top before anything else of it is believed.
#[derive(Deserialize)]
struct Head {
    afterlab_snapshot: Option<serde_json::Value>,
}

/// Reads a snapshot from a file; a name that ends in `.zst` is decompressed.
///
/// # Errors
/// [`SnapshotError`], never a panic, whatever the file holds.
pub fn read_file(path: &Path) -> Result<Inventory, SnapshotError> {
    let file = BufReader::new(File::open(path)?);
    let mut text = Vec::new();
    let limit = MAX_BYTES + 1;
    if is_compressed(path) {
        zstd::Decoder::new(file)?.take(limit).read_to_end(&mut text)?;
    } else {
        file.take(limit).read_to_end(&mut text)?;
    }
    if text.len() as u64 > MAX_BYTES {
        return Err(SnapshotError::TooLarge);
    }
    read(&text)
}

/// Reads a snapshot from its text.
///
/// # Errors
/// As [`read_file`].
pub fn read(text: &[u8]) -> Result<Inventory, SnapshotError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let head: Head = parse(text)?;
    match head.afterlab_snapshot {
        Some(version) if version == VERSION => {}
        Some(version) => {
            return Err(SnapshotError::Version(format!(
                "it is a snapshot of version {version}; this afterlab reads version {VERSION}"
            )));
        }
        None => {
            return Err(SnapshotError::Version(
                "it has no member \"afterlab_snapshot\", so it is no snapshot of afterlab".to_owned(),
            ));
        }
    }
    check(parse(text)?)
}

/// The embedded demo account.
///
/// # Errors
/// Never in a tested build: a test reads it.
pub fn demo() -> Result<Inventory, SnapshotError> {
    read(DEMO.as_bytes())
}

/// Writes a snapshot: compressed if the name ends in `.zst`, readable only for its owner, and whole or not at all.
///
/// # Errors
/// [`SnapshotError::Io`] when the folder or the file cannot be written.
pub fn write_file(path: &Path, inventory: &Inventory) -> Result<(), SnapshotError> {
    let mut file = NewFile::begin(path, Readers::Owner)?;
    if is_compressed(path) {
        let mut encoder = zstd::Encoder::new(BufWriter::new(&mut file), 9)?;
        write_json(&mut encoder, inventory)?;
        encoder.finish()?.flush()?;
    } else {
        let mut writer = BufWriter::new(&mut file);
        write_json(&mut writer, inventory)?;
        writer.flush()?;
    }
    Ok(file.finish()?)
}

fn write_json(writer: &mut impl Write, inventory: &Inventory) -> Result<(), SnapshotError> {
    serde_json::to_writer_pretty(&mut *writer, inventory).map_err(io::Error::from)?;
    writer.write_all(b"\n")?;
    Ok(())
}

fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "zst")
}

fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, SnapshotError> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        format_error(if path == "." { "the top".to_owned() } else { path }, error.inner())
    })?;
    deserializer.end().map_err(|error| format_error("the end".to_owned(), &error))?;
    Ok(value)
}

fn format_error(path: String, error: &serde_json::Error) -> SnapshotError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
    SnapshotError::Format { path, line, column, message }
}

/// What no type can say.
fn check(inventory: Inventory) -> Result<Inventory, SnapshotError> {
    if let Some(gap) = inventory.gaps.first_misnumbered() {
        return Err(SnapshotError::Content(format!(
            "gaps are numbered from 1 in their order; the one of {} has id {}",
            gap.operation, gap.id.0
        )));
    }
    let names = [
        ("IAM user", duplicate(inventory.iam.users.items(), |user| &user.user_name)),
        ("IAM group", duplicate(inventory.iam.groups.items(), |group| &group.group_name)),
        ("IAM role", duplicate(inventory.iam.roles.items(), |role| &role.role_name)),
        ("IAM policy", duplicate(inventory.iam.policies.items(), |policy| &policy.arn)),
        ("bucket", duplicate(inventory.s3.buckets.items(), |bucket| &bucket.name)),
    ];
    for (what, name) in names {
        if let Some(name) = name {
            return Err(SnapshotError::Content(format!("it lists the {what} {name:?} twice")));
        }
    }
    Ok(inventory)
}

fn duplicate<'a, T>(items: &'a [T], name: impl Fn(&'a T) -> &'a String) -> Option<&'a str> {
    let mut seen = std::collections::HashSet::with_capacity(items.len());
    items.iter().map(name).find(|name| !seen.insert(name.as_str())).map(String::as_str)
}

/// Reads a part of a snapshot, for the examples of rules: whatever it leaves out was never read.
///
/// # Errors
/// As [`read_file`].
pub(crate) fn read_fragment(text: &str, collected_at: Timestamp) -> Result<Inventory, SnapshotError> {
    let mut document: serde_json::Map<String, serde_json::Value> = parse(text.as_bytes())?;
    let mut defaults = |member: &str, value: serde_json::Value| {
        document.entry(member).or_insert(value);
    };
    defaults("account", serde_json::json!({"Id": "111122223333"}));
    defaults("collected_at", serde_json::json!(collected_at));
    let inventory = serde_json::from_value(document.into()).map_err(|error| format_error("the top".into(), &error))?;
    check(inventory)
}
