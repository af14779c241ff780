//! A session: profile, region, endpoint, assumed role, and whose account it turns out to be.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Builder as HttpBuilder, Connector, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use super::causes::describe;
use super::clients::Clients;
use super::credentials::CredentialFacts;
use super::failure::Failure;
use super::observe::Observer;
use super::pace::Pace;
use super::wire::{RequestCount, Watch};
use crate::inventory::{AccountId, Arn, GapKind, Partition, Region};

/// Where IAM, STS and the other global services of the commercial partition are signed for.
const DEFAULT_REGION: &str = "us-east-1";

/// How many times a call is tried. Throttling answers come fast, and giving up loses findings.
const ATTEMPTS: u32 = 10;

/// What a user can say about the session.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// A profile of `~/.aws/config`.
    pub profile: Option<String>,
    /// The region to sign for; otherwise the profile's, otherwise `us-east-1`.
    pub region: Option<Region>,
    /// Another endpoint for all services: an emulator.
    pub endpoint_url: Option<String>,
    /// A role to assume first.
    pub role_arn: Option<String>,
    /// The external id that the role's trust asks for.
    pub external_id: Option<String>,
    /// The longest wait for a connection's reply.
    pub call_timeout: Duration,
    /// At most so many requests a second.
    pub max_rps: Option<f64>,
    /// Who is told of every request.
    pub observer: Option<Observer>,
}

/// A session with AWS whose credentials were accepted.
#[derive(Debug)]
pub struct Session {
    /// The clients.
    pub clients: Clients,
    /// Whose account it is.
    pub account: AccountId,
    /// Who is asking.
    pub caller_arn: String,
    /// Where the account lives.
    pub partition: Partition,
    /// The region that global calls are signed for.
    pub region: Region,
    count: RequestCount,
}

/// Why there is no session: what is wrong and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct SessionError {
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: String,
}

/// A session that is about to be opened, step by step, for whoever wants to know which step fails.
#[derive(Debug)]
pub struct Opening<'o> {
    options: &'o SessionOptions,
    config: aws_config::SdkConfig,
    /// The region that global calls are signed for.
    pub region: Region,
    count: RequestCount,
}

impl<'o> Opening<'o> {
    /// Reads flags, environment and profile.
    ///
    /// # Errors
    /// [`SessionError`] when they name a region that is none.
    pub async fn begin(options: &'o SessionOptions) -> Result<Self, SessionError> {
        let count = RequestCount::default();
        let config = load_config(options, &count).await;
        let region = match config.region() {
            Some(region) => region.as_ref().parse().map_err(|what| SessionError {
                what,
                help: "correct the region of the profile or of AWS_REGION, or pass --region".to_owned(),
            })?,
            None => default_region(),
        };
        Ok(Self { options, config, region, count })
    }

    /// Finds credentials, and assumes the role if there is one.
    ///
    /// # Errors
    /// [`SessionError`] when there are none or they cannot be had.
    pub async fn credentials(&self) -> Result<CredentialFacts, SessionError> {
        let Some(provider) = self.config.credentials_provider() else {
            return Err(no_credentials(self.options));
        };
        match provider.provide_credentials().await {
            Ok(credentials) => Ok(CredentialFacts::of(&credentials)),
            Err(CredentialsError::CredentialsNotLoaded(_)) => Err(no_credentials(self.options)),
            Err(error) => Err(bad_credentials(&describe(&error), self.options)),
        }
    }

    /// Asks AWS who is calling.
    ///
    /// # Errors
    /// [`SessionError`] when AWS does not accept the credentials, or nothing answers.
    pub async fn session(self) -> Result<Session, SessionError> {
        let clients = Clients::new(self.config);
        let identity = clients
            .sts()
            .get_caller_identity()
            .customize()
            .config_override(
                aws_sdk_sts::config::Builder::new().retry_config(RetryConfig::standard().with_max_attempts(2)),
            )
            .send()
            .await
            .map_err(|error| refused(&Failure::of(&error), self.options))?;
        let not_aws = || SessionError {
            what: "the endpoint answered GetCallerIdentity without an account or an ARN".to_owned(),
            help: "check that --endpoint-url leads to AWS or to an AWS emulator".to_owned(),
        };
        let account = identity.account().and_then(|id| id.parse().ok()).ok_or_else(not_aws)?;
        let caller_arn = identity.arn().ok_or_else(not_aws)?.to_owned();
        if Arn::parse(&caller_arn).is_none() {
            return Err(not_aws());
        }
        let partition = self.region.partition();
        Ok(Session { clients, account, caller_arn, partition, region: self.region, count: self.count })
    }
}

impl Session {
    /// Finds credentials, assumes the role if there is one, and asks AWS who is calling.
    ///
    /// # Errors
    /// [`SessionError`] when there are no credentials, AWS does not accept them, or nothing answers.
    pub async fn open(options: &SessionOptions) -> Result<Self, SessionError> {
        let opening = Opening::begin(options).await?;
        opening.credentials().await?;
        opening.session().await
    }

    /// How many requests went out so far, retries included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.count.get()
    }
}

fn default_region() -> Region {
    // The constant is well formed; a test parses it.
    DEFAULT_REGION.parse().unwrap_or_else(|_| unreachable!("{DEFAULT_REGION} is a region"))
}

/// What sends requests, through a proxy or not.
fn https(proxy: fn() -> ProxyConfig) -> SharedHttpClient {
    HttpBuilder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder().proxy_config(proxy());
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc)).build()
    })
}

async fn load_config(options: &SessionOptions, count: &RequestCount) -> aws_config::SdkConfig {
    let watch = Watch {
        inner: https(ProxyConfig::from_env),
        direct: https(ProxyConfig::disabled),
        pace: options.max_rps.map(Pace::new),
        body_timeout: options.call_timeout,
        count: count.clone(),
        observer: options.observer.clone(),
    };
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(options.call_timeout.min(Duration::from_secs(5)))
        .read_timeout(options.call_timeout)
        .build();
    let retries = RetryConfig::adaptive()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(200))
        .with_max_backoff(Duration::from_secs(10));
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(watch.client())
        .timeout_config(timeouts)
        .retry_config(retries)
        .stalled_stream_protection(aws_config::stalled_stream_protection::StalledStreamProtectionConfig::disabled());
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &options.region {
        loader = loader.region(aws_config::Region::new(region.as_str().to_owned()));
    }
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    let mut config = loader.load().await;
    if config.region().is_none() {
        config = config.into_builder().region(aws_config::Region::new(DEFAULT_REGION)).build();
    }
    let Some(role_arn) = &options.role_arn else { return config };
    let mut role = AssumeRoleProvider::builder(role_arn).session_name("afterlab").configure(&config);
    if let Some(external_id) = &options.external_id {
        role = role.external_id(external_id);
    }
    let provider = role.build().await;
    config
        .into_builder()
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(provider))
        .build()
}

fn no_credentials(options: &SessionOptions) -> SessionError {
    let help = if options.endpoint_url.is_some() {
        "an emulator takes any: AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test afterlab scan --endpoint-url ..."
    } else {
        "sign in with `aws configure sso` or `aws configure` and pass --profile, or set AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY; `afterlab scan --demo` needs none"
    };
    let what = match &options.profile {
        Some(profile) => format!("no AWS credentials were found for the profile {profile:?}"),
        None => "no AWS credentials were found".to_owned(),
    };
    SessionError { what, help: help.to_owned() }
}

/// Credentials were configured and could not be had.
fn bad_credentials(error: &str, options: &SessionOptions) -> SessionError {
    let profile = options.profile.as_deref().unwrap_or("default");
    let lower = error.to_lowercase();
    if lower.contains("imds") {
        // The last place that is looked at; it is there and has none for us.
        return no_credentials(options);
    }
    let help = if lower.contains("dns error") || lower.contains("client error (connect)") || lower.contains("timed out")
    {
        "AWS could not be reached to get them: check the network, the proxy settings and the region".to_owned()
    } else if lower.contains("sso") || lower.contains("token") {
        format!("the sign-in has ended: run `aws sso login --profile {profile}`")
    } else if lower.contains("assumerole") || lower.contains("accessdenied") {
        "check that the role's trust policy names you and, if it asks for one, pass --external-id; a role that asks for \
         MFA needs a session first: `aws sts get-session-token --serial-number ARN --token-code CODE`"
            .to_owned()
    } else {
        format!("check the profile {profile:?} in ~/.aws/config; `afterlab scan --demo` needs no credentials")
    };
    SessionError { what: format!("the AWS credentials could not be had: {error}"), help }
}

/// AWS, or whatever answered, did not accept the first call.
fn refused(failure: &Failure, options: &SessionOptions) -> SessionError {
    let profile = options.profile.as_deref().unwrap_or("default");
    let code = failure.code.as_deref().unwrap_or_default();
    let help = match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            format!("the credentials have expired: run `aws sso login --profile {profile}`, or get new session keys")
        }
        "InvalidClientTokenId" | "InvalidAccessKeyId" | "UnrecognizedClientException" => {
            "AWS does not know this access key: it was deleted, or belongs to another partition or endpoint".to_owned()
        }
        "SignatureDoesNotMatch" => "the secret key does not belong to this access key".to_owned(),
        "RequestTimeTooSkewed" => "the clock of this machine is wrong: set it and try again".to_owned(),
        _ => match (failure.kind, &options.endpoint_url) {
            (GapKind::Unsupported | GapKind::Malformed, Some(url)) => {
                format!("check that {url} leads to AWS or to an AWS emulator")
            }
            (GapKind::Unreachable, Some(url)) => format!("check that something answers at {url}"),
            (GapKind::Unreachable, None) => "check the network, the proxy settings and the region".to_owned(),
            _ => "check the credentials; `afterlab scan --demo` needs none".to_owned(),
        },
    };
    let code = if code.is_empty() { String::new() } else { format!("{code}: ") };
    SessionError {
        what: format!("AWS did not accept the first call (sts:GetCallerIdentity): {code}{}", failure.message),
        help,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_region_is_a_region() {
        assert_eq!(default_region().as_str(), DEFAULT_REGION);
    }
}
