//! The SDK's clients for one set of credentials in one Region, made when first
//! asked for.

use std::sync::OnceLock;

use aws_types::SdkConfig;

/// The clients that share an account and a Region.
#[derive(Debug)]
pub(crate) struct Clients {
    config: SdkConfig,
    account: OnceLock<aws_sdk_account::Client>,
    controltower: OnceLock<aws_sdk_controltower::Client>,
    iam: OnceLock<aws_sdk_iam::Client>,
    kms: OnceLock<aws_sdk_kms::Client>,
    organizations: OnceLock<aws_sdk_organizations::Client>,
    servicequotas: OnceLock<aws_sdk_servicequotas::Client>,
    sts: OnceLock<aws_sdk_sts::Client>,
}

/// One accessor for each service.
macro_rules! accessors {
    ($($name:ident: $client:ty),+ $(,)?) => {
        $(
            /// The client of the service of that name.
            pub(crate) fn $name(&self) -> &$client {
                self.$name.get_or_init(|| <$client>::new(&self.config))
            }
        )+
    };
}

impl Clients {
    /// No client yet, only what they will be made from.
    pub(crate) fn new(config: SdkConfig) -> Self {
        Self {
            config,
            account: OnceLock::new(),
            controltower: OnceLock::new(),
            iam: OnceLock::new(),
            kms: OnceLock::new(),
            organizations: OnceLock::new(),
            servicequotas: OnceLock::new(),
            sts: OnceLock::new(),
        }
    }

    accessors! {
        account: aws_sdk_account::Client,
        controltower: aws_sdk_controltower::Client,
        iam: aws_sdk_iam::Client,
        kms: aws_sdk_kms::Client,
        organizations: aws_sdk_organizations::Client,
        servicequotas: aws_sdk_servicequotas::Client,
        sts: aws_sdk_sts::Client,
    }
}
