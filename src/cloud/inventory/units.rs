//! Organizational units, listed parent by parent.

use super::fan_out::fan_out;
use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The id of the unit above, or of the root.
    pub parent: String,
}

const LIST: &str = "organizations:ListOrganizationalUnitsForParent";

/// The units directly below a parent.
///
/// # Errors
/// When they cannot be read.
pub async fn below(connection: &Connection, parent: &str) -> Result<Vec<Unit>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let found = pages::all(LIST, |token| async move {
        let request =
            || client.list_organizational_units_for_parent().parent_id(parent).set_next_token(token.clone());
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.organizational_units().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let unit = |from: &aws_sdk_organizations::types::OrganizationalUnit| {
        Some(Unit {
            id: from.id()?.to_owned(),
            arn: from.arn()?.to_owned(),
            name: from.name()?.to_owned(),
            parent: parent.to_owned(),
        })
    };
    let units = found.await?;
    units
        .iter()
        .map(|from| unit(from).ok_or_else(|| CallError::unreadable(LIST, "Id, Arn or Name")))
        .collect()
}

/// Every unit below the root, parents before their children. One chain of calls
/// for each unit and the root, several at once.
///
/// # Errors
/// When any level cannot be read, since a tree with holes would be taken for the
/// whole.
pub async fn tree(connection: &Connection, root: &str) -> Result<Vec<Unit>, CallError> {
    let mut units = Vec::new();
    let mut level = vec![root.to_owned()];
    while !level.is_empty() {
        let questions = level.into_iter().map(|parent| {
            let connection = connection.clone();
            async move { below(&connection, &parent).await }
        });
        let mut next = Vec::new();
        for answer in fan_out(questions.collect()).await {
            next.extend(answer?);
        }
        level = next.iter().map(|unit| unit.id.clone()).collect();
        units.extend(next);
    }
    Ok(units)
}
