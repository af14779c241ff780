//! From what AWS Config records to what the service's own API says: the same members under names that differ in case.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::aws::api::model::{Kind, View};

/// Members that hold tags, which AWS Config tells beside the configuration.
pub(super) const TAGS: [&str; 4] = ["Tags", "TagList", "TagSet", "tags"];

/// A resource in the form of its API, of one or two shapes (that of the list, that of the detail).
///
/// # Errors
/// The first of the needed members that is there and was not understood.
pub(super) fn item(
    shapes: &[View<'_>],
    configuration: &Value,
    tags: &Value,
    needed: &[Vec<String>],
) -> Result<Value, String> {
    let mut whole = Map::new();
    let mut reading = Reading::default();
    for shape in shapes.iter().filter(|shape| shape.kind() == Kind::Structure) {
        let Some(Value::Object(members)) = reading.value(*shape, configuration) else {
            return Err("the configuration is no object".to_owned());
        };
        whole.extend(members);
        if let (Some(name), Value::Array(pairs)) = (TAGS.into_iter().find(|name| shape.member(name).is_some()), tags) {
            let pairs = pairs.iter().map(|pair| json!({"Key": pair["key"], "Value": pair["value"]}));
            whole.insert(name.to_owned(), pairs.collect());
        }
    }
    let is_needed = |lost: &&Vec<String>| needed.iter().any(|path| path.iter().zip(lost.iter()).all(|(a, b)| a == b));
    match reading.lost.iter().find(is_needed) {
        Some(lost) => Err(format!("{} has a form that is not known", lost.join("."))),
        None => Ok(Value::Object(whole)),
    }
}

/// Where it stands in the configuration, and what it could not make sense of.
#[derive(Default)]
struct Reading {
    path: Vec<String>,
    lost: Vec<Vec<String>>,
}

impl Reading {
    /// A value as the API has it; `None` for nothing, and for what is not understood, which is noted.
    fn value(&mut self, view: View<'_>, given: &Value) -> Option<Value> {
        let read = match (view.kind(), given) {
            // A text that is empty stands for one that the API would leave out.
            (_, Value::Null) => return None,
            (Kind::String, Value::String(text)) if text.is_empty() => return None,
            (Kind::Structure, Value::Object(members)) => Some(self.structure(view, members)),
            (Kind::Map, Value::Object(members)) => {
                let each =
                    members.iter().filter_map(|(name, value)| Some((name.clone(), self.value(view.value(), value)?)));
                Some(Value::Object(each.collect()))
            }
            (Kind::List, Value::Array(items)) => {
                Some(items.iter().filter_map(|item| self.value(view.item(), item)).collect())
            }
            (Kind::Structure | Kind::Map | Kind::List, _) => None,
            // Values of enumerations are objects with a `value` for some types, and plain texts for others.
            (_, Value::Object(members)) if members.len() == 1 && members.contains_key("value") => {
                return self.value(view, &given["value"]);
            }
            (kind, given) => plain(kind, given),
        };
        if read.is_none() {
            self.lost.push(self.path.clone());
        }
        read
    }

    fn structure(&mut self, view: View<'_>, given: &Map<String, Value>) -> Value {
        let mut members = Map::new();
        for (name, member) in view.members() {
            let mut alike = given.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
            let Some((_, value)) = alike.next() else { continue };
            self.path.push(name.to_owned());
            if alike.next().is_some() {
                self.lost.push(self.path.clone());
            } else if let Some(value) = self.value(member, value) {
                members.insert(name.to_owned(), value);
            }
            self.path.pop();
        }
        Value::Object(members)
    }
}

fn plain(kind: Kind, given: &Value) -> Option<Value> {
    let fits = match kind {
        Kind::String => given.is_string(),
        Kind::Integer | Kind::Long => given.is_i64() || given.is_u64(),
        Kind::Float | Kind::Double => given.is_number(),
        Kind::Boolean => given.is_boolean(),
        Kind::Timestamp => {
            let at: Timestamp = given.as_str()?.parse().ok()?;
            return Some(Value::from(at.to_string()));
        }
        _ => false,
    };
    fits.then(|| given.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::recorded::properties::needed;
    use crate::pack::{ResourceType, registry};

    fn kind(name: &str) -> &'static ResourceType {
        registry::types().find(|kind| kind.name == name).expect("a type")
    }

    fn converted(name: &str, configuration: &Value, tags: &Value) -> Result<Value, String> {
        let kind = kind(name);
        let api = registry::model(kind).expect("a model");
        let shapes = kind.shapes(&api);
        item(&shapes, configuration, tags, &needed(kind).expect("a type of the file"))
    }

    #[test]
    fn names_get_their_case_and_values_lose_their_wrapping() {
        let configuration = json!({"natGatewayId": "nat-1", "state": {"value": "available"}, "deleteTime": null,
            "vpcId": "vpc-1", "subnetId": "subnet-1", "connectivityType": "public", "failureCode": "",
            "createTime": "2026-11-20T08:00:00.000Z", "natGatewayAddresses": [{"publicIp": "198.51.100.7"}]});
        let expected = json!({"NatGatewayId": "nat-1", "State": "available", "VpcId": "vpc-1", "SubnetId": "subnet-1",
            "ConnectivityType": "public", "CreateTime": "2026-11-20T08:00:00Z",
            "NatGatewayAddresses": [{"PublicIp": "198.51.100.7"}], "Tags": [{"Key": "lab", "Value": "7"}]});
        let tags = json!([{"key": "lab", "value": "7", "tag": "lab=7"}]);
        assert_eq!(converted("AWS::EC2::NatGateway", &configuration, &tags), Ok(expected));
    }

    #[test]
    fn a_needed_member_of_another_form_is_an_error_and_others_are_left_out() {
        let wrong = json!({"natGatewayId": "nat-1", "state": ["available"]});
        assert!(converted("AWS::EC2::NatGateway", &wrong, &json!([])).is_err_and(|why| why.contains("State")));
        let unneeded = json!({"natGatewayId": "nat-1", "state": "available", "failureMessage": {"text": "?"}});
        assert!(converted("AWS::EC2::NatGateway", &unneeded, &json!([])).is_ok());
        assert!(converted("AWS::EC2::NatGateway", &json!("{}"), &json!([])).is_err());
        let twice = json!({"natGatewayId": "nat-1", "state": "available", "STATE": "deleted"});
        assert!(converted("AWS::EC2::NatGateway", &twice, &json!([])).is_err());
    }

    #[test]
    fn a_type_with_a_detail_is_told_whole() {
        let table = json!({"tableName": "lab", "tableStatus": "ACTIVE", "itemCount": 3,
            "ssedescription": {"status": "ENABLED"}});
        let read = converted("AWS::DynamoDB::Table", &table, &json!([])).expect("a table");
        assert_eq!((&read["TableName"], &read["SSEDescription"]["Status"]), (&json!("lab"), &json!("ENABLED")));
    }
}
