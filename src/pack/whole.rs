//! What a pack's rule says of a region or of the account as a whole: that something is missing, for example.

use serde_json::Value;

use super::judge::{Holds, with_params};
use super::related::is_of_region;
use super::{About, PackRule, Variables, registry};
use crate::aws::api;
use crate::inventory::{GapId, Known, Listing, Region, Resource, Unknown};
use crate::rule::{Context, NoVerdict, Verdict, not_applicable, pass};
use crate::text::join_some;

/// How many regions a message names.
const NAMED: usize = 3;

impl PackRule {
    /// Judges the account: as a whole, or region by region.
    ///
    /// # Errors
    /// [`NoVerdict`] when something could not be read and what was read is in order, or an expression breaks.
    pub(crate) fn judge_whole(&self, cx: &Context<'_>) -> Verdict {
        let list = cx.inventory.resources.of(self.kind.name).ok_or(Unknown(GapId::UNREAD))?;
        match self.about {
            About::Region => self.judge_regions(list, cx),
            About::Account | About::Resource => self.judge_account(list, cx),
        }
    }

    fn judge_account<'a>(&self, list: &'a Listing<Resource>, cx: &Context<'a>) -> Verdict {
        let mut variables = self.of_account(cx);
        self.lend(&mut variables, list, None, cx)?;
        match self.holds(&variables, cx)? {
            Holds::DoesNotApply => not_applicable(self.otherwise),
            Holds::Right => pass(),
            Holds::Wrong => self.problem(&variables, cx)?.fixes(self.fixes(&variables, cx)?).verdict(),
        }
    }

    fn judge_regions<'a>(&self, list: &'a Listing<Resource>, cx: &Context<'a>) -> Verdict {
        let (mut wrong, mut unread, mut right) = (Vec::new(), None, false);
        for region in self.regions(cx)? {
            let mut variables = self.of_account(cx);
            variables.set("region", region.as_str());
            let lent = self.lend(&mut variables, list, Some(region), cx);
            match lent.and_then(|()| self.holds(&variables, cx)) {
                Ok(Holds::Wrong) => wrong.push((region.as_str(), variables)),
                Ok(Holds::Right) => right = true,
                Ok(Holds::DoesNotApply) => {}
                Err(NoVerdict::Unknown(gap)) => unread = Some(gap),
                Err(broken) => return Err(broken),
            }
        }
        let names: Vec<&str> = wrong.iter().map(|(name, _)| *name).collect();
        let mut fixes = Vec::new();
        for (_, variables) in &wrong {
            fixes.extend(self.fixes(variables, cx)?);
        }
        match (wrong.into_iter().next(), unread) {
            (Some((_, mut first)), _) => {
                first.set("regions", join_some(names.iter().copied(), NAMED));
                self.problem(&first, cx)?.evidence("regions", names).fixes(fixes).verdict()
            }
            (None, Some(unread)) => Err(unread.into()),
            (None, None) if right => pass(),
            (None, None) => not_applicable(self.otherwise),
        }
    }

    fn of_account<'a>(&self, cx: &Context<'_>) -> Variables<'a> {
        let account = &cx.inventory.account;
        let variables = with_params(Variables::default(), cx.params()).with("account", account.id.as_str());
        let region = self.kind.home.as_ref().map_or("us-east-1", Region::as_str);
        variables.with("partition", account.partition.as_str()).with("region", region).with("regions", Value::Null)
    }

    /// Lends the resources of a region, or of all, and what they relate to.
    fn lend<'a>(
        &self,
        variables: &mut Variables<'a>,
        list: &'a Listing<Resource>,
        region: Option<&Region>,
        cx: &Context<'a>,
    ) -> Result<(), NoVerdict> {
        if let Some(gap) = list.missing().filter(|gap| is_of_region(cx.inventory, *gap, region)) {
            return Err(Unknown(gap).into());
        }
        let here = list.items().iter().filter(|resource| region.is_none() || resource.region.as_ref() == region);
        let here: Vec<&Resource> = here.collect();
        if let Some(gap) = here.iter().find_map(|resource| resource.gap) {
            return Err(Unknown(gap).into());
        }
        variables.lend_each("resources", here.iter().map(|resource| &resource.properties).collect());
        self.related.iter().try_for_each(|related| related.lend(variables, region, cx))
    }

    /// The regions that were looked at and have the service.
    fn regions<'a>(&self, cx: &Context<'a>) -> Result<Vec<&'a Region>, NoVerdict> {
        let inventory = cx.inventory;
        let regions = match &inventory.account.regions {
            _ if !inventory.regions.is_empty() => &inventory.regions,
            Known::Value(regions) => regions,
            Known::Gap(gap) => return Err(Unknown(*gap).into()),
        };
        let api = registry::model(self.kind).map_err(NoVerdict::Broken)?;
        Ok(regions.iter().filter(|region| api::is_in(&api, region) != Some(false)).collect())
    }
}
