//! Where a service is asked.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::model::Api;
use crate::inventory::{Partition, Region};

/// Where a service is asked, and what for its requests are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `https://kendra.eu-west-1.amazonaws.com`.
    pub url: String,
    /// The region of the signature.
    pub signing_region: String,
    /// Whether it is the user's own (an emulator), for which no name stands before the host.
    pub is_own: bool,
}

/// The last part of host names. Source: `data/partitions.json` of botocore.
fn dns_suffix(partition: Partition) -> &'static str {
    match partition {
        Partition::Aws | Partition::UsGov => "amazonaws.com",
        Partition::China => "amazonaws.com.cn",
        Partition::EuSovereign => "amazonaws.eu",
        Partition::Iso => "c2s.ic.gov",
        Partition::IsoB => "sc2s.sgov.gov",
        Partition::IsoE => "cloud.adc-e.uk",
        Partition::IsoF => "csp.hci.ic.gov",
    }
}

impl Endpoint {
    /// Where a service is asked in a region: what the user says goes before what AWS publishes.
    #[must_use]
    pub fn of(api: &Api, region: &Region, config: &SdkConfig) -> Self {
        let partition = region.partition();
        let places = api.regions.as_ref().and_then(|regions| regions.get(partition.as_str()));
        let global = places.and_then(|places| places.global.as_ref());
        let signing_region = global.map_or(region.as_str(), |global| &global.region).to_owned();
        if let Some(url) = own(&api.metadata.service_id, config) {
            return Self { url: url.trim_end_matches('/').to_owned(), signing_region, is_own: true };
        }
        let named = places.and_then(|places| places.hosts.get(region.as_str())).cloned();
        let rule = || format!("{}.{region}.{}", api.metadata.endpoint_prefix, dns_suffix(partition));
        let host = global.map(|global| global.hostname.clone()).or(named).unwrap_or_else(rule);
        Self { url: format!("https://{host}"), signing_region, is_own: false }
    }
}

/// Whether a service is in a region; `None` when that is not known.
#[must_use]
pub fn is_in(api: &Api, region: &Region) -> Option<bool> {
    let places = api.regions.as_ref()?.get(region.partition().as_str());
    Some(
        places
            .is_some_and(|places| places.global.is_some() || places.regions.iter().any(|name| name == region.as_str())),
    )
}

/// The endpoint that flags, `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL` or the profile set for a service.
pub(in crate::aws) fn own(service_id: &str, config: &SdkConfig) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id(service_id).env("AWS_ENDPOINT_URL").profile("endpoint_url");
    let of_service = config.service_config().zip(key.build().ok()).and_then(|(all, key)| all.load_config(key));
    of_service.or_else(|| config.endpoint_url().map(ToOwned::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(regions: &serde_json::Value) -> Api {
        let text = serde_json::json!({"metadata": {"protocol": "json", "endpointPrefix": "api.sagemaker", "serviceId": "SageMaker"},
            "operations": {}, "shapes": {}, "regions": regions});
        Api::parse(text.to_string().as_bytes()).expect("a model")
    }

    #[test]
    fn every_partition_and_exception_has_its_host() {
        let config = SdkConfig::builder().build();
        let of = |api: &Api, region: &str| Endpoint::of(api, &region.parse().expect("a region"), &config);
        let plain = api(&serde_json::Value::Null);
        assert_eq!(of(&plain, "eu-west-1").url, "https://api.sagemaker.eu-west-1.amazonaws.com");
        assert_eq!(of(&plain, "cn-north-1").url, "https://api.sagemaker.cn-north-1.amazonaws.com.cn");
        assert_eq!(of(&plain, "eusc-de-east-1").url, "https://api.sagemaker.eusc-de-east-1.amazonaws.eu");
        let named =
            api(&serde_json::json!({"aws": {"regions": ["us-east-1"], "hosts": {"us-east-1": "x.example.com"}},
            "aws-cn": {"global": {"region": "cn-northwest-1", "hostname": "y.example.com.cn"}}}));
        assert_eq!(of(&named, "us-east-1").url, "https://x.example.com");
        let global = of(&named, "cn-north-1");
        assert_eq!(
            (global.url.as_str(), global.signing_region.as_str()),
            ("https://y.example.com.cn", "cn-northwest-1")
        );
        let is_in = |api: &Api, region: &str| is_in(api, &region.parse().expect("a region"));
        assert_eq!((is_in(&plain, "us-east-1"), is_in(&named, "us-east-1")), (None, Some(true)));
        assert_eq!((is_in(&named, "eu-west-1"), is_in(&named, "us-gov-west-1")), (Some(false), Some(false)));
        let own = SdkConfig::builder().endpoint_url("http://127.0.0.1:5000/").build();
        assert_eq!(Endpoint::of(&named, &"us-east-1".parse().expect("a region"), &own).url, "http://127.0.0.1:5000");
    }
}
