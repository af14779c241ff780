//! What a pack's rule says of one resource.

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use serde_json::Value;

use super::{Expression, PackRule, Variables};
use crate::cost::{Allowance, Estimate, HOURS_A_MONTH, Share};
use crate::inventory::{GapId, Resource, Unknown};
use crate::rule::{Context, Kind, NoVerdict, Param, Problem, Verdict, fail, not_applicable, operation, pass};

/// The variable for how much a resource was used.
pub(super) const USED: &str = "used";

/// The variable for the parameters of a rule.
pub(super) const PARAMS: &str = "params";

/// Adds what is in force of a rule's parameters, if it has any.
pub(crate) fn with_params<'v>(mut variables: Variables<'v>, params: &[Param]) -> Variables<'v> {
    if !params.is_empty() {
        let values = params.iter().map(|param| (param.name.to_owned(), Value::from(param.value)));
        variables.set(PARAMS, Value::Object(values.collect()));
    }
    variables
}

/// What expressions see of a resource.
pub(crate) fn variables<'r>(resource: &'r Resource, account: &str, partition: &str) -> Variables<'r> {
    let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
    let mut variables = Variables::default();
    variables.lend_members("resource", &resource.properties);
    variables.lend("parent", resource.parent.as_ref().unwrap_or(&Value::Null));
    variables
        .with("id", resource.id.as_str())
        .with("name", resource.name.as_str())
        .with("arn", text(resource.arn.as_deref()))
        .with("region", text(resource.region.as_ref().map(crate::inventory::Region::as_str)))
        .with("created", resource.created.map_or(Value::Null, |at| Value::from(at.to_string())))
        .with("tags", serde_json::json!(resource.tags))
        .with("account", account)
        .with("partition", partition)
}

impl PackRule {
    /// Judges a resource.
    ///
    /// # Errors
    /// [`NoVerdict`] when it, or what it relates to, could not be read whole, or an expression breaks.
    pub(crate) fn judge(&self, resource: &Resource, cx: &Context<'_>) -> Verdict {
        if let Some(gap) = resource.gap {
            return Err(Unknown(gap).into());
        }
        let account = &cx.inventory.account;
        let variables = variables(resource, account.id.as_str(), account.partition.as_str());
        let mut variables = with_params(variables, cx.params());
        for related in &self.related {
            related.lend(&mut variables, resource.region.as_ref(), cx)?;
        }
        // It is asked for where its being unused would decide.
        if self.reads_use && self.bills(cx.expressions(), &variables) {
            variables.set(USED, self.use_of(resource, cx)?);
        } else if self.reads_use {
            variables.set(USED, Value::Null);
        }
        match self.holds(&variables, cx)? {
            Holds::DoesNotApply => return not_applicable(self.otherwise),
            Holds::Right => return pass(),
            Holds::Wrong => {}
        }
        if self.sort == Kind::Leftover
            && let Some(why) = cx.leftovers.spares(resource, cx.now())
        {
            return not_applicable(why);
        }
        let mut problem = self.used(self.problem(&variables, cx)?, resource);
        problem = problem.fixes(self.fixes(&variables, cx)?);
        self.cost(problem, resource, &variables, cx).map_err(NoVerdict::Broken)?.verdict()
    }

    /// What the rule says with these values.
    pub(super) fn holds(&self, variables: &Variables<'_>, cx: &Context<'_>) -> Result<Holds, NoVerdict> {
        let holds = |expression: &Option<Expression>| {
            let test = |expression: &Expression| expression.test(cx.expressions(), variables);
            expression.as_ref().map_or(Ok(true), test).map_err(NoVerdict::Broken)
        };
        if !holds(&self.applies)? {
            return Ok(Holds::DoesNotApply);
        }
        Ok(if holds(&self.fails)? { Holds::Wrong } else { Holds::Right })
    }

    /// What is wrong, with the values that decided.
    pub(super) fn problem(&self, variables: &Variables<'_>, cx: &Context<'_>) -> Result<Problem, NoVerdict> {
        let root = cx.expressions();
        let mut problem = fail(self.message.fill(root, variables).map_err(NoVerdict::Broken)?);
        for expression in &self.evidence {
            let property = expression.text().trim_start_matches("resource.");
            problem = problem.evidence(property, expression.evaluate(root, variables).map_err(NoVerdict::Broken)?);
        }
        Ok(problem)
    }

    /// The commands that mend it.
    pub(super) fn fixes(&self, variables: &Variables<'_>, cx: &Context<'_>) -> Result<Vec<String>, NoVerdict> {
        let commands = self.cleanup.iter().map(|command| command.command(cx.expressions(), variables));
        commands.collect::<Result<_, _>>().map_err(NoVerdict::Broken)
    }

    /// Whether the rule is about a resource and finds it wrong, by what was read of it.
    pub(crate) fn bills(&self, root: &cel::Context<'_, '_>, variables: &Variables<'_>) -> bool {
        // Whether it would be wrong if it were not used.
        let unused = self.reads_use.then(|| variables.clone().with(USED, 0));
        let variables = unused.as_ref().unwrap_or(variables);
        let holds = |expression: &Option<Expression>| {
            expression.as_ref().is_none_or(|expression| expression.test(root, variables) == Ok(true))
        };
        holds(&self.applies) && holds(&self.fails)
    }

    /// How much it was used by the rule's metric; `null` without a datapoint, which is not a zero.
    fn use_of(&self, resource: &Resource, cx: &Context<'_>) -> Result<Value, NoVerdict> {
        let name = self.idle.as_ref().map(super::Idle::name).unwrap_or_default();
        if let Some(usage) = resource.usage.iter().find(|usage| usage.metric == name) {
            return Ok(usage.value.map_or(Value::Null, Value::from));
        }
        let region = resource.region.as_ref().map(crate::inventory::Region::as_str);
        let is_why = |gap: &&crate::inventory::Gap| {
            gap.operation == operation::GET_METRIC_DATA.to_string() && gap.region.as_deref() == region
        };
        let gap = cx.inventory.gaps.iter().find(is_why).map_or(GapId::UNREAD, |gap| gap.id);
        Err(Unknown(gap).into())
    }

    /// Adds what CloudWatch says of its use.
    fn used(&self, problem: Problem, resource: &Resource) -> Problem {
        let Some(name) = self.idle.as_ref().map(super::Idle::name) else { return problem };
        let Some(usage) = resource.usage.iter().find(|usage| usage.metric == name) else { return problem };
        let property = format!("{name} ({} of {} days)", usage.statistic, usage.days);
        match usage.value {
            Some(value) => problem.evidence(property, value),
            None => problem.evidence(property, "no datapoint"),
        }
    }

    fn cost(
        &self,
        problem: Problem,
        resource: &Resource,
        variables: &Variables<'_>,
        cx: &Context<'_>,
    ) -> Result<Problem, String> {
        let Some(cost) = &self.cost else { return Ok(problem) };
        let region = resource.region.as_ref().map_or("us-east-1", |region| region.as_str());
        let cost_lines = cost.evaluate(cx.expressions(), variables)?;
        if cost_lines.is_null() {
            return Ok(problem.evidence("cost", "unknown: what it is made of was not told"));
        }
        let mut shares = Vec::new();
        for line in lines(&cost_lines) {
            let item = line["item"].as_str().ok_or_else(|| format!("`{}` gives no cost", cost.text()))?;
            let quantity = decimal(&line["quantity"]).ok_or_else(|| format!("`{}` has no number", cost.text()))?;
            if quantity.is_zero() {
                continue;
            }
            let Some(price) = cx.prices.find(item, region) else {
                return Ok(problem.evidence("cost", format!("unknown: no price of {item} is known")));
            };
            let hours = if line["per"] == "hour" { Decimal::from(HOURS_A_MONTH) } else { Decimal::ONE };
            let allowance = line["free_of"].as_str().zip(decimal(&line["free"]));
            shares.push(Share {
                quantity: quantity * hours,
                price,
                once: line["once"].as_str().map(str::to_owned),
                allowance: allowance.map(|(of, free)| Allowance { name: of.to_owned(), quantity: free * hours }),
            });
        }
        Ok(problem.cost(Estimate::of_shares(self.pillar, region, shares).since(resource.created, cx.now())))
    }
}

/// What a rule says of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    DoesNotApply,
    Right,
    Wrong,
}

/// The lines of a cost, which may stand in lists within lists.
fn lines(cost: &Value) -> Vec<&Value> {
    match cost {
        Value::Array(items) => items.iter().flat_map(lines).collect(),
        line => vec![line],
    }
}

fn decimal(value: &Value) -> Option<Decimal> {
    value.as_i64().map(Decimal::from).or_else(|| Decimal::from_f64(value.as_f64()?))
}
