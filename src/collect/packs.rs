//! What packs declare: their resource types in every region, with as few calls as that takes.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Map, Value};

use super::Collector;
use super::call::About;
use super::recorded::Recorded;
use crate::aws::Failure;
use crate::aws::api::{self, Api, ApiClient};
use crate::inventory::{GapId, GapKind, Known, Listing, Region, Resource, Resources};
use crate::pack::{self, BatchCall, Call, ResourceType, Tags, Variables};
use crate::rule::{Need, Operation};

/// Pages of one list; AWS gives 50 and more items a page.
const MOST_PAGES: usize = 10_000;

/// One type in one region.
struct Place<'a> {
    collector: &'a Collector<'a>,
    kind: &'static ResourceType,
    client: ApiClient,
    region: Region,
    root: &'a cel::Context<'static, 'static>,
    variables: Variables<'static>,
    /// Whether AWS Config told of its resources, so that their details are known.
    is_recorded: bool,
}

/// What all types share while they are read.
struct Reading<'a> {
    root: &'a cel::Context<'static, 'static>,
    recorded: &'a Recorded,
    step: &'a super::progress::Step,
}

/// What came of one type in one region.
#[derive(Default)]
struct Found {
    resources: Vec<Resource>,
    missing: Option<GapId>,
}

impl Collector<'_> {
    /// Reads every type that the rules need, and names the types that AWS Config told of.
    pub(super) async fn packs(&self, enabled: &Known<Vec<Region>>) -> (Resources, Vec<&'static str>) {
        let kinds: Vec<&'static ResourceType> = self
            .options
            .needs
            .iter()
            .filter_map(|need| if let Need::Resources(kind) = need { Some(kind) } else { None })
            .collect();
        if kinds.is_empty() {
            return Default::default();
        }
        let (regions, unknown_regions) = self.pack_regions(enabled);
        let root = pack::context(jiff::Timestamp::now());
        let recorded = if self.options.needs.contains(Need::RecordedResources) {
            self.recorded(&kinds, &regions).await
        } else {
            Recorded::default()
        };
        let step = self.progress.step("regions × types", kinds.len() * regions.len());
        let reading = Reading { root: &root, recorded: &recorded, step: &step };
        let each = kinds.iter().map(|kind| async {
            let mut found = self.kind(kind, &regions, &reading).await;
            found.missing = found.missing.or(unknown_regions.filter(|_| !kind.is_global));
            (
                kind.name.to_owned(),
                match found.missing {
                    Some(gap) => Listing::partial(found.resources, gap),
                    None => Listing::whole(found.resources),
                },
            )
        });
        let resources = Resources(join_all(each).await.into_iter().collect());
        (resources, recorded.types())
    }

    /// The regions to look into, and the gap that hides further ones.
    fn pack_regions(&self, enabled: &Known<Vec<Region>>) -> (Vec<Region>, Option<GapId>) {
        if !self.options.regions.is_empty() {
            return (self.options.regions.clone(), None);
        }
        match enabled {
            Known::Value(regions) if !regions.is_empty() => (regions.clone(), None),
            Known::Value(_) => (vec![self.session.region.clone()], None),
            Known::Gap(gap) => (vec![self.session.region.clone()], Some(*gap)),
        }
    }

    async fn kind(&self, kind: &'static ResourceType, regions: &[Region], reading: &Reading<'_>) -> Found {
        let api = match pack::registry::model(kind) {
            Ok(api) => api,
            Err(message) => {
                let failure = Failure { kind: GapKind::Failed, code: None, message };
                let operation = operation_of(kind, &kind.list);
                return Found { resources: Vec::new(), missing: Some(self.gap(operation, About::default(), &failure)) };
            }
        };
        // A service without regions, and what is the same in all of them, is asked once.
        let home = [kind.home.clone().unwrap_or_else(|| self.session.region.clone())];
        let is_global = kind.is_global || is_global(&api, &self.session.region);
        let regions = if is_global { &home } else { regions };
        let in_region = regions.iter().map(|region| async {
            let found = if api::is_in(&api, region) == Some(false) && !is_global {
                Found::default()
            } else {
                self.place(kind, &api, region, is_global, reading).await
            };
            reading.step.done();
            found
        });
        join_all(in_region).await.into_iter().fold(Found::default(), |mut all, found| {
            all.resources.extend(found.resources);
            all.missing = all.missing.or(found.missing);
            all
        })
    }

    async fn place(
        &self,
        kind: &'static ResourceType,
        api: &Arc<Api>,
        region: &Region,
        is_global: bool,
        reading: &Reading<'_>,
    ) -> Found {
        let variables = Variables::default()
            .with("account", self.session.account.as_str())
            .with("partition", self.session.partition.as_str())
            .with("region", region.as_str());
        let client = self.clients.api(api, region);
        let recorded = reading.recorded.of(kind, region).filter(|_| !is_global);
        let is_recorded = recorded.is_some();
        let place =
            Place { collector: self, kind, client, region: region.clone(), root: reading.root, variables, is_recorded };
        let mut found = Found::default();
        match recorded {
            Some(items) => place.resources(items.clone(), None, &mut found).await,
            None => place.list(&mut found).await,
        }
        for resource in &mut found.resources {
            resource.region = (!is_global).then(|| region.clone());
        }
        found
    }
}

fn is_global(api: &Api, region: &Region) -> bool {
    let places = api.regions.as_ref().and_then(|regions| regions.get(region.partition().as_str()));
    places.is_some_and(|places| places.global.is_some())
}

fn operation_of(kind: &ResourceType, call: &Call) -> Operation {
    operation_named(kind, &call.operation)
}

fn operation_named(kind: &ResourceType, name: &str) -> Operation {
    let known = kind.operations.iter().find(|operation| operation.name == name);
    known.copied().unwrap_or(Operation { service: kind.pack, name: "", iam_action: None })
}

impl Place<'_> {
    /// The resources of the type, through the lists that lead to them.
    async fn list(&self, found: &mut Found) {
        let mut parents = vec![None];
        for call in &self.kind.within {
            let inner = join_all(parents.iter().map(|parent| self.items(call, parent.as_ref()))).await;
            let mut next = Vec::new();
            for (parent, (items, missing)) in parents.into_iter().zip(inner) {
                found.missing = found.missing.or(missing);
                next.extend(items.into_iter().map(|item| Some(with_parent(item, parent.clone()))));
            }
            parents = next;
        }
        let lists = join_all(parents.iter().map(|parent| self.items(&self.kind.list, parent.as_ref()))).await;
        for (parent, (items, missing)) in parents.iter().zip(lists) {
            found.missing = found.missing.or(missing);
            self.resources(items, parent.as_ref(), found).await;
        }
    }

    fn scope(&self, item: &Value, parent: Option<&Value>) -> Variables<'static> {
        self.variables
            .clone()
            .with("item", item.clone())
            .with("resource", item.clone())
            .with("parent", parent.cloned().unwrap_or_default())
    }

    fn gap(&self, call: &str, resource: Option<&str>, failure: &Failure) -> GapId {
        let about = About { region: Some(&self.region), resource };
        self.collector.gap(operation_named(self.kind, call), about, failure)
    }

    /// The items of a list, page by page, and the gap behind which there may be more.
    async fn items(&self, call: &Call, parent: Option<&Value>) -> (Vec<Value>, Option<GapId>) {
        let mut items = Vec::new();
        let result = self.pages(call, &self.scope(&Value::Null, parent), &mut items).await;
        let failure = result.err().filter(|failure| !self.is_absent(failure));
        let missing = failure.map(|failure| self.gap(&call.operation, None, &failure));
        (items, missing)
    }

    /// Whether the service is not in this region: AWS's list does not tell where it is, and its host has no address.
    fn is_absent(&self, failure: &Failure) -> bool {
        self.client.api().regions.is_none() && has_no_address(failure)
    }

    async fn pages(&self, call: &Call, scope: &Variables<'_>, items: &mut Vec<Value>) -> Result<(), Failure> {
        let mut input = call.input.evaluate(self.root, scope).map_err(broken)?;
        let paginator = self.client.api().paginator(&call.operation);
        let mut seen = Vec::new();
        for _ in 0..MOST_PAGES {
            let reply = match self.collector.within_limits(self.client.call(&call.operation, &input)).await {
                Err(failure) if says_none(&failure, &call.none) => return Ok(()),
                reply => reply?,
            };
            let tokens = paginator.map(|paginator| tokens(paginator, &reply)).unwrap_or_default();
            match &call.items {
                Some(path) => items.extend(path.find(reply)),
                None => items.push(reply),
            }
            if tokens.is_empty() {
                return Ok(());
            }
            if seen.contains(&tokens) {
                let message = "a page token came twice, so the listing would never end and is incomplete";
                return Err(Failure::malformed(message.to_owned()));
            }
            if let Value::Object(given) = &mut input {
                given.extend(tokens.iter().cloned());
            }
            seen.push(tokens);
        }
        Err(Failure::malformed(format!("the listing has more than {MOST_PAGES} pages")))
    }

    /// Makes resources of the items of a list.
    async fn resources(&self, items: Vec<Value>, parent: Option<&Value>, found: &mut Found) {
        let items = match &self.kind.batch {
            Some(batch) => self.batches(batch, items, parent, found).await,
            None => items,
        };
        let each = items.into_iter().map(|item| self.resource(item, parent));
        for resource in join_all(each).await {
            match resource {
                Ok(Some(resource)) => found.resources.push(resource),
                Ok(None) => {}
                Err(failure) => {
                    found.missing = found.missing.or(Some(self.gap(&self.kind.list.operation, None, &failure)));
                }
            }
        }
    }

    async fn batches(
        &self,
        batch: &BatchCall,
        items: Vec<Value>,
        parent: Option<&Value>,
        found: &mut Found,
    ) -> Vec<Value> {
        let keys = items.iter().map(|item| batch.key.evaluate(self.root, &self.scope(item, parent)));
        let keys: Vec<Value> = match keys.collect::<Result<_, _>>() {
            Ok(keys) => keys,
            Err(why) => {
                found.missing = Some(self.gap(&batch.operation, None, &broken(why)));
                return Vec::new();
            }
        };
        let calls = keys.chunks(batch.size).map(|keys| async {
            let scope = self.scope(&Value::Null, parent).with("keys", keys.to_vec());
            let input = batch.input.evaluate(self.root, &scope).map_err(broken)?;
            let reply = self.collector.within_limits(self.client.call(&batch.operation, &input)).await?;
            Ok::<_, Failure>(batch.items.find(reply))
        });
        let mut all = Vec::new();
        for result in join_all(calls).await {
            match result {
                Ok(items) => all.extend(items),
                Err(failure) => found.missing = Some(self.gap(&batch.operation, None, &failure)),
            }
        }
        all
    }

    /// One resource with its detail and tags; `None` when it is of another type or gone since it was listed.
    async fn resource(&self, item: Value, parent: Option<&Value>) -> Result<Option<Resource>, Failure> {
        let mut scope = self.scope(&item, parent);
        let mut properties = object(item.clone());
        let mut gap = None;
        if let Some(detail) = self.kind.detail.as_ref().filter(|_| !self.is_recorded) {
            match self.one(detail, &scope).await {
                Ok(Some(more)) => properties.extend(object(more)),
                Ok(None) => return Ok(None),
                Err(failure) => gap = Some(self.gap(&detail.operation, item.as_str(), &failure)),
            }
        }
        self.kind.parsed.iter().try_for_each(|text| text.parse_in(&mut properties)).map_err(broken)?;
        scope.set("resource", Value::Object(properties.clone()));
        if gap.is_none() {
            gap = self.also(&mut properties, &mut scope).await?;
        }
        let text = |expression: &pack::Expression| expression.string(self.root, &scope).map_err(broken);
        if gap.is_none()
            && let Some(keep) = &self.kind.keep
            && !keep.test(self.root, &scope).map_err(broken)?
        {
            return Ok(None);
        }
        let id = text(&self.kind.id)?.ok_or_else(|| broken(format!("`{}` gives no id", self.kind.id.text())))?;
        let label = self.kind.label.as_ref().map(text).transpose()?.flatten();
        let name = label.filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone());
        scope.set("id", id.as_str());
        scope.set("name", name.as_str());
        let arn = self.kind.arn.as_ref().map(|arn| arn.fill(self.root, &scope)).transpose().map_err(broken)?;
        scope.set("arn", arn.clone());
        let created = self.kind.created.as_ref().map(|expression| expression.string(self.root, &scope)).transpose();
        let created = created.map_err(broken)?.flatten().and_then(|text| text.parse().ok());
        let tags = match &self.kind.tags {
            None => None,
            Some(Tags::Expression(expression)) => Some(tags(&expression.evaluate(self.root, &scope).map_err(broken)?)),
            Some(Tags::Call(call)) => match self.one(call, &scope).await {
                Ok(reply) => Some(tags(&reply.unwrap_or_default())),
                Err(failure) => {
                    self.gap(&call.operation, Some(&id), &failure);
                    None
                }
            },
        };
        self.kind.omit.iter().for_each(|name| {
            properties.remove(name);
        });
        self.kind.keys_only.iter().for_each(|path| path.keep_keys(&mut properties));
        Ok(Some(Resource {
            id,
            name,
            arn,
            region: None,
            created,
            tags,
            properties,
            parent: parent.map(|parent| without(parent, &self.kind.omit)),
            usage: Vec::new(),
            gap,
        }))
    }

    /// Asks what else is to be known, and adds it; the gap, if something cannot be read.
    async fn also(
        &self,
        properties: &mut Map<String, Value>,
        scope: &mut Variables<'_>,
    ) -> Result<Option<GapId>, Failure> {
        for also in &self.kind.also {
            let asks = also.when.as_ref().map_or(Ok(true), |when| when.test(self.root, scope)).map_err(broken)?;
            let is_list = also.call.items.is_some() && self.client.api().paginator(&also.call.operation).is_some();
            let reply = match (asks, is_list) {
                (false, _) => Ok(None),
                (true, false) => self.one(&also.call, scope).await,
                (true, true) => {
                    let mut items = Vec::new();
                    self.pages(&also.call, scope, &mut items).await.map(|()| Some(Value::Array(items)))
                }
            };
            match reply {
                Ok(Some(more)) => {
                    properties.insert(also.into.clone(), more);
                    scope.set("resource", Value::Object(properties.clone()));
                }
                Ok(None) => {}
                Err(failure) => return Ok(Some(self.gap(&also.call.operation, None, &failure))),
            }
        }
        Ok(None)
    }

    /// One call about one thing; `None` when the thing is gone.
    async fn one(&self, call: &Call, scope: &Variables<'_>) -> Result<Option<Value>, Failure> {
        let input = call.input.evaluate(self.root, scope).map_err(broken)?;
        match self.collector.within_limits(self.client.call(&call.operation, &input)).await {
            Ok(reply) => Ok(match &call.items {
                Some(path) => {
                    let mut found = path.find(reply);
                    // Tags are a list, a detail is one thing.
                    if found.len() == 1 { found.pop() } else { Some(Value::Array(found)) }
                }
                None => Some(reply),
            }),
            Err(failure) if is_gone(&failure) || says_none(&failure, &call.none) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// Whether the service says that there is no such thing.
fn is_gone(failure: &Failure) -> bool {
    ["ResourceNotFoundException", "NotFoundException", "ResourceNotFound"].map(Some).contains(&failure.code.as_deref())
}

/// Whether a failure is one of those with which the service says that there is nothing.
fn says_none(failure: &Failure, known: &[String]) -> bool {
    known.iter().any(|known| match known.split_once(": ") {
        Some((code, part)) => failure.code.as_deref() == Some(code) && failure.message.contains(part),
        None => failure.code.as_deref() == Some(known),
    })
}

fn has_no_address(failure: &Failure) -> bool {
    failure.kind == GapKind::Unreachable && failure.message.contains("dns error")
}

fn broken(message: String) -> Failure {
    Failure::malformed(message)
}

fn with_parent(item: Value, parent: Option<Value>) -> Value {
    match (item, parent) {
        (Value::Object(mut members), Some(parent)) => {
            members.insert("parent".to_owned(), parent);
            Value::Object(members)
        }
        (item, _) => item,
    }
}

/// What something was listed within, and that within what, without the members that are not kept.
fn without(parent: &Value, omit: &[String]) -> Value {
    let Value::Object(members) = parent else { return parent.clone() };
    let kept = members.iter().filter(|(name, _)| !omit.contains(name));
    let kept =
        kept.map(|(name, value)| (name.clone(), if name == "parent" { without(value, omit) } else { value.clone() }));
    Value::Object(kept.collect())
}

/// An item as properties; a plain text is kept as `Value`.
fn object(item: Value) -> Map<String, Value> {
    match item {
        Value::Object(members) => members,
        other => Map::from_iter([("Value".to_owned(), other)]),
    }
}

/// Tags in any of the forms that AWS has for them.
fn tags(value: &Value) -> std::collections::BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match value {
        Value::Object(pairs) if pairs.contains_key("Key") || pairs.contains_key("key") => {
            tags(&Value::Array(vec![value.clone()]))
        }
        Value::Object(pairs) => pairs.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
        Value::Array(items) => items
            .iter()
            .filter_map(|item| {
                let member = |names: [&str; 3]| names.iter().find_map(|name| item.get(*name));
                Some((
                    text(member(["Key", "key", "TagKey"])?),
                    member(["Value", "value", "TagValue"]).map(text).unwrap_or_default(),
                ))
            })
            .collect(),
        _ => std::collections::BTreeMap::new(),
    }
}

/// The tokens with which the next page is asked for; none after the last.
fn tokens(paginator: &api::model::Paginator, reply: &Value) -> Vec<(String, Value)> {
    let says_no = paginator.more_results.as_ref().is_some_and(|path| find(reply, path) == Some(&Value::Bool(false)));
    if says_no {
        return Vec::new();
    }
    let pairs = paginator.input_token.all().iter().zip(paginator.output_token.all());
    let found = pairs.filter_map(|(input, output)| {
        // `NextMarker || Contents[-1].Key`: the first that is there.
        let value = output.split("||").find_map(|path| find(reply, path.trim()))?;
        let is_empty = value.is_null() || value.as_str() == Some("");
        (!is_empty).then(|| (input.clone(), value.clone()))
    });
    found.collect()
}

fn find<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, name| value.get(name))
}
