//! Who can become whom, and who ends up as an administrator.
