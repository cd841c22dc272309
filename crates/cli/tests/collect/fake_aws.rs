//! A simulated organization behind a bad network: it throttles one request in twenty, resets one connection in a hundred,
//! and lets nobody into one account. It answers what it knows in the shapes of AWS's API models, and every other list with
//! an empty one.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// The server; its threads end with the test.
pub(crate) struct FakeAws {
    pub(crate) address: String,
    shared: Arc<Shared>,
}

struct Shared {
    accounts: usize,
    regions: usize,
    requests: AtomicU64,
    faults: AtomicU64,
    /// Targets of JSON calls that are refused, whole or with a token behind them.
    denied: Mutex<BTreeMap<String, String>>,
    /// After so many requests the credentials of everybody are too old; 0: never.
    expires: AtomicU64,
    /// How often each report of last use was asked for.
    reports: Mutex<BTreeMap<String, u32>>,
    /// Answers to targets of JSON calls, to actions of queries, or to `METHOD /path`, with or without the service before.
    recorded: Mutex<BTreeMap<String, String>>,
    /// How often each `METHOD /path` came.
    paths: Mutex<BTreeMap<String, u64>>,
}

struct Asked {
    method: String,
    path: String,
    target: String,
    authorization: String,
    body: String,
}

impl Asked {
    /// The region that the signature is bound to.
    fn region(&self) -> &str {
        self.scope(2)
    }

    /// `Credential=KEY/day/region/service/aws4_request`
    fn scope(&self, at: usize) -> &str {
        let scope = self.authorization.split("Credential=").nth(1).unwrap_or_default();
        scope.split('/').nth(at).unwrap_or_default()
    }

    /// The access key of a role's session names the account that it is in.
    fn account(&self) -> &str {
        self.scope(0).strip_prefix("ASIA").unwrap_or("100000000000")
    }

    /// The target of a JSON call, the action of a query.
    fn name(&self) -> &str {
        if self.target.is_empty() { self.parameter("Action") } else { &self.target }
    }

    fn parameter(&self, name: &str) -> &str {
        self.body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default()
    }
}

impl FakeAws {
    /// The account that nobody may enter.
    pub(crate) const DENIED: &str = "100000000002";

    pub(crate) fn start(accounts: usize, regions: usize) -> FakeAws {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let shared = Arc::new(Shared {
            accounts,
            regions,
            requests: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            denied: Mutex::default(),
            expires: AtomicU64::new(0),
            reports: Mutex::default(),
            recorded: Mutex::default(),
            paths: Mutex::default(),
        });
        let serving = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = serving.clone();
                std::thread::spawn(move || shared.serve(stream));
            }
        });
        FakeAws { address, shared }
    }

    /// Refuses calls with this target or action from now on.
    pub(crate) fn deny(&self, target: &str) {
        self.refuse(target, "AccessDeniedException");
    }

    /// Refuses them in these words.
    pub(crate) fn refuse(&self, target: &str, code: &str) {
        self.shared.denied.lock().expect("the list").insert(target.to_owned(), code.to_owned());
    }

    /// Refuses those of them in which this token stands.
    pub(crate) fn refuse_page(&self, target: &str, token: &str, code: &str) {
        self.refuse(&format!("{target} {token}"), code);
    }

    /// Answers this call, by its target, action or `METHOD /path`, in this way from now on.
    pub(crate) fn answer(&self, call: &str, body: String) {
        self.shared.recorded.lock().expect("the answers").insert(call.to_owned(), body);
    }

    /// Lets the credentials of everybody expire after so many requests from now on; 0: never.
    pub(crate) fn expire_after(&self, requests: u64) {
        let at = if requests == 0 { 0 } else { self.requests() + requests };
        self.shared.expires.store(at, Ordering::Relaxed);
    }

    /// How many requests came.
    pub(crate) fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// How often this `METHOD /path` came.
    pub(crate) fn requests_of(&self, path: &str) -> u64 {
        self.shared.paths.lock().expect("the numbers").get(path).copied().unwrap_or_default()
    }

    /// How many requests met a fault.
    pub(crate) fn faults(&self) -> u64 {
        self.shared.faults.load(Ordering::Relaxed)
    }
}

/// When today began, or some hours earlier: a report is of the day on which it is asked for.
pub(crate) fn hours_before_today(hours: i64) -> String {
    let now = jiff::Timestamp::now().as_second();
    let then = jiff::Timestamp::from_second(now - now % 86_400 - hours * 3_600);
    then.expect("a time of these years").to_string()
}

/// Stands where an answer has fields that nobody keeps.
pub(crate) const SECRET: &str = "pl4nted-s3cret";

impl Shared {
    /// A report that is not made when it is first asked for, and has two pages then.
    fn report(&self, asked: &Asked, result: &dyn Fn(String) -> (u16, String)) -> (u16, String) {
        let job = asked.parameter("JobId").to_owned();
        let mut reports = self.reports.lock().expect("the reports");
        let asked_before = reports.entry(job).or_default();
        *asked_before += 1;
        if *asked_before == 1 {
            return result("<JobStatus>IN_PROGRESS</JobStatus><IsTruncated>false</IsTruncated>".to_owned());
        }
        let head = format!(
            "<JobStatus>COMPLETED</JobStatus><JobCompletionDate>{}</JobCompletionDate>",
            hours_before_today(0)
        );
        let (services, more) = match asked.parameter("Marker") {
            "" => {
                let (service, action) = (hours_before_today(47), hours_before_today(48));
                let actions = [("GetObject", &*action), ("PutObject", "")];
                (accessed("s3", &service, &actions), "<Marker>m</Marker>")
            }
            _ => (accessed("sqs", "", &[]), ""),
        };
        result(format!("{head}<ServicesLastAccessed>{services}</ServicesLastAccessed>{more}"))
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
        let mut stream = stream;
        while let Some(asked) = read(&mut reader) {
            // One account alone is asked over a sound network.
            let number = self.requests.fetch_add(1, Ordering::Relaxed);
            let expires = self.expires.load(Ordering::Relaxed);
            let is_expired = expires > 0 && number >= expires;
            let number = if self.accounts > 1 { number } else { 1 };
            if number % 100 == 99 {
                self.faults.fetch_add(1, Ordering::Relaxed);
                return;
            }
            let (status, body) = if is_expired {
                (400, error(&asked, "ExpiredTokenException"))
            } else if number % 20 == 7 {
                self.faults.fetch_add(1, Ordering::Relaxed);
                (400, error(&asked, "ThrottlingException"))
            } else if let Some(code) = self.refusal(&asked) {
                (400, error(&asked, &code))
            } else {
                self.answer(&asked)
            };
            // In one piece: two would wait for each other on their way.
            let reply = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            if stream.write_all(reply.as_bytes()).is_err() {
                return;
            }
        }
    }

    /// The code with which it is refused.
    fn refusal(&self, asked: &Asked) -> Option<String> {
        let denied = self.denied.lock().expect("the list");
        let is_meant = |key: &str| match key.split_once(' ') {
            Some((target, token)) => target == asked.name() && asked.body.contains(token),
            None => key == asked.name(),
        };
        denied.iter().find(|(key, _)| is_meant(key)).map(|(_, code)| code.clone())
    }

    fn answer(&self, asked: &Asked) -> (u16, String) {
        let result = |body: String| {
            let action = asked.parameter("Action");
            (200, format!("<{action}Response><{action}Result>{body}</{action}Result></{action}Response>"))
        };
        let ids = || (0..self.accounts).map(|at| format!("{:012}", 100_000_000_000_u64 + at as u64));
        let account = asked.account();
        let path = asked.path.split('?').next().unwrap_or_default();
        let by_path = format!("{} {path}", asked.method);
        *self.paths.lock().expect("the numbers").entry(by_path.clone()).or_default() += 1;
        // Several services have a path or an action of one name.
        let of_service = format!("{} {by_path}", asked.scope(3));
        let recorded = self.recorded.lock().expect("the answers");
        if let Some(body) = recorded
            .get(&of_service)
            .or_else(|| recorded.get(asked.name()))
            .or_else(|| recorded.get(&by_path))
        {
            return (200, body.clone());
        }
        match (asked.parameter("Action"), asked.target.as_str()) {
            ("GetCallerIdentity", _) => {
                let arn = format!("arn:aws:sts::{account}:assumed-role/Audit/dana");
                result(format!("<Account>{account}</Account><Arn>{arn}</Arn>"))
            }
            ("AssumeRole" | "AssumeRoleWithWebIdentity", _) => {
                let account = asked.parameter("RoleArn").split("%3A").nth(4).unwrap_or_default();
                if account == FakeAws::DENIED {
                    return (403, error(asked, "AccessDenied"));
                }
                result(format!(
                    "<Credentials><AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
                     <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
                ))
            }
            ("DescribeRegions", _) => {
                let region = |at| format!("<item><regionName>xx-test-{at}</regionName></item>");
                let regions: String = (0..self.regions).map(region).collect();
                (200, format!("<R><regionInfo>{regions}</regionInfo></R>"))
            }
            ("GetAccountAuthorizationDetails", _) => {
                let second = !asked.parameter("Marker").is_empty();
                let names = if second { ["c", "d"] } else { ["a", "b"] };
                let allows = "s3:GetObject s3:PutObject sqs:ReceiveMessage lambda:InvokeFunction"
                    .replace(' ', "%22%2C%22");
                let text = format!(
                    "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%5B%22{allows}%22%5D%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"
                );
                let policies = format!(
                    "<RolePolicyList><member><PolicyName>p</PolicyName><PolicyDocument>{text}</PolicyDocument></member></RolePolicyList>"
                );
                let role = |name| {
                    format!(
                        "<member><Arn>arn:aws:iam::{account}:role/{name}</Arn><RoleName>{name}</RoleName>\
                         <AssumeRolePolicyDocument>%7B%22Statement%22%3A%5B%5D%7D</AssumeRolePolicyDocument>{policies}</member>"
                    )
                };
                let roles: String = names.map(role).concat();
                let more = if second { "" } else { "<Marker>m</Marker>" };
                result(format!(
                    "<RoleDetailList>{roles}</RoleDetailList><IsTruncated>{}</IsTruncated>{more}",
                    !second
                ))
            }
            ("GenerateServiceLastAccessedDetails", _) if asked.parameter("Granularity") != "ACTION_LEVEL" => {
                (400, error(asked, "InvalidInput"))
            }
            ("GenerateServiceLastAccessedDetails", _) => {
                let whose = asked.parameter("Arn").rsplit("%2F").next().unwrap_or_default();
                result(format!("<JobId>{account}-{whose}</JobId>"))
            }
            ("GetServiceLastAccessedDetails", _) => self.report(asked, &result),
            ("GenerateCredentialReport", _) => result("<State>COMPLETE</State>".to_owned()),
            ("GetCredentialReport", _) => {
                // The head of a report and nothing below.
                result("<ReportFormat>text/csv</ReportFormat><Content>dXNlcixhcm4=</Content>".to_owned())
            }
            (_, "AWSOrganizationsV20161128.DescribeOrganization") if self.accounts > 1 => {
                (200, r#"{"Organization":{"Id":"o-1","MasterAccountId":"100000000000"}}"#.to_owned())
            }
            (_, "AWSOrganizationsV20161128.DescribeOrganization") => {
                (400, error(asked, "AWSOrganizationsNotInUseException"))
            }
            (_, "AWSOrganizationsV20161128.ListRoots") => {
                (200, r#"{"Roots":[{"Id":"r-1","Name":"Root","PolicyTypes":[]}]}"#.to_owned())
            }
            (_, "AWSOrganizationsV20161128.ListAccountsForParent") => {
                let account = |id: String| format!(r#"{{"Id":"{id}","Name":"n{id}","Status":"ACTIVE"}}"#);
                let accounts: Vec<String> = ids().map(account).collect();
                (200, format!(r#"{{"Accounts":[{}]}}"#, accounts.join(",")))
            }
            (_, "AmazonSQS.ListQueues") => {
                let queue = format!("https://sqs/{account}/jobs");
                (200, format!(r#"{{"QueueUrls":["{queue}"]}}"#))
            }
            (_, "AmazonSQS.GetQueueAttributes") => {
                let arn = format!("arn:aws:sqs:{}:{account}:jobs", asked.region());
                (200, format!(r#"{{"Attributes":{{"QueueArn":"{arn}"}}}}"#))
            }
            (action, target) if action.is_empty() && (!target.is_empty() || is_rest_json(asked)) => {
                (200, "{}".to_owned())
            }
            ("", _) if asked.path.contains("publicAccessBlock") => {
                (404, error(asked, "NoSuchPublicAccessBlockConfiguration"))
            }
            (action, _) if !action.is_empty() && asked.scope(3) != "ec2" => result(String::new()),
            _ => (200, "<R></R>".to_owned()),
        }
    }
}

/// A service of a report, and the actions of it that are tracked.
fn accessed(prefix: &str, at: &str, actions: &[(&str, &str)]) -> String {
    let action = |(name, at): &(&str, &str)| {
        format!("<member><ActionName>{name}</ActionName>{}</member>", element("LastAccessedTime", at))
    };
    let tracked: String = actions.iter().map(action).collect();
    format!(
        "<member><ServiceName>{SECRET}</ServiceName><ServiceNamespace>{prefix}</ServiceNamespace>{}\
         <TrackedActionsLastAccessed>{tracked}</TrackedActionsLastAccessed></member>",
        element("LastAuthenticated", at)
    )
}

fn element(name: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<{name}>{text}</{name}>") }
}

fn is_rest_json(asked: &Asked) -> bool {
    !matches!(asked.scope(3), "s3" | "s3express" | "cloudfront")
}

fn error(asked: &Asked, code: &str) -> String {
    match asked.target.is_empty() && !is_rest_json(asked) || asked.body.contains("Action=") {
        true => format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"),
        false => format!(r#"{{"__type":"x#{code}"}}"#),
    }
}

/// `None`: the connection has ended.
fn read(reader: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let (mut target, mut authorization, mut length) = (String::new(), String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_lowercase().as_str() {
            "x-amz-target" => value.trim().clone_into(&mut target),
            "authorization" => value.trim().clone_into(&mut authorization),
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path, target, authorization, body: String::from_utf8(body).ok()? })
}
