//! Trends for programs: JSON and CSV.

use serde_json::json;

use super::{Point, SEVERITIES, Trend};

/// The trend as JSON, with a final line break.
///
/// # Errors
/// Never for what can be read; what serde says otherwise.
pub fn json(trend: &Trend) -> serde_json::Result<String> {
    let point = |point: &Point| {
        let mut numbers = serde_json::Map::new();
        for (severity, number) in SEVERITIES.iter().zip(point.by_severity) {
            numbers.insert(severity.to_string(), number.into());
        }
        json!({
            "at": point.at, "file": point.file.to_string_lossy(), "findings": point.findings(),
            "by_severity": numbers, "suppressed": point.suppressed, "unknown": point.unknown,
            "usd_per_month": point.usd_per_month, "comparable": !point.is_other,
        })
    };
    let series: Vec<_> = trend
        .series
        .iter()
        .map(|series| {
            let points: Vec<_> = series.points.iter().map(point).collect();
            json!({"account": series.account, "alias": series.alias, "points": points})
        })
        .collect();
    let bad: Vec<_> = trend.bad.iter().map(|bad| json!({"file": bad.file.to_string_lossy(), "why": bad.why})).collect();
    serde_json::to_string_pretty(&json!({"afterlab_trend": 1, "series": series, "bad": bad})).map(|text| text + "\n")
}

/// The trend as CSV: one line a report. A file's name that a spreadsheet would calculate gets an apostrophe.
///
/// # Errors
/// When a line cannot be written.
pub fn csv(trend: &Trend) -> Result<String, csv::Error> {
    let mut lines = csv::Writer::from_writer(Vec::new());
    let severities = SEVERITIES.iter().map(|severity| severity.as_str());
    let head = ["account", "at", "findings"].into_iter().chain(severities);
    lines.write_record(head.chain(["suppressed", "unknown", "usd_per_month", "comparable", "file"]))?;
    for series in &trend.series {
        for point in &series.points {
            let mut line = vec![series.account.clone(), point.at.to_string(), point.findings().to_string()];
            line.extend(point.by_severity.iter().map(ToString::to_string));
            let numbers = [point.suppressed.to_string(), point.unknown.to_string(), point.usd_per_month.to_string()];
            line.extend(numbers);
            line.push((!point.is_other).to_string());
            line.push(plain(&point.file.to_string_lossy()));
            lines.write_record(line)?;
        }
    }
    let bytes = lines.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A text that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::tests::reports;
    use super::super::{files, read};
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let folder = reports();
        let mut trend = read(&files(&[folder.path().to_string_lossy().into_owned()]).0);
        trend.series[0].points[0].file = "=1+1.json".into();
        let value: serde_json::Value = serde_json::from_str(&json(&trend).expect("JSON")).expect("JSON");
        let point = &value["series"][0]["points"][0];
        assert_eq!((&point["usd_per_month"], &point["findings"]), (&json!("12.25"), &json!(2)));
        assert_eq!((&point["by_severity"]["critical"], &point["comparable"]), (&json!(1), &json!(false)));
        let lines = csv(&trend).expect("CSV");
        let line = lines.lines().nth(1).expect("a line");
        assert_eq!(line, "111122223333,2026-11-01T00:00:00Z,2,1,1,0,0,0,0,0,12.25,false,'=1+1.json");
    }
}
