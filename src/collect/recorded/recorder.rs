//! Whether a region's recorder can be relied on for a type.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// How long a recorder is on before its first look at everything is surely over.
const SETTLED: SignedDuration = SignedDuration::from_hours(24);

/// AWS's own role for AWS Config, which may read every type that it records; another role may not, and what it may not
/// read is missing without a word.
const OWN_ROLE: &str = ":role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig";

/// Whether the recorder of a region has every resource of a type, as it is now.
///
/// Takes the replies of `DescribeConfigurationRecorders` and `DescribeConfigurationRecorderStatus`; source of their meaning:
/// <https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html>.
pub(super) fn records(recorders: &Value, statuses: &Value, kind: &str, now: Timestamp) -> bool {
    let list = |reply: &Value, name: &str| reply[name].as_array().cloned().unwrap_or_default();
    list(recorders, "ConfigurationRecorders").iter().any(|recorder| {
        let status = list(statuses, "ConfigurationRecordersStatus")
            .into_iter()
            .find(|status| status["name"] == recorder["name"])
            .unwrap_or_default();
        let uses_own_role = recorder["roleARN"].as_str().is_some_and(|role| role.ends_with(OWN_ROLE));
        uses_own_role
            && is_settled(&status, now)
            && takes(&recorder["recordingGroup"], kind)
            && is_continuous(&recorder["recordingMode"], kind)
    })
}

fn is_settled(status: &Value, now: Timestamp) -> bool {
    let started: Option<Timestamp> = status["lastStartTime"].as_str().and_then(|text| text.parse().ok());
    let works = status["lastStatus"].as_str().is_some_and(|last| last.eq_ignore_ascii_case("success"));
    status["recording"] == true && works && started.is_some_and(|started| now.duration_since(started) >= SETTLED)
}

fn takes(group: &Value, kind: &str) -> bool {
    if group["allSupported"] == true {
        return true;
    }
    if group["recordingStrategy"]["useOnly"] == "EXCLUSION_BY_RESOURCE_TYPES" {
        return !names(&group["exclusionByResourceTypes"]["resourceTypes"], kind);
    }
    names(&group["resourceTypes"], kind)
}

/// Whether each change is recorded as it happens; a daily record is up to a day old.
fn is_continuous(mode: &Value, kind: &str) -> bool {
    let overrides = mode["recordingModeOverrides"].as_array().into_iter().flatten();
    let mut own =
        overrides.filter(|other| names(&other["resourceTypes"], kind)).map(|other| &other["recordingFrequency"]);
    let frequency = own.next_back().unwrap_or(&mode["recordingFrequency"]);
    frequency.is_null() || frequency == "CONTINUOUS"
}

fn names(list: &Value, kind: &str) -> bool {
    list.as_array().is_some_and(|names| names.iter().any(|name| name == kind))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KIND: &str = "AWS::EC2::Instance";

    fn recorder(change: impl FnOnce(&mut Value, &mut Value)) -> bool {
        let mut recorder = json!({"name": "default", "recordingGroup": {"allSupported": true},
            "roleARN": "arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"});
        let mut status = json!({"name": "default", "recording": true, "lastStatus": "SUCCESS",
            "lastStartTime": "2026-01-01T00:00:00Z"});
        change(&mut recorder, &mut status);
        let now = "2026-11-22T12:00:00Z".parse().expect("a time");
        let (recorders, statuses) =
            (json!({"ConfigurationRecorders": [recorder]}), json!({"ConfigurationRecordersStatus": [status]}));
        records(&recorders, &statuses, KIND, now)
    }

    #[test]
    fn a_recorder_of_everything_is_relied_on_unless_something_may_be_missing() {
        assert!(recorder(|_, _| {}));
        assert!(!recorder(|_, status| status["recording"] = json!(false)));
        assert!(!recorder(|_, status| status["lastStatus"] = json!("FAILURE")));
        assert!(!recorder(|_, status| status["lastStartTime"] = json!("2026-11-22T11:00:00Z")));
        assert!(!recorder(|recorder, _| recorder["roleARN"] = json!("arn:aws:iam::111122223333:role/mine")));
        assert!(!recorder(|recorder, _| recorder["recordingMode"] = json!({"recordingFrequency": "DAILY"})));
    }

    #[test]
    fn a_type_is_recorded_by_its_group_and_its_mode() {
        let only = |names: Value| {
            move |recorder: &mut Value, _: &mut Value| {
                recorder["recordingGroup"] = json!({"allSupported": false, "resourceTypes": names});
            }
        };
        assert!(recorder(only(json!([KIND]))));
        assert!(!recorder(only(json!(["AWS::EC2::Volume"]))));
        let but = |names: Value| {
            move |recorder: &mut Value, _: &mut Value| {
                recorder["recordingGroup"] = json!({"allSupported": false, "exclusionByResourceTypes": {"resourceTypes": names},
                "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"}});
            }
        };
        assert!(recorder(but(json!(["AWS::EC2::Volume"]))));
        assert!(!recorder(but(json!([KIND]))));
        assert!(!recorder(|recorder, _| recorder["recordingMode"] = json!({"recordingFrequency": "CONTINUOUS",
            "recordingModeOverrides": [{"resourceTypes": [KIND], "recordingFrequency": "DAILY"}]})));
    }
}
