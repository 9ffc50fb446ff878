//! How what Account Factory was asked for ends.
//!
//! In: records that are due. Out: an account that is there and enrolled, or one that is not governed any more, or why
//! Control Tower gave up. A first provisioning that fails leaves a product in `ERROR`, a later one a `TAINTED` product
//! (<https://docs.aws.amazon.com/servicecatalog/latest/dg/API_ProvisionedProductDetail.html>). At most five accounts are
//! worked on (<https://docs.aws.amazon.com/general/latest/gr/controltower.html>); UNSOURCED: that a sixth fails and does
//! not wait.

use jiff::Timestamp;

use crate::sim::services::control_tower;
use crate::sim::services::organizations;
use crate::sim::world::World;

use super::state::{Outcome, Record, Status, Work};

/// Accounts that are worked on at a time.
const MOST: usize = 5;

/// When the next record ends.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    world.service_catalog.under_way().map(|record| record.ends).min()
}

/// Ends every record that is due.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    let due = world.service_catalog.under_way().filter(|record| record.ends <= now);
    let mut due: Vec<Record> = due.cloned().collect();
    due.sort_by_key(|record| (record.ends, record.serial));
    for record in due {
        let ahead = world.service_catalog.under_way().filter(|other| other.serial < record.serial).count();
        let result = if let Some(words) = &record.doomed {
            Err(words.clone())
        } else if ahead >= MOST {
            Err(format!("AWS Control Tower works on {MOST} accounts at a time. Try again later."))
        } else {
            carry_out(world, &record)
        };
        end(world, &record, result);
    }
}

/// The account that the work was about, or why it failed.
fn carry_out(world: &mut World, record: &Record) -> Result<Option<String>, String> {
    if record.work == Work::Terminate {
        let product = world.service_catalog.products.get(&record.product);
        // What never became an account leaves none behind.
        let account = product.filter(|product| product.last_success.is_some());
        if let Some(account) = account.and_then(|product| product.account.clone()) {
            control_tower::unmanage(world, &account, record.ends)?;
        }
        return Ok(None);
    }
    let wanted = |name: &str| record.wanted.get(name).map(String::as_str).unwrap_or_default();
    let unit = control_tower::managed_unit(world, wanted("ManagedOrganizationalUnit"))?;
    let management = world.account.clone();
    let member = world.organizations.of(&management).and_then(|organization| {
        let mut all = organization.accounts.iter();
        all.find(|(_, account)| account.email.eq_ignore_ascii_case(wanted("AccountEmail")))
    });
    let account = match member.map(|(id, _)| id.clone()) {
        Some(account) => account,
        None => {
            let role = "AWSControlTowerExecution";
            let (email, name) = (wanted("AccountEmail"), wanted("AccountName"));
            organizations::create_at_once(world, &management, (email, name), role, record.ends)?
        }
    };
    if let Some(product) = world.service_catalog.products.get_mut(&record.product) {
        product.account = Some(account.clone());
    }
    control_tower::enrol(world, &account, &unit, record.ends)?;
    Ok(Some(account))
}

fn end(world: &mut World, record: &Record, result: Result<Option<String>, String>) {
    let catalog = &mut *world.service_catalog;
    if let Some(kept) = catalog.records.get_mut(&record.id) {
        kept.outcome = match &result {
            Ok(_) => Outcome::Succeeded,
            Err(words) => Outcome::Failed(words.clone()),
        };
    }
    if record.work == Work::Terminate && result.is_ok() {
        catalog.products.remove(&record.product);
        return;
    }
    let Some(product) = catalog.products.get_mut(&record.product) else { return };
    match result {
        Ok(_) => {
            product.status = Status::Available;
            product.message = None;
            product.last_success = Some(record.id.clone());
            product.parameters.clone_from(&record.wanted);
        }
        Err(words) => {
            product.status = if product.last_success.is_some() { Status::Tainted } else { Status::Error };
            product.message = Some(words);
        }
    }
}
