//! Control Tower: controls, baselines, its roles, and what of it has failed or is of old.
//!
//! In: acts. Out: requests, and changes of the world where AWS gives no way to provoke them. Absent: a landing zone,
//! which comes with the world of a plan.

use serde_json::{Value, json};

use super::super::acts::{Act, Deed};
use super::Stage;

impl Stage {
    pub(super) async fn tower(&self, act: &Act) -> Option<()> {
        match act.deed {
            Deed::Control => {
                let controls = [
                    "AWS-GR_ENCRYPTED_VOLUMES",
                    "AWS-GR_RESTRICT_ROOT_USER",
                    "AWS-GR_EBS_OPTIMIZED_INSTANCE",
                ];
                let unit = Self::pick(&self.parents(), act.two)?;
                let partition = format!(
                    "arn:aws:controltower:{}::control/{}",
                    self.home,
                    controls[act.one % controls.len()]
                );
                let input = json!({ "controlIdentifier": partition, "targetIdentifier": self.arn(&unit) });
                self.ask("controltower", "EnableControl", input).await;
            }
            Deed::Baseline => {
                let arns: Vec<String> =
                    self.tower_state()["enabled_baselines"].as_object()?.keys().cloned().collect();
                let input = json!({ "enabledBaselineIdentifier": Self::pick(&arns, act.one)? });
                let operation =
                    if act.two.is_multiple_of(2) { "DisableBaseline" } else { "ResetEnabledBaseline" };
                self.ask("controltower", operation, input).await;
            }
            Deed::Ail | Deed::Age => self.write(act)?,
            _ => {
                let roles = ["AWSControlTowerStackSetRole", "AWSControlTowerCloudTrailRole"];
                let account = self.simulator.world().account;
                self.simulator.change(|world| {
                    crate::sim::services::iam::queries::remove_role(world, &account, roles[act.one % 2]);
                });
            }
        }
        Some(())
    }

    fn arn(&self, unit: &str) -> String {
        self.organization(|one| format!("arn:aws:organizations::{}:ou/{}/{unit}", one.management, one.id))
    }

    fn tower_state(&self) -> Value {
        serde_json::to_value(&self.simulator.world().control_tower).expect("JSON")
    }

    /// What AWS gives no way to provoke: something of Control Tower has failed, or is of old.
    fn write(&self, act: &Act) -> Option<()> {
        let mut state = self.tower_state();
        let (section, field, word) = match (act.deed, act.two % 4) {
            (Deed::Age, _) => ("enabled_baselines", "version", "1.0"),
            (_, 0) => ("zone", "status", "FAILED"),
            (_, 1) => ("enabled_controls", "status", "FAILED"),
            _ => ("enabled_baselines", "status", "FAILED"),
        };
        if section == "zone" {
            state["zone"].as_object_mut()?.insert(field.to_owned(), json!(word));
        } else {
            let all = state[section].as_object_mut()?;
            let at = act.one.checked_rem(all.len())?;
            all.values_mut().nth(at)?[field] = json!(word);
        }
        let state = serde_json::from_value(state).expect("a state");
        self.simulator.change(|world| world.control_tower = state);
        Some(())
    }
}
