//! Notes for a terminal.
