//! Plans of restore tests and their selections, each by name, in the fields of their kinds.

use serde_json::json;

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;
use crate::model::{Attributes, Fields, Live};

const PLAN: &str = "backup:GetRestoreTestingPlan";
const PLANS: &str = "backup:ListRestoreTestingPlans";
const SELECTION: &str = "backup:GetRestoreTestingSelection";
const SELECTIONS: &str = "backup:ListRestoreTestingSelections";

/// The names of every plan of an account in a Region.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn plan_names(site: &Site) -> Result<Vec<String>, CallError> {
    let client = site.clients.backup();
    let found = pages::all(PLANS, |token| async move {
        let request = || client.list_restore_testing_plans().set_next_token(token.clone());
        let answer = site.call(PLANS, || request().send()).await?;
        Ok((answer.restore_testing_plans().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().map(|one| one.restore_testing_plan_name().to_owned()).collect())
}

/// The names of every selection of a plan.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn selection_names(site: &Site, plan: &str) -> Result<Vec<String>, CallError> {
    let client = site.clients.backup();
    let found = pages::all(SELECTIONS, |token| async move {
        let request = || {
            let request = client.list_restore_testing_selections().restore_testing_plan_name(plan);
            request.set_next_token(token.clone())
        };
        let answer = site.call(SELECTIONS, || request().send()).await?;
        Ok((answer.restore_testing_selections().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().map(|one| one.restore_testing_selection_name().to_owned()).collect())
}

/// A plan; none when there is none of that name.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn plan(site: &Site, name: &str) -> Result<Option<Live>, CallError> {
    let client = site.clients.backup();
    let request = || client.get_restore_testing_plan().restore_testing_plan_name(name);
    let answer = match site.call(PLAN, || request().send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let plan =
        answer.restore_testing_plan().ok_or_else(|| CallError::unreadable(PLAN, "RestoreTestingPlan"))?;
    let mut fields = Fields::from([
        ("schedule".to_owned(), json!(plan.schedule_expression())),
        ("start_window_hours".to_owned(), json!(plan.start_window_hours())),
    ]);
    let timezone = plan.schedule_expression_timezone();
    fields.extend(timezone.map(|zone| ("timezone".to_owned(), json!(zone))));
    if let Some(points) = plan.recovery_point_selection() {
        let types: Vec<&str> = points.recovery_point_types().iter().map(|sort| sort.as_str()).collect();
        let algorithm = points.algorithm().map(|word| ("algorithm".to_owned(), json!(word.as_str())));
        fields.extend(algorithm);
        fields.insert("vaults".to_owned(), json!(points.include_vaults()));
        fields.insert("point_types".to_owned(), json!(types));
        fields.insert("window_days".to_owned(), json!(points.selection_window_days()));
    }
    let attributes = Attributes::from([("arn".to_owned(), plan.restore_testing_plan_arn().to_owned())]);
    Ok(Some(Live { fields, attributes }))
}

/// A selection of a plan; none when there is none of that name, or no such plan.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn selection(site: &Site, plan: &str, name: &str) -> Result<Option<Live>, CallError> {
    let client = site.clients.backup();
    let request = || {
        let request = client.get_restore_testing_selection().restore_testing_plan_name(plan);
        request.restore_testing_selection_name(name)
    };
    let answer = match site.call(SELECTION, || request().send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let selection = answer
        .restore_testing_selection()
        .ok_or_else(|| CallError::unreadable(SELECTION, "RestoreTestingSelection"))?;
    let fields = Fields::from([
        ("type".to_owned(), json!(selection.protected_resource_type())),
        ("role".to_owned(), json!(selection.iam_role_arn())),
        ("resources".to_owned(), json!(selection.protected_resource_arns())),
        ("validation_hours".to_owned(), json!(selection.validation_window_hours())),
    ]);
    Ok(Some(Live { fields, attributes: Attributes::new() }))
}
