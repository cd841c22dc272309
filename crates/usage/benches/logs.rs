//! How fast are logs read, against unpacking the same files and nothing else?
//!
//! Over 16,000 events made here, of 200 roles that make 12 calls each: *alike* differ in times, ids and addresses, of
//! *distinct* each has a parameter that no other has, of *late* every second one, behind a long name. For real figures, of generated accounts and of memory, see
//! `examples/read_logs.rs`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clavicle_usage::EvidenceFile;
use divan::Bencher;
use divan::counter::BytesCount;

mod bare;

fn main() {
    divan::main();
    // A static is never dropped.
    let _ = fs::remove_dir_all(FOLDER.path());
}

const LOGS: [&str; 3] = ["alike", "distinct", "late"];
const FILES: usize = 16;
const EVENTS: usize = 1_000;

static FOLDER: LazyLock<tempfile::TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

/// The files of a log, made once, and how many bytes they unpack to.
fn log(name: &str) -> (Vec<PathBuf>, usize) {
    let folder = FOLDER.path().join(name);
    let made: Vec<(PathBuf, usize)> = (0..FILES).map(|number| file(&folder, number, name)).collect();
    let bytes = made.iter().map(|(_, bytes)| bytes).sum();
    (made.into_iter().map(|(path, _)| path).collect(), bytes)
}

fn file(folder: &Path, number: usize, name: &str) -> (PathBuf, usize) {
    let records: Vec<String> = (0..EVENTS).map(|at| record(number * EVENTS + at, name)).collect();
    let text = format!("{{\"Records\":[{}]}}", records.join(","));
    let path = folder.join(format!("{number}.json.gz"));
    if !path.exists() {
        fs::create_dir_all(folder).expect("a folder");
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(text.as_bytes()).expect("memory");
        fs::write(&path, packed.finish().expect("memory")).expect("it may write");
    }
    (path, text.len())
}

/// Looks like chance, and is the same every time.
fn scattered(number: usize) -> u64 {
    (number as u64 + 1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
        .wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

fn record(number: usize, log: &str) -> String {
    let chance = scattered(number);
    let (role, call) = (chance % 200, (chance >> 32) % 12);
    let (first, second) = (scattered(number + 1_000_000), scattered(number + 2_000_000));
    let is_distinct = log == "distinct" || log == "late" && number.is_multiple_of(2);
    let key = if is_distinct { format!("2026/{first:016x}") } else { format!("2026/{call}") };
    let bucket = if log == "late" { "a-name-as-long-as-names-of-buckets-may-be-nearly-63" } else { "bucket" };
    let address = format!("10.{}.{}.{}", second >> 56, second >> 48 & 255, second >> 40 & 255);
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"AssumedRole","principalId":"AROAROLE{role:012}:i-{role:016x}","arn":"arn:aws:sts::111122223333:assumed-role/role-{role}/i-{role:016x}","accountId":"111122223333","accessKeyId":"ASIA{first:016X}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAROLE{role:012}","arn":"arn:aws:iam::111122223333:role/role-{role}","accountId":"111122223333","userName":"role-{role}"}},"webIdFederationData":{{}},"attributes":{{"creationDate":"2026-03-01T00:{:02}:00Z","mfaAuthenticated":"false"}}}}}},"eventTime":"2026-03-01T01:{:02}:{:02}Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"{address}","userAgent":"[aws-sdk-go/1.44 (go1.19; linux; amd64)]","requestParameters":{{"bucketName":"{bucket}-{role}","Host":"{bucket}-{role}.s3.eu-west-1.amazonaws.com","key":"{key}"}},"responseElements":null,"additionalEventData":{{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"{second:016x}{first:016x}{second:016x}=","bytesTransferredOut":{}}},"requestID":"{second:016X}","eventID":"{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}","readOnly":true,"resources":[{{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::{bucket}-{role}/{key}"}},{{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::{bucket}-{role}"}}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{bucket}-{role}.s3.eu-west-1.amazonaws.com"}}}}"#,
        number % 60,
        number / 60 % 60,
        number % 60,
        second % 4_000_000,
        first >> 32,
        first >> 16 & 0xffff,
        first >> 4 & 0xfff,
        second >> 52,
        number,
    )
}

#[divan::bench(args = LOGS)]
fn unpack(bencher: Bencher<'_, '_>, name: &str) {
    let (files, bytes) = log(name);
    let (mut packed, mut text) = (Vec::new(), Vec::new());
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        for file in &files {
            bare::unpack(file, &mut packed, &mut text).expect("it is there");
        }
    });
}

/// On as many cores as `RAYON_NUM_THREADS` says.
#[divan::bench(args = LOGS)]
fn read(bencher: Bencher<'_, '_>, name: &str) {
    let (files, bytes) = log(name);
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let evidence = EvidenceFile::unnamed().expect("a file");
        let read = evidence.read_logs(&files, &|_, _| ()).expect("it is read");
        assert_eq!(read.counts.new, (FILES * EVENTS) as u64);
    });
}
