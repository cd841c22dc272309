//! The header that proves, with a token, that one holds the key that it was given to.
//!
//! See RFC 9449, "OAuth 2.0 Demonstrating Proof of Possession (DPoP)", section 4.2; RFC 7518, section 3.4 (`ES256`), section 6.2
//! (coordinates of the key).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rustls::SignatureScheme;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;

use crate::sign::hexadecimal;

/// Of a `POST` to this address, now. `None`: this is no PEM of a private key on the curve P-256.
pub(crate) fn proof(key: &str, address: &str, now: Timestamp) -> Option<String> {
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).ok()?;
    let key = rustls::crypto::ring::sign::any_ecdsa_type(&key).ok()?;
    let signer = key.choose_scheme(&[SignatureScheme::ECDSA_NISTP256_SHA256])?;
    // The point stands at the end, uncompressed.
    let public = key.public_key()?;
    let [4, point @ ..] = public.get(public.len().checked_sub(65)?..)? else { return None };
    let (x, y) = point.split_at_checked(32)?;
    let mut id = [0; 16];
    getrandom::fill(&mut id).ok()?;
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": text(x), "y": text(y)});
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
    let payload = json!({"jti": hexadecimal(&id), "htm": "POST", "htu": address, "iat": now.as_second()});
    let signed = format!("{}.{}", text(header.to_string().as_bytes()), text(payload.to_string().as_bytes()));
    let signature = two_numbers(&signer.sign(signed.as_bytes()).ok()?)?;
    Some(format!("{signed}.{}", text(&signature)))
}

/// The two numbers of a signature, in 32 bytes each, from `SEQUENCE { INTEGER, INTEGER }` of DER.
fn two_numbers(der: &[u8]) -> Option<[u8; 64]> {
    let [0x30, _, rest @ ..] = der else { return None };
    let (first, rest) = number(rest)?;
    let (second, []) = number(rest)? else { return None };
    let mut both = [0; 64];
    both[32_usize.checked_sub(first.len())?..32].copy_from_slice(first);
    both[64_usize.checked_sub(second.len()).filter(|at| *at >= 32)?..].copy_from_slice(second);
    Some(both)
}

/// A number without the zeros before it, and what comes after.
fn number(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let [0x02, length, rest @ ..] = der else { return None };
    let (bytes, rest) = rest.split_at_checked(usize::from(*length))?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Some((&bytes[zeros..], rest))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jiff::Timestamp;
    use rustls::SignatureScheme;
    use serde_json::Value;

    use super::{proof, two_numbers};

    /// A new key, in the form that the AWS CLI keeps (SEC 1) and in the newer one.
    fn keys() -> [String; 2] {
        let key = rcgen::KeyPair::generate().expect("a key");
        let der = key.serialize_der();
        // SEC 1 is a part of the other: version 1, 32 bytes of key, the point.
        let start =
            der.windows(5).position(|bytes| bytes == [0x02, 1, 1, 0x04, 32]).expect("the older form") - 2;
        let text = base64::engine::general_purpose::STANDARD.encode(&der[start..]);
        [
            format!("-----BEGIN EC PRIVATE KEY-----\n{text}\n-----END EC PRIVATE KEY-----\n"),
            key.serialize_pem(),
        ]
    }

    const ADDRESS: &str = "https://eu-west-1.signin.aws.amazon.com/v1/token";

    fn der(number: &[u8]) -> Vec<u8> {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let mut bytes = number[zeros..].to_vec();
        if bytes.first().is_none_or(|byte| *byte >= 0x80) {
            bytes.insert(0, 0);
        }
        [vec![0x02, u8::try_from(bytes.len()).expect("short")], bytes].concat()
    }

    #[test]
    fn the_proof_is_signed_with_the_key_that_it_names() {
        let now = Timestamp::from_second(1_780_000_000).expect("a time");
        // Often enough for numbers that are shorter than others.
        for key in (0..64).flat_map(|_| keys()) {
            let proof = proof(&key, ADDRESS, now).expect("a proof");
            let parts: Vec<&str> = proof.split('.').collect();
            let [header, payload, signature] = parts[..] else { panic!("{proof}") };
            let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64");
            let json = |text: &str| serde_json::from_slice::<Value>(&bytes(text)).expect("JSON");
            let (header, payload) = (json(header), json(payload));
            assert_eq!((&header["typ"], &header["alg"]), (&"dpop+jwt".into(), &"ES256".into()));
            assert_eq!((&payload["htm"], &payload["htu"]), (&"POST".into(), &ADDRESS.into()));
            assert_eq!(payload["iat"], 1_780_000_000);
            let coordinate = |name: &str| bytes(header["jwk"][name].as_str().expect("a text"));
            let point = [vec![4], coordinate("x"), coordinate("y")].concat();
            let signature = bytes(signature);
            assert_eq!((point.len(), signature.len()), (65, 64));
            let numbers = [der(&signature[..32]), der(&signature[32..])].concat();
            let whole = [vec![0x30, u8::try_from(numbers.len()).expect("short")], numbers].concat();
            let known = rustls::crypto::ring::default_provider().signature_verification_algorithms;
            let (_, algorithms) = known
                .mapping
                .iter()
                .find(|(scheme, _)| *scheme == SignatureScheme::ECDSA_NISTP256_SHA256)
                .expect("it is known");
            let message = proof.rsplit_once('.').expect("three parts").0;
            algorithms[0].verify_signature(&point, message.as_bytes(), &whole).expect("it is sound");
        }
    }

    #[test]
    fn what_is_no_key_and_no_signature() {
        let now = Timestamp::UNIX_EPOCH;
        for wrong in ["", "x", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"] {
            assert_eq!(proof(wrong, ADDRESS, now), None, "{wrong}");
        }
        let long = [[0x30, 72, 0x02, 33].as_slice(), &[1; 33], &[0x02, 1, 1]].concat();
        for wrong in [&[][..], &[0x30], &[0x30, 3, 0x02, 9, 1], &[0x30, 3, 0x02, 1, 1], &long] {
            assert_eq!(two_numbers(wrong), None, "{wrong:?}");
        }
    }
}
