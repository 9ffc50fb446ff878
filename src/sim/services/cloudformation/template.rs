//! What is looked at in a template: that it has resources, and whether it makes identities.
//!
//! In: the text, JSON or YAML. Out: nothing, or AWS's refusal. Source:
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html> (size, capabilities). Absent:
//! parsing; types are found by the key `Type` before them.

use crate::sim::error::AwsError;

use super::authority::invalid;

/// The most bytes of a template in a request.
const MOST: usize = 51_200;
/// Members that give an identity a name of the template's choice.
const NAMES: [&str; 5] = ["RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName"];

/// What stands behind a key `Type` and looks like a type of a resource.
pub(super) fn types(template: &str) -> impl Iterator<Item = &str> {
    let parts = template.lines().flat_map(|line| line.split(','));
    let values = parts.filter_map(|part| {
        let (key, value) = part.rsplit_once("Type").and_then(|(before, rest)| {
            let key = before.trim().trim_end_matches(['"', '\'']);
            let value = rest.trim_start().trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?;
            Some((key, value))
        })?;
        let alone = key.is_empty() || key.ends_with(['{', ' ', '"']);
        alone.then(|| value.trim().trim_end_matches(['}', ' ']).trim().trim_matches(['"', '\'']))
    });
    values.filter(|value| value.contains("::"))
}

pub(super) fn check(template: &str) -> Result<(), AwsError> {
    if template.len() > MOST {
        return Err(invalid(format!(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to {MOST}"
        )));
    }
    if !template.contains("Resources") || types(template).next().is_none() {
        return Err(invalid("Template format error: At least one Resources member must be defined."));
    }
    Ok(())
}

/// Identities need the caller's word for it, those with names of their own a stronger one.
pub(super) fn capable(template: &str, given: &[String]) -> Result<(), AwsError> {
    let has = |capability: &str| given.iter().any(|one| one == capability);
    let makes = types(template).any(|kind| kind.starts_with("AWS::IAM::"));
    let names = NAMES.iter().any(|name| template.contains(name));
    let wanted = if names { "CAPABILITY_NAMED_IAM" } else { "CAPABILITY_IAM" };
    if makes && !has("CAPABILITY_NAMED_IAM") && (names || !has("CAPABILITY_IAM")) {
        let words = format!("Requires capabilities : [{wanted}]");
        return Err(AwsError::new("InsufficientCapabilitiesException", words).status(400));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_found_in_yaml_and_in_json() {
        let yaml = "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleType: x::y\n";
        assert_eq!(types(yaml).collect::<Vec<_>>(), ["AWS::IAM::Role"]);
        let json = r#"{"Resources":{"Role":{"Type":"AWS::IAM::Role","Properties":{}},"Hook":{"Type":"AWS::CloudFormation::GuardHook"}}}"#;
        assert_eq!(types(json).collect::<Vec<_>>(), ["AWS::IAM::Role", "AWS::CloudFormation::GuardHook"]);
    }

    #[test]
    fn identities_need_the_callers_word_for_it() {
        let plain = "Resources:\n  Role:\n    Type: AWS::IAM::Role\n";
        let named = format!("{plain}    Properties: {{ RoleName: Auditor }}\n");
        let given = |capability: &str| vec![capability.to_owned()];
        assert!(capable(plain, &[]).is_err());
        assert!(capable(plain, &given("CAPABILITY_IAM")).is_ok());
        assert!(capable(&named, &given("CAPABILITY_IAM")).is_err());
        assert!(capable(&named, &given("CAPABILITY_NAMED_IAM")).is_ok());
    }
}
