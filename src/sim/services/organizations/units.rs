//! Organizational units: create, rename, delete, describe, list.
//!
//! In: requests, or calls by other services on behalf of a customer. Out: changes of the tree.
//! Absent: moving a unit, which AWS does not offer.

use serde_json::{Value, json};

use super::paging::page_of;
use super::refusal::{constraint, refuse};
use super::state::{Organization, Tags, Unit};
use super::{access, tags};
use crate::sim::error::AwsError;
use crate::sim::ids::Ids;
use crate::sim::request::Request;
use crate::sim::world::World;

/// Units per organization, and how deep they may be nested under the root:
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>.
const MOST_UNITS: usize = 2000;
const DEEPEST: usize = 5;

impl Organization {
    /// Creates a unit and gives its id.
    ///
    /// # Errors
    /// `ParentNotFoundException`, `DuplicateOrganizationalUnitException`, or a constraint on depth or number.
    pub fn create_unit(
        &mut self,
        ids: &mut Ids,
        parent: &str,
        name: &str,
        tags: Tags,
    ) -> Result<String, AwsError> {
        self.can_create_unit(parent, name)?;
        // A unit's id carries the root's id after `ou-`.
        let root = self.root.id.trim_start_matches("r-").to_owned();
        let id = format!("ou-{root}-{}", ids.alphanumeric(8));
        self.units.insert(id.clone(), Unit { name: name.to_owned(), parent: parent.to_owned(), tags });
        self.attach_defaults(&id);
        Ok(id)
    }

    fn can_create_unit(&self, parent: &str, name: &str) -> Result<(), AwsError> {
        if !self.is_parent(parent) {
            return Err(refuse("ParentNotFoundException"));
        }
        if self.unit_named(parent, name).is_some() {
            return Err(refuse("DuplicateOrganizationalUnitException"));
        }
        if self.depth(parent) >= DEEPEST {
            return Err(constraint("OU_DEPTH_LIMIT_EXCEEDED"));
        }
        if self.units.len() >= MOST_UNITS {
            return Err(constraint("OU_NUMBER_LIMIT_EXCEEDED"));
        }
        Ok(())
    }

    /// The unit of a name under a parent, whatever the case of the name.
    #[must_use]
    pub fn unit_named(&self, parent: &str, name: &str) -> Option<&str> {
        let same = |unit: &Unit| unit.parent == parent && unit.name.to_lowercase() == name.to_lowercase();
        self.units.iter().find(|(_, unit)| same(unit)).map(|(id, _)| id.as_str())
    }

    /// Deletes an empty unit.
    ///
    /// # Errors
    /// `OrganizationalUnitNotFoundException`, `OrganizationalUnitNotEmptyException`.
    pub fn delete_unit(&mut self, id: &str) -> Result<(), AwsError> {
        if !self.units.contains_key(id) {
            return Err(refuse("OrganizationalUnitNotFoundException"));
        }
        if !self.units_in(id).is_empty() || !self.accounts_in(id).is_empty() {
            return Err(refuse("OrganizationalUnitNotEmptyException"));
        }
        self.units.remove(id);
        self.attachments.remove(id);
        Ok(())
    }

    fn unit_view(&self, id: &str) -> Value {
        let name = self.units.get(id).map(|unit| unit.name.as_str()).unwrap_or_default();
        json!({"Id": id, "Arn": self.unit_arn(id), "Name": name, "Path": self.path(id)})
    }
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let tags = tags::given(request)?;
    let (parent, name) = (request.required("ParentId"), request.required("Name"));
    organization.can_create_unit(parent, name)?;
    organization.lock(&[parent], request.now, window)?;
    let id = organization.create_unit(&mut world.ids, parent, name, tags)?;
    Ok(json!({"OrganizationalUnit": organization.unit_view(&id)}))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let id = request.required("OrganizationalUnitId");
    let parent = organization
        .unit(id)
        .map(|unit| unit.parent.clone())
        .ok_or_else(|| refuse("OrganizationalUnitNotFoundException"))?;
    if let Some(name) = request.text("Name") {
        if organization.unit_named(&parent, name).is_some_and(|other| other != id) {
            return Err(refuse("DuplicateOrganizationalUnitException"));
        }
        organization.lock(&[id], request.now, window)?;
        if let Some(unit) = organization.units.get_mut(id) {
            name.clone_into(&mut unit.name);
        }
    }
    Ok(json!({"OrganizationalUnit": organization.unit_view(id)}))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let id = request.required("OrganizationalUnitId");
    organization.lock(&[id], request.now, window)?;
    organization.delete_unit(id)?;
    Ok(json!({}))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::reader(&mut world.organizations, request)?;
    let id = request.required("OrganizationalUnitId");
    organization.unit(id).ok_or_else(|| refuse("OrganizationalUnitNotFoundException"))?;
    Ok(json!({"OrganizationalUnit": organization.unit_view(id)}))
}

pub(super) fn list_for_parent(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let parent = request.required("ParentId");
    if !organization.is_parent(parent) {
        return Err(refuse("ParentNotFoundException"));
    }
    let ids = organization.units_in(parent);
    page_of(request, "OrganizationalUnits", ids, empty, |id| organization.unit_view(id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::testing::{done, organization, quiet, refused};

    const ORG: &str = "organizations";

    #[tokio::test(start_paused = true)]
    async fn a_name_is_taken_whatever_its_case_but_only_under_one_parent() {
        let (sim, root) = organization(quiet()).await;
        let unit =
            done(&sim, ORG, "CreateOrganizationalUnit", json!({"ParentId": root, "Name": "Prod"})).await;
        let id = unit["OrganizationalUnit"]["Id"].as_str().expect("an id").to_owned();
        let again = json!({"ParentId": root, "Name": "PROD"});
        assert_eq!(
            refused(&sim, ORG, "CreateOrganizationalUnit", again).await,
            "DuplicateOrganizationalUnitException"
        );
        done(&sim, ORG, "CreateOrganizationalUnit", json!({"ParentId": id, "Name": "Prod"})).await;
        let other =
            done(&sim, ORG, "CreateOrganizationalUnit", json!({"ParentId": root, "Name": "Dev"})).await;
        let rename = json!({"OrganizationalUnitId": other["OrganizationalUnit"]["Id"], "Name": "prod"});
        assert_eq!(
            refused(&sim, ORG, "UpdateOrganizationalUnit", rename).await,
            "DuplicateOrganizationalUnitException"
        );
        let own = json!({"OrganizationalUnitId": id, "Name": "PROD"});
        assert_eq!(
            done(&sim, ORG, "UpdateOrganizationalUnit", own).await["OrganizationalUnit"]["Name"],
            "PROD"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_tree_is_five_units_deep_and_a_path_names_every_level() {
        let (sim, root) = organization(quiet()).await;
        let mut parent = root.clone();
        for level in 1..=5 {
            let unit = done(
                &sim,
                ORG,
                "CreateOrganizationalUnit",
                json!({"ParentId": parent, "Name": format!("L{level}")}),
            )
            .await;
            parent = unit["OrganizationalUnit"]["Id"].as_str().expect("an id").to_owned();
            let path = unit["OrganizationalUnit"]["Path"].as_str().expect("a path").to_owned();
            assert_eq!(path.matches("/ou-").count(), level, "{path}");
            assert!(path.contains(&root) && path.ends_with(&format!("{parent}/")), "{path}");
        }
        let sixth = json!({"ParentId": parent, "Name": "L6"});
        assert_eq!(
            refused(&sim, ORG, "CreateOrganizationalUnit", sixth).await,
            "ConstraintViolationException/OU_DEPTH_LIMIT_EXCEEDED"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn only_an_empty_unit_can_be_deleted() {
        let (sim, root) = organization(quiet()).await;
        let unit = done(&sim, ORG, "CreateOrganizationalUnit", json!({"ParentId": root, "Name": "A"})).await;
        let id = unit["OrganizationalUnit"]["Id"].clone();
        let child = done(&sim, ORG, "CreateOrganizationalUnit", json!({"ParentId": id, "Name": "B"})).await;
        let delete = json!({"OrganizationalUnitId": id});
        assert_eq!(
            refused(&sim, ORG, "DeleteOrganizationalUnit", delete.clone()).await,
            "OrganizationalUnitNotEmptyException"
        );
        done(
            &sim,
            ORG,
            "DeleteOrganizationalUnit",
            json!({"OrganizationalUnitId": child["OrganizationalUnit"]["Id"]}),
        )
        .await;
        done(&sim, ORG, "DeleteOrganizationalUnit", delete.clone()).await;
        assert_eq!(
            refused(&sim, ORG, "DeleteOrganizationalUnit", delete).await,
            "OrganizationalUnitNotFoundException"
        );
    }
}
