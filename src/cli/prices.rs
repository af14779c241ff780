//! `afterlab prices`: the unit prices behind every cost, with source and date.

use std::collections::BTreeMap;

use clap::{Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::live::LiveArgs;
use super::output::{print, say, width};
use super::{CliError, Exit};
use crate::collect::price_list::price_list;
use crate::cost::price_list::SavedPrices;
use crate::cost::{Price, PriceBook};
use crate::grid;
use crate::text::{closest, count};

/// Show the unit prices behind every cost
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab prices show                             all prices
  afterlab prices show kendra                      those of a service
  afterlab prices show sagemaker/notebook/ml.t3    those of a sort
  afterlab prices refresh --region eu-west-1       ask AWS for those of a region")]
pub(super) struct Args {
    #[command(subcommand)]
    command: PricesCommand,
}

#[derive(Subcommand, Debug)]
enum PricesCommand {
    /// Show prices, with their source and date
    ///
    /// Every price names its region, its day and where it was read. Prices that do not go back to what AWS publishes, or
    /// are older than 12 months, are marked; a cost that rests on an unverified one is called an estimate.
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
    /// Read prices from AWS's own price list, with your credentials, and keep them for later scans
    ///
    /// Instances, nodes, volumes, NAT gateways and SageMaker of the regions that you name. They are kept in your folder
    /// for caches, stand in for the built-in ones, and are shown with their SKU as the source. The IAM action that it
    /// needs is pricing:GetProducts.
    #[command(after_help = "\
Examples:
  afterlab prices refresh --profile lab --region eu-west-1,us-east-1
  afterlab prices show ec2/instance/m5.large")]
    Refresh {
        #[command(flatten)]
        live: Box<LiveArgs>,
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
    match &args.command {
        PricesCommand::Show { query, format } => show(query.as_deref().unwrap_or_default(), *format),
        PricesCommand::Refresh { live } => refresh(live),
    }
}

/// The prices that costs are made of: the built-in ones, and over them those that the user refreshed.
pub(super) fn book() -> Result<PriceBook, CliError> {
    let path = SavedPrices::path();
    SavedPrices::book(path.as_deref()).map_err(|error| {
        CliError::new(error.to_string()).help("delete the file, or make it anew with `afterlab prices refresh`")
    })
}

fn refresh(live: &LiveArgs) -> Result<Exit, CliError> {
    let path = SavedPrices::path()
        .ok_or_else(|| CliError::new("there is no folder for caches").help("set XDG_CACHE_HOME to a folder"))?;
    let refreshed = live.with_session(async |session| {
        let own = [session.region.clone()];
        let regions = if live.regions().is_empty() { &own } else { live.regions() };
        price_list(session, regions).await.map_err(|failure| CliError::new(failure.message))
    })?;
    for (service, region, failure) in &refreshed.failures {
        say(&format!("not read: {service} in {region}: {}", failure.message));
    }
    let ambiguous = refreshed.found.ambiguous();
    let prices = refreshed.found.into_prices();
    if prices.is_empty() {
        return Err(CliError::new("the price list told no price; what was saved before stays as it is")
            .help("the IAM action that is needed is pricing:GetProducts"));
    }
    let number = count(prices.len(), "price");
    SavedPrices::new(prices, Timestamp::now()).write(&path).map_err(|error| CliError::new(error.to_string()))?;
    print(&format!(
        "{number} saved in {}; {ambiguous} that are stated in two ways keep the built-in price\n",
        path.display()
    ))?;
    Ok(if refreshed.failures.is_empty() { Exit::Clean } else { Exit::Failed })
}

fn show(query: &str, format: Format) -> Result<Exit, CliError> {
    let book = book()?;
    let found = book.find_all(query);
    if found.is_empty() {
        let error = CliError::new(format!("there is no price of {query:?}"));
        let near = nearest(query, &book).map(|name| format!("did you mean {name}?"));
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

/// The item or the service that is closest to what was typed, in whatever case.
fn nearest<'b>(query: &str, book: &'b PriceBook) -> Option<&'b str> {
    let services = book.items().filter_map(|item| item.split('/').next());
    let names: BTreeMap<String, &str> = book.items().chain(services).map(|name| (name.to_lowercase(), name)).collect();
    let name = closest(&query.to_lowercase(), names.keys().map(String::as_str))?;
    names.get(name).copied()
}

fn table(prices: &[&Price], width: u16) -> String {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let mut table = grid::table(width);
    table.set_header(["Item", "US dollars", "for one", "Region", "As of", "Source"]);
    for price in prices {
        let doubts = price.doubts(today);
        let as_of =
            if doubts.is_empty() { price.as_of.clone() } else { format!("{} ({})", price.as_of, doubts.join(", ")) };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found_in_whatever_case() {
        let nearest = |query| nearest(query, PriceBook::embedded());
        assert_eq!(nearest("Kendra/developer-edition"), Some("kendra/DEVELOPER_EDITION"));
        assert_eq!(nearest("sagemeker"), Some("sagemaker"));
        assert_eq!(nearest("zzz"), None);
    }

    #[test]
    fn the_table_marks_what_may_be_wrong() {
        let prices = PriceBook::embedded().find_all("kendra/ENTERPRISE_EDITION/query-unit");
        let shown = table(&prices, 200);
        assert!(shown.contains("0.7") && shown.contains("not verified, older than 12 months"), "{shown}");
        assert!(shown.ends_with("1 price\n"), "{shown}");
    }

    #[test]
    fn no_such_price_is_an_error_that_helps() {
        let args = Args::try_parse_from(["prices", "show", "kendar"]).expect("arguments");
        let error = run(&args).expect_err("no such price");
        assert_eq!(error.help.as_deref(), Some("did you mean kendra?"));
    }
}
