//! Access keys in messages and commands. The credential report names no key id, so each command lists them first.

use crate::inventory::iam::{AccessKey, User};
use crate::text::shell_quote;

/// The credential report's name of a column about a key: `access_key_1_last_rotated`.
pub(crate) fn column(key: &AccessKey, name: &str) -> String {
    format!("access_key_{}_{name}", key.slot)
}

/// Commands that switch a key of the user off, which can be taken back.
pub(crate) fn deactivate(user: &User) -> [String; 2] {
    let name = shell_quote(&user.user_name);
    [list(user), format!("aws iam update-access-key --user-name {name} --status Inactive --access-key-id AKIA...")]
}

/// Commands that delete a key of the user, for good.
pub(crate) fn delete(user: &User) -> [String; 2] {
    let name = shell_quote(&user.user_name);
    [list(user), format!("aws iam delete-access-key --user-name {name} --access-key-id AKIA...")]
}

fn list(user: &User) -> String {
    format!("aws iam list-access-keys --user-name {}", shell_quote(&user.user_name))
}
