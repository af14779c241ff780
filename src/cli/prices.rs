//! `afterlab prices`: the unit prices behind every cost, with source and date.

use clap::{Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::output::{print, width};
use super::{CliError, Exit};
use crate::cost::{Price, PriceBook};
use crate::grid;
use crate::text::{closest, count};

/// Show the unit prices behind every cost
#[derive(Parser, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: PricesCommand,
}

#[derive(Subcommand, Debug)]
enum PricesCommand {
    /// Show prices, with their source and date
    #[command(after_help = "\
Examples:
  afterlab prices show kendra
  afterlab prices show ec2/instance/g5 --format json")]
    Show {
        /// A part of the name, the unit or the note; all prices without it
        query: Option<String>,

        /// Form of the list
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let PricesCommand::Show { query, format } = &args.command;
    let book = PriceBook::embedded();
    let found = book.search(query.as_deref().unwrap_or_default());
    if found.is_empty() {
        let query = query.as_deref().unwrap_or_default();
        let error = CliError::new(format!("there is no price of {query:?}"));
        let near = closest(query, book.items()).map(|item| format!("did you mean {item}?"));
        return Err(error.help(near.unwrap_or_else(|| "`afterlab prices show` lists all of them".to_owned())));
    }
    match format {
        Format::Table => print(&table(&found, width()))?,
        Format::Json => {
            let text = serde_json::to_string_pretty(&found).map_err(|error| CliError::new(error.to_string()))?;
            print(&format!("{text}\n"))?;
        }
    }
    Ok(Exit::Clean)
}

fn table(prices: &[&Price], width: u16) -> String {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let mut table = grid::table(width);
    table.set_header(["Item", "US dollars", "for one", "Region", "As of", "Source"]);
    for price in prices {
        let marks = [(!price.verified, "not verified"), (price.is_old(today), "older than 12 months")];
        let marks: Vec<&str> = marks.iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| *mark).collect();
        let as_of =
            if marks.is_empty() { price.as_of.clone() } else { format!("{} ({})", price.as_of, marks.join(", ")) };
        table.add_row([
            price.item.clone(),
            price.usd.normalize().to_string(),
            price.unit.clone(),
            price.region.clone(),
            as_of,
            price.source.clone(),
        ]);
    }
    format!("{table}\n{}\n", count(prices.len(), "price"))
}
