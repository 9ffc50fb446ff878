//! The SDK's clients for one set of credentials in one Region, made when first
//! asked for.

use std::sync::OnceLock;

use aws_types::SdkConfig;

/// One client for each service: where it is kept, and how it is asked for.
macro_rules! clients {
    ($($name:ident: $client:ty),+ $(,)?) => {
        /// The clients that share an account and a Region.
        #[derive(Debug)]
        pub(crate) struct Clients {
            shared: SdkConfig,
            $($name: OnceLock<$client>),+
        }

        impl Clients {
            /// No client yet, only what they will be made from.
            pub(crate) const fn new(shared: SdkConfig) -> Self {
                Self { shared, $($name: OnceLock::new()),+ }
            }

            $(
                /// The client of the service of that name.
                pub(crate) fn $name(&self) -> &$client {
                    self.$name.get_or_init(|| <$client>::new(&self.shared))
                }
            )+
        }
    };
}

clients! {
    accessanalyzer: aws_sdk_accessanalyzer::Client,
    account: aws_sdk_account::Client,
    controlcatalog: aws_sdk_controlcatalog::Client,
    auditmanager: aws_sdk_auditmanager::Client,
    backup: aws_sdk_backup::Client,
    cloudformation: aws_sdk_cloudformation::Client,
    cloudtrail: aws_sdk_cloudtrail::Client,
    config: aws_sdk_config::Client,
    controltower: aws_sdk_controltower::Client,
    detective: aws_sdk_detective::Client,
    fms: aws_sdk_fms::Client,
    guardduty: aws_sdk_guardduty::Client,
    health: aws_sdk_health::Client,
    iam: aws_sdk_iam::Client,
    inspector2: aws_sdk_inspector2::Client,
    identitystore: aws_sdk_identitystore::Client,
    kms: aws_sdk_kms::Client,
    licensemanager: aws_sdk_licensemanager::Client,
    macie2: aws_sdk_macie2::Client,
    networksecuritymanager: aws_sdk_networksecuritymanager::Client,
    organizations: aws_sdk_organizations::Client,
    ram: aws_sdk_ram::Client,
    securityhub: aws_sdk_securityhub::Client,
    securitylake: aws_sdk_securitylake::Client,
    sso: aws_sdk_sso::Client,
    ssoadmin: aws_sdk_ssoadmin::Client,
    ssooidc: aws_sdk_ssooidc::Client,
    servicecatalog: aws_sdk_servicecatalog::Client,
    servicequotas: aws_sdk_servicequotas::Client,
    sts: aws_sdk_sts::Client,
}
