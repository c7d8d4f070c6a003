//! The keys of one control plane: an authority of its own and what it signed. Made anew for every run, so that nothing
//! secret lies in the repository and nothing ever expires.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

use crate::folder::RunFolder;

/// An authority that signs what a run needs.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl fmt::Debug for Authority {
    /// Without its key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

/// A certificate and its key, as PEM.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// Where the two parts of an [`Identity`] were written.
pub(crate) struct IdentityFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Result<Self> {
        let mut wanted = named(name)?;
        wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        wanted.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().context("make the key of an authority")?;
        Ok(Self(CertifiedIssuer::self_signed(wanted, key).context("sign an authority")?))
    }

    /// The authority's own certificate, as PEM.
    pub(crate) fn certificate(&self) -> String {
        self.0.pem()
    }

    /// For a server on loopback.
    pub(crate) fn server(&self, name: &str) -> Result<Identity> {
        let hosts = ["127.0.0.1", "localhost", "kubernetes.default.svc"].map(str::to_owned);
        let mut wanted = CertificateParams::new(hosts).context("name the hosts of a server")?;
        wanted.distinguished_name.push(DnType::CommonName, name);
        self.sign(wanted, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// For a client whose user name is `user`, a member of `group`.
    pub(crate) fn client(&self, user: &str, group: Option<&str>) -> Result<Identity> {
        let mut wanted = named(user)?;
        if let Some(group) = group {
            wanted.distinguished_name.push(DnType::OrganizationName, group);
        }
        self.sign(wanted, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn sign(&self, mut wanted: CertificateParams, usage: ExtendedKeyUsagePurpose) -> Result<Identity> {
        wanted.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        wanted.extended_key_usages = vec![usage];
        wanted.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().context("make a key")?;
        let certificate = wanted.signed_by(&key, &self.0).context("sign a certificate")?;
        Ok(Identity { certificate: certificate.pem(), key: key.serialize_pem() })
    }
}

impl Identity {
    pub(crate) fn write(&self, folder: &RunFolder, name: &str) -> Result<IdentityFiles> {
        Ok(IdentityFiles {
            certificate: folder.write(&format!("{name}.crt"), &self.certificate)?,
            key: folder.write(&format!("{name}.key"), &self.key)?,
        })
    }
}

/// A private and a public key for signing the tokens of service accounts, as PEM.
pub(crate) fn signing_pair() -> Result<(String, String)> {
    let key = KeyPair::generate().context("make the key of service accounts")?;
    Ok((key.serialize_pem(), key.public_key_pem()))
}

fn named(name: &str) -> Result<CertificateParams> {
    let mut wanted = CertificateParams::new(Vec::new()).context("name a certificate")?;
    wanted.distinguished_name.push(DnType::CommonName, name);
    Ok(wanted)
}

/// A secret that nobody guesses: part of a key that is used for nothing else.
pub(crate) fn token() -> Result<String> {
    let key = KeyPair::generate().context("make a token")?;
    Ok(key.public_key_raw().iter().skip(1).take(24).map(|byte| format!("{byte:02x}")).collect())
}
