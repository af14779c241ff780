//! A role for the scan as infrastructure code: who may take it is a parameter, what it may do follows from the rules.

use std::fmt::Write as _;

use super::scan_policy::{self, parts};
use crate::rule::NeedSet;

/// The role in CloudFormation's YAML, without its policies.
const CLOUDFORMATION: &str = include_str!("role.yaml");

/// The same in Terraform's language.
const TERRAFORM: &str = include_str!("role.tf");

/// Where the policies stand in a template.
const POLICIES: &str = "# <policies>\n";

/// Where the template names them.
const NAMES: &str = "# <names>\n";

/// A CloudFormation template of the role, as YAML text.
#[must_use]
pub fn cloudformation(needs: &NeedSet) -> String {
    let (mut policies, mut names) = (String::new(), String::new());
    for (number, actions) in numbered(needs) {
        let _ = writeln!(names, "        - !Ref ScanPolicy{number}");
        let _ = write!(
            policies,
            "\n  ScanPolicy{number}: # {} of {} characters\n    \
               Type: AWS::IAM::ManagedPolicy\n    \
               Properties:\n      \
                 Description: Reads what afterlab judges, part {number}\n      \
                 PolicyDocument:\n        \
                   Version: \"2012-10-17\"\n        \
                   Statement:\n          \
                     - Sid: AfterlabScan\n            \
                       Effect: Allow\n            \
                       Resource: \"*\"\n            \
                       Action:\n",
            scan_policy::counted(&actions),
            scan_policy::MANAGED_POLICY_LIMIT,
        );
        for action in actions {
            let _ = writeln!(policies, "              - {action}");
        }
    }
    filled(CLOUDFORMATION, &policies, &names)
}

/// Terraform's configuration of the role.
#[must_use]
pub fn terraform(needs: &NeedSet) -> String {
    let (mut policies, mut names) = (String::new(), String::new());
    for (number, actions) in numbered(needs) {
        let _ = writeln!(names, "    \"{number}\" = aws_iam_policy.scan_{number}.arn");
        let _ = write!(
            policies,
            "\n# {} of {} characters\n\
             resource \"aws_iam_policy\" \"scan_{number}\" {{\n  \
               name        = \"${{var.role_name}}-{number}\"\n  \
               description = \"Reads what afterlab judges, part {number}\"\n  \
               policy = jsonencode({{\n    \
                 Version = \"2012-10-17\"\n    \
                 Statement = [{{\n      \
                   Sid      = \"AfterlabScan\"\n      \
                   Effect   = \"Allow\"\n      \
                   Resource = \"*\"\n      \
                   Action = [\n",
            scan_policy::counted(&actions),
            scan_policy::MANAGED_POLICY_LIMIT,
        );
        for action in actions {
            let _ = writeln!(policies, "        \"{action}\",");
        }
        policies.push_str("      ]\n    }]\n  })\n}\n");
    }
    filled(TERRAFORM, &policies, &names)
}

fn numbered(needs: &NeedSet) -> impl Iterator<Item = (usize, Vec<&'static str>)> {
    parts(needs).into_iter().enumerate().map(|(at, actions)| (at + 1, actions))
}

fn filled(template: &str, policies: &str, names: &str) -> String {
    template.replacen(POLICIES, policies, 1).replacen(NAMES, names, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_have_each_mark_once_on_a_line_of_its_own() {
        for template in [CLOUDFORMATION, TERRAFORM] {
            for mark in [POLICIES, NAMES] {
                assert_eq!(template.matches(&format!("\n{mark}")).count(), 1, "{mark}");
            }
        }
    }
}
