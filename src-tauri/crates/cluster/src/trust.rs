//! Which servers are trusted: those that the configured authorities vouch for, and one that shows such an authority's own
//! certificate. Small clusters have a single self-signed certificate for both, which webpki refuses and kubectl takes.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use webpki::Error as Refusal;

/// Has `tls` trust the configured authorities and their own certificates; nothing changes where none is configured, or
/// where whoever wrote the kubeconfig wants no check.
pub(crate) fn trust_authorities(config: &kube::Config, tls: &mut ClientConfig) -> Result<(), Error> {
    let Some(authorities) = config.root_cert.as_ref().filter(|_| !config.accept_invalid_certs) else { return Ok(()) };
    let verifier = Authorities::new(authorities.iter().cloned().map(CertificateDer::from).collect())?;
    tls.dangerous().set_certificate_verifier(Arc::new(verifier));
    Ok(())
}

/// The configured authorities.
#[derive(Debug)]
struct Authorities {
    certificates: Vec<CertificateDer<'static>>,
    webpki: Arc<WebPkiServerVerifier>,
}

impl Authorities {
    fn new(certificates: Vec<CertificateDer<'static>>) -> Result<Self, Error> {
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots.add(certificate.clone())?;
        }
        let webpki = WebPkiServerVerifier::builder(Arc::new(roots)).build();
        let webpki = webpki.map_err(|error| Error::General(error.to_string()))?;
        Ok(Self { certificates, webpki })
    }
}

/// Whether a certificate is in its time, and refused for nothing but being an authority's: webpki looks at the time first.
fn is_authority_in_its_time(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = error else { return false };
    matches!(other.0.downcast_ref::<Refusal>(), Some(Refusal::CaUsedAsEndEntity))
}

impl ServerCertVerifier for Authorities {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.webpki.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(error) if is_authority_in_its_time(&error) && self.certificates.iter().any(|own| own == end_entity) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};

    use super::*;

    fn authority(name: &str) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2030, 1, 1));
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
    }

    /// Seconds from 1970 to the beginning of 2026 and of 2031.
    const IN_TIME: u64 = 1_767_225_600;
    const TOO_LATE: u64 = 1_925_000_000;

    fn verify(
        trusted: &CertificateDer<'static>,
        shown: &CertificateDer<'static>,
        name: &str,
        at: u64,
    ) -> Result<(), Error> {
        let verifier = Authorities::new(vec![trusted.clone()]).unwrap();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(at));
        verifier.verify_server_cert(shown, &[], &ServerName::try_from(name).unwrap(), &[], now).map(drop)
    }

    /// What was seen: kubectl spoke to a cluster whose certificate is its own authority, and we did not.
    #[test]
    fn a_certificate_that_is_its_own_authority_is_trusted_by_its_name_in_its_time() {
        let (own, other) = (authority("cluster.test"), authority("cluster.test"));
        assert_eq!(verify(&own, &own, "cluster.test", IN_TIME), Ok(()));
        verify(&own, &other, "cluster.test", IN_TIME).unwrap_err();
        verify(&own, &own, "else.test", IN_TIME).unwrap_err();
        verify(&own, &own, "cluster.test", TOO_LATE).unwrap_err();
    }
}
