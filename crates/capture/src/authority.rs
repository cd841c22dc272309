//! A certificate authority for one run: its key never leaves memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

/// So long a certificate holds, in days: a recording may run for weeks.
const DAYS: i32 = 90;

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// The certificate that clients have to trust, in PEM.
    pub(crate) pem: String,
    certificate: CertificateDer<'static>,
    /// One key for all hosts: they live as long as the authority.
    key: KeyPair,
    today: Date,
    hosts: Mutex<HashMap<String, Arc<ServerConfig>>>,
}

/// Why no certificate could be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoCertificate {
    #[error(transparent)]
    Certificate(#[from] rcgen::Error),
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

impl Authority {
    pub(crate) fn new(now: Timestamp) -> Result<Self, NoCertificate> {
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let mut about = dated(CertificateParams::default(), today);
        about.distinguished_name.push(DnType::CommonName, "clavicle recording");
        about.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        about.key_usages =
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate()?;
        let certificate = about.self_signed(&key)?;
        Ok(Self {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            issuer: Issuer::new(about, key),
            key: KeyPair::generate()?,
            today,
            hosts: Mutex::default(),
        })
    }

    /// How to answer as this host.
    pub(crate) fn as_host(&self, host: &str) -> Result<Arc<ServerConfig>, NoCertificate> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = hosts.get(host) {
            return Ok(known.clone());
        }
        let mut about = dated(CertificateParams::new(vec![host.to_owned()])?, self.today);
        about.distinguished_name.push(DnType::CommonName, "clavicle recording of AWS");
        about.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        about.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // Python from 3.13 on refuses certificates that do not say who signed them.
        about.use_authority_key_identifier_extension = true;
        let certificate = about.signed_by(&self.key, &self.issuer)?;
        let chain = vec![certificate.der().clone(), self.certificate.clone()];
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key.into())?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let config = Arc::new(config);
        hosts.insert(host.to_owned(), config.clone());
        Ok(config)
    }
}

/// From yesterday on: clocks differ.
fn dated(mut about: CertificateParams, today: Date) -> CertificateParams {
    let day = |days: i32| {
        let date = today.saturating_add(jiff::Span::new().days(days));
        rcgen::date_time_ymd(i32::from(date.year()), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    (about.not_before, about.not_after) = (day(-1), day(DAYS));
    about
}
