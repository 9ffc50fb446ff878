//! One file for each sort of finding. A rule reads the scene and notes what it finds.

mod account;
mod factory;
mod found;
pub(super) mod inside;
mod policies;
mod unit;
mod zone;

use super::scene::Scene;
pub(super) use found::One;

/// Every rule.
pub(super) const ALL: &[fn(&mut Scene<'_>)] = &[
    account::state,
    account::email,
    zone::landing_zone,
    zone::own_accounts,
    zone::automatic,
    unit::place,
    unit::health,
    unit::neighbours,
    unit::room,
    policies::service_control,
    inside::within,
    factory::products,
    factory::portfolio,
];

/// Findings about an account that Control Tower looks for before it registers the account's unit,
/// and for which it fails the whole operation (Control Tower User Guide, common-eg-failures).
pub(super) const CHECKED_BEFORE_REGISTRATION: &[&str] =
    &["config-delivery-channel", "config-recorder", "email-not-accepted", "sts-inactive"];
