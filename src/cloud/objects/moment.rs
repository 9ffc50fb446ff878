//! The store's clock: the `Date` of an answer, which the SDK's outputs leave out.

use std::sync::Arc;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;
use jiff::Timestamp;

use super::{Cell, held};

/// Keeps the `Date` of the last answer.
#[derive(Debug, Clone, Default)]
pub(super) struct DateSeen(Cell);

impl DateSeen {
    /// The moment, once there was an answer with one.
    pub(super) fn get(&self) -> Option<Timestamp> {
        *held(&self.0)
    }
}

impl Intercept for DateSeen {
    fn name(&self) -> &'static str {
        "DateSeen"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        *held(&Arc::clone(&self.0)) = date.as_ref().and_then(timestamp);
        Ok(())
    }
}

/// A moment of the SDK's as one of ours.
pub(super) fn timestamp(at: &DateTime) -> Option<Timestamp> {
    Timestamp::from_second(at.secs()).ok()
}
