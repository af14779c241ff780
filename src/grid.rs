//! The look that all tables in a terminal share.

use comfy_table::{ContentArrangement, Table, presets};

/// An empty table of so many columns.
pub(crate) fn table(width: u16) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width);
    table
}
