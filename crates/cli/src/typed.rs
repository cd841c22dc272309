//! What was typed. What it means is for [`crate::meaning`].

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::engine::ArgValueCompleter;
use clavicle_policy::AccountId;

use crate::complete;
use crate::terminal::Color;

/// Who can do what in this AWS account, and how.
///
/// Reads live accounts, files of AWS's own tools and saved snapshots. Only `collect`, and `usage` with
/// `s3://…`, talk to AWS by themselves; nothing changes it.
#[derive(Debug, Parser)]
#[command(
    name = "clavicle",
    bin_name = "clavicle",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = EXAMPLES
)]
pub(crate) struct Typed {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    #[command(flatten)]
    pub(crate) accounts: Accounts,
    /// When to colour.
    #[arg(long, value_name = "WHEN", global = true, value_enum, default_value_t)]
    pub(crate) color: Color,
}

/// Which accounts are asked, and what is said of them that no file says.
#[derive(Debug, Args, Default, Clone)]
pub(crate) struct Accounts {
    /// What to read: a saved snapshot, a file or folder of AWS's tools, a plan of Terraform, a template, or `demo`. Several
    /// files make one snapshot; plans and templates are laid over the others.
    /// Without it: the snapshot that was saved last
    #[arg(short = 's', long = "source", value_name = "FILE", global = true, value_hint = ValueHint::AnyPath)]
    pub(crate) sources: Vec<PathBuf>,
    /// The account is in no organization: no SCP and no RCP binds it. Without this, and without the files of the
    /// organization, answers that turn on them are "unknown"
    #[arg(long, global = true)]
    pub(crate) standalone: bool,
    /// The account, and the region, that a plan or template is for which names none: `111122223333/eu-west-1`
    #[arg(long, value_name = "ACCOUNT[/REGION]", global = true, value_parser = planned_place)]
    pub(crate) planned_in: Option<clavicle_snapshot::Place>,
    /// The folder with the `.tf` files of a plan, so that what it declares is cited with file and line
    #[arg(long = "src", value_name = "FOLDER", global = true, value_hint = ValueHint::DirPath)]
    pub(crate) terraform: Option<PathBuf>,
    /// A list of accounts and whose they are: YAML with `name`, `source` and `accounts` for each. It names accounts, and
    /// says of none that it is let in on purpose
    #[arg(long, value_name = "FILE", global = true, value_hint = ValueHint::FilePath)]
    pub(crate) known: Option<PathBuf>,
}

fn planned_place(text: &str) -> Result<clavicle_snapshot::Place, String> {
    clavicle_snapshot::Place::parse(text)
        .ok_or_else(|| "write an account, or account/region: `111122223333/eu-west-1`".to_owned())
}

const EXAMPLES: &str = "\
Examples (they work as they stand, on the demo organization):
  clavicle demo
  clavicle who s3://paperboat-invoices --do read -s demo
  clavicle what staging:role/deployer -s demo
  clavicle can staging:role/deployer s3:PutObject s3://paperboat-invoices/2026/07.csv -s demo
  clavicle path outside matter -s demo

Your own account:
  clavicle collect

Exit codes: 0 yes, 1 no, 2 usage or unclear name, 3 undecided, 4 input failed";

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Who can do something with a thing?
    Who(Who),
    /// What can somebody do? Of a policy: where is it attached, and what does it give?
    What(What),
    /// Can somebody do an action to a thing? Yes or no, and why
    Can(Can),
    /// Who gets in from outside, by which door, past which guards?
    Outside(Outside),
    /// Run a program and print the smallest policy for the calls to AWS that it made
    Record(Record),
    /// What is granted and was not used: principals, keys, passwords, groups, policies, services, actions
    Unused(Unused),
    /// Look for what should not be, over all accounts: shared and fat policies, copies, what nobody uses
    Check(Check),
    /// How does somebody get to a thing, to a role, or to all the power over an account?
    Path(Path),
    /// Write the whole graph of steps for programs that draw or search graphs
    Export(Export),
    /// Open the web app in the browser
    Open(Open),
    /// Open the web app on a made-up organization, Paperboat Books
    Demo(Demo),
    /// Answer an assistant over stdin and stdout (Model Context Protocol); its tools only read
    Mcp,
    /// Answer an editor over stdin and stdout (Language Server Protocol): policies in JSON, YAML and Terraform
    Lsp,
    /// Read a live account, or an organization, into one saved snapshot; nothing in AWS is changed
    Collect(Collect),
    /// Read files of AWS's tools into one saved snapshot
    Import(Import),
    /// Read logs of AWS CloudTrail as evidence of what was used; without logs, say what evidence there is
    Usage(Usage),
    /// List saved snapshots, and say what was not seen
    Snapshots(Snapshots),
    /// Say what an action, a word of access, a resource type, a condition key or a rule means, and why AWS refused a call
    Explain(Explain),
    /// Say which facts of AWS are known, and load newer ones
    Data(Data),
    /// Decide requests that bring their own policies, one JSON object a line
    Simulate(Simulate),
    /// Prove something of every request at once: that somebody can never do a thing, that a policy gives nothing new
    Prove(Prove),
    /// What is different between two policies, or two states of accounts: by access, and not by text?
    Diff(Diff),
    /// What would a change of policies come to? Tried on a copy; nothing is changed anywhere
    Try(WhatIf),
    /// Write the smallest policy, verified: for what somebody was seen to do, for a recording, or for a task
    Suggest(Suggest),
    /// Plan how to take from somebody what was not used: new texts, commands, and those that undo them. Nothing is changed
    Trim(Trimming),
    /// Write the smallest policy with the same access, proved; several where one would be too large
    Minimize(Minimize),
    /// Write the settings of a repository, and what its builds run on every change
    Init(Init),
    /// Print the completion script of a shell
    Completions(Completions),
}

/// The four slots; one that is empty is what is asked.
#[derive(Debug, Args, Default)]
pub(crate) struct Slots {
    /// Who: `role/web`, `prod:user/dana`, `acct/staging`, an ARN, `anyone`, `outside`, `public`
    #[arg(long, value_name = "WHO", add = ArgValueCompleter::new(complete::who))]
    pub(crate) by: Option<String>,
    /// What they do: an action (`s3:GetObject`, `s3:Get*`) or a word: list read write delete run control become
    #[arg(long = "do", value_name = "ACTION", add = ArgValueCompleter::new(complete::action))]
    pub(crate) action: Option<String>,
    /// The thing: `s3://bucket/prefix`, `lambda/name`, `role/web`, an ARN
    #[arg(long, value_name = "THING", add = ArgValueCompleter::new(complete::thing))]
    pub(crate) on: Option<String>,
    /// What holds of a condition key: `mfa`, `aws:SourceIp=10.0.0.1`. Again for more keys or values
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) when: Vec<String>,
    /// List administrators too, who are otherwise only counted
    #[arg(long)]
    pub(crate) admins: bool,
}

/// Where the answer goes, and in which form.
#[derive(Debug, Args, Default)]
pub(crate) struct Output {
    /// The form of the answer: text for people, `json` as docs/answer-format.md says, `jsonl` with an answer a line, a table,
    /// a comment of a pull request, `html`, a report in one file, `svg`, a picture, or a drawing for Graphviz
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t)]
    pub(crate) form: Form,
    /// List every answer, however many there are
    #[arg(long)]
    pub(crate) all: bool,
    /// Put pseudonyms in place of names, numbers of accounts and ARNs, always the same on this computer
    #[arg(long)]
    pub(crate) redact: bool,
    /// Write the answer to a file, whole or not at all
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
}

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Form {
    #[default]
    Text,
    Json,
    Jsonl,
    Csv,
    #[value(alias = "markdown")]
    Md,
    Html,
    Svg,
    Dot,
}

#[derive(Debug, Args)]
pub(crate) struct Who {
    /// The thing; or the question in words: `clavicle who can read s3://invoices`
    #[arg(value_name = "THING", add = ArgValueCompleter::new(complete::thing))]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) slots: Slots,
    #[command(flatten)]
    pub(crate) reaching: Reaching,
    /// Which statements would break all the chains if they were narrowed? In small accounts it is told unasked
    #[arg(long)]
    pub(crate) cut: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// How far chains are looked for.
#[derive(Debug, Args, Default)]
pub(crate) struct Reaching {
    /// Leave out chains: only what nobody need become somebody else for
    #[arg(long)]
    pub(crate) direct: bool,
    /// Chains of at most so many steps
    #[arg(long, value_name = "NUMBER", value_parser = steps)]
    pub(crate) steps: Option<usize>,
}

fn steps(text: &str) -> Result<usize, String> {
    clavicle_answer::steps(text).map_err(|error| match error.hint {
        Some(hint) => hint,
        None => error.problem,
    })
}

#[derive(Debug, Args)]
pub(crate) struct Path {
    /// Who: `outside`, `anyone`, `role/web`, `acct/999999999999`; and where to: a thing, a role, `admin`, `prod:admin`,
    /// `matter`
    #[arg(value_name = "FROM TO", num_args = 0..=2, add = ArgValueCompleter::new(complete::thing))]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) slots: Slots,
    /// Chains of at most so many steps
    #[arg(long, value_name = "NUMBER", value_parser = steps)]
    pub(crate) steps: Option<usize>,
    /// Which statements would break all the chains if they were narrowed? Searches again for each try
    #[arg(long)]
    pub(crate) cut: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct What {
    /// Who, or a policy; or the question in words: `clavicle what can role/web do`
    #[arg(value_name = "WHO-OR-POLICY", add = ArgValueCompleter::new(complete::who_or_policy))]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) slots: Slots,
    #[command(flatten)]
    pub(crate) reaching: Reaching,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Can {
    /// Who
    #[arg(value_name = "WHO", add = ArgValueCompleter::new(complete::who))]
    pub(crate) who: Option<String>,
    /// What they do: an action or a word
    #[arg(value_name = "ACTION", add = ArgValueCompleter::new(complete::action))]
    pub(crate) what: Option<String>,
    /// The thing
    #[arg(value_name = "THING", add = ArgValueCompleter::new(complete::thing))]
    pub(crate) thing: Option<String>,
    /// Exit with 0 if this is the answer, and with 1 if it is the other one
    #[arg(long, value_name = "ANSWER", value_enum)]
    pub(crate) expect: Option<Expected>,
    #[command(flatten)]
    pub(crate) slots: Slots,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Outside {
    /// Only the doors of this account: its name or id
    #[arg(value_name = "ACCOUNT", add = ArgValueCompleter::new(complete::account))]
    pub(crate) account: Option<String>,
    /// Only what AWS calls public
    #[arg(long)]
    pub(crate) public: bool,
    /// Only the doors, not what lies behind them
    #[arg(long)]
    pub(crate) direct: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// The answer that a test wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Expected {
    Yes,
    No,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Policy files to check, each one policy, a list of them, or what an AWS tool printed; a folder is its `.json` files,
    /// `-` is stdin. Without files the accounts are checked
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,
    /// What kind the policies of the files are; without it each is guessed, and said
    #[arg(long = "type", value_name = "KIND", value_enum)]
    pub(crate) kind: Option<PolicyType>,
    /// Change the files where a proof shows that the access stays the same: spelling, ranges, what is redundant
    #[arg(long)]
    pub(crate) fix: bool,
    /// Only this rule. Again for more; `clavicle explain RULE` says what a rule means
    #[arg(long = "rule", value_name = "RULE", add = ArgValueCompleter::new(complete::rule))]
    pub(crate) rules: Vec<String>,
    /// Exit with 1 if there is a finding of this severity or a worse one. Without it: what `[gate]` of clavicle.toml says,
    /// else `high`
    #[arg(long, value_name = "SEVERITY", value_enum)]
    pub(crate) fail_on: Option<FailOn>,
    /// Exit with 0 whatever is found
    #[arg(long)]
    pub(crate) exit_zero: bool,
    /// Run again each time a file that is named changes, until it is stopped
    #[arg(long, conflicts_with = "fix")]
    pub(crate) watch: bool,
    /// The day that ages are counted to and acceptances have to hold on, `2026-08-22`. Without it ages are counted to the
    /// day of the snapshot
    #[arg(long, value_name = "DAY")]
    pub(crate) now: Option<String>,
    /// The form of the report: text for people, `json` as docs/answer-format.md says, `jsonl` with a finding a line,
    /// `csv`, `md` for a comment, `html`, `sarif`, `junit`
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t)]
    pub(crate) form: CheckForm,
    /// Print every finding, however many there are
    #[arg(long)]
    pub(crate) all: bool,
    /// Put pseudonyms in place of names, numbers of accounts and ARNs, always the same on this computer
    #[arg(long)]
    pub(crate) redact: bool,
    /// Write the report to a file, whole or not at all
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
}

/// The least severity that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FailOn {
    Low,
    Medium,
    High,
    Critical,
}

/// What a policy is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum PolicyType {
    /// A user, group or role
    Identity,
    /// A permission set of IAM Identity Center
    PermissionSet,
    /// A bucket, key, queue or another resource
    Resource,
    /// A role: who may assume it
    Trust,
    /// An organization: what principals can do at most
    Scp,
    /// An organization: what can be done with resources at most
    Rcp,
    /// A VPC endpoint
    Vpce,
}

/// The form of a report of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum CheckForm {
    #[default]
    Text,
    Json,
    Jsonl,
    Csv,
    #[value(alias = "markdown")]
    Md,
    Html,
    Sarif,
    Junit,
    Github,
}

#[derive(Debug, Args)]
pub(crate) struct Open {
    /// Show the question that was asked last
    #[arg(long)]
    pub(crate) last: bool,
    #[command(flatten)]
    pub(crate) evidence: EvidencePlace,
    #[command(flatten)]
    pub(crate) serving: Serving,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) serving: Serving,
}

/// How the web app is served.
#[derive(Debug, Args)]
pub(crate) struct Serving {
    /// Print the address and open no browser
    #[arg(long)]
    pub(crate) no_open: bool,
    /// The port on 127.0.0.1; 0 for any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) port: u16,
}

#[derive(Debug, Args)]
pub(crate) struct Collect {
    /// The profile, as in the AWS CLI
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The region to begin from, as in the AWS CLI
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Read only these regions and not all that are enabled. Again for more, or with commas
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub(crate) regions: Vec<String>,
    /// Read every account of the organization
    #[arg(long)]
    pub(crate) org: bool,
    /// The role to assume in each account of the organization
    #[arg(long, value_name = "NAME")]
    pub(crate) role_name: Option<String>,
    /// What the trust policy of that role asks for as external id
    #[arg(long, value_name = "ID", requires = "role_name")]
    pub(crate) external_id: Option<String>,
    /// Read what this aggregator of AWS Config has recorded of its accounts, and not the services themselves
    #[arg(long, value_name = "NAME", conflicts_with_all = ["org", "regions"])]
    pub(crate) config_aggregator: Option<String>,
    /// List the calls that would be made, and make none
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print the policies that allow these calls and nothing else: several, because one has room for 6,144 characters. With -o
    /// into files in this folder
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) print_policy: bool,
    /// Go on with a collection that was stopped
    #[arg(long)]
    pub(crate) resume: bool,
    /// Exit with 4 if something was not seen
    #[arg(long)]
    pub(crate) strict: bool,
    /// Save the snapshot here and not among the others
    #[arg(short = 'o', long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Files or folders: `aws iam get-account-authorization-details`, AWS Config snapshots, the Organizations API
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,
    /// Save the snapshot here and not among the others
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Record {
    /// The program to run, with its arguments, behind `--`
    #[arg(
        last = true,
        value_name = "COMMAND",
        required_unless_present = "listen",
        conflicts_with = "listen"
    )]
    pub(crate) command: Vec<OsString>,
    /// Run nothing: print what to set where programs run, and record until Ctrl-C
    #[arg(long)]
    pub(crate) listen: bool,
    /// Write the whole record to a file, as docs/record-format.md says
    #[arg(short = 'o', long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Write the policy to a file and not to stdout, where the program writes too
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policy: Option<PathBuf>,
    /// The account of access keys that do not tell theirs
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<AccountId>,
    /// One policy for each caller, or for each process of each. `process` where nothing is run with --listen, else `caller`
    #[arg(long, value_name = "OF", value_enum)]
    pub(crate) each: Option<Each>,
    /// Have SDKs tell of their calls by client-side monitoring, for programs that take no proxy: on which things is not told
    #[arg(long)]
    pub(crate) csm: bool,
    /// Where to listen on 127.0.0.1
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
}

/// What there is one policy for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Each {
    Caller,
    Process,
}

#[derive(Debug, Args)]
pub(crate) struct Unused {
    /// Of whom: `role/web`, an ARN, a workload that runs as a role. Without it: of everybody
    #[arg(value_name = "WHO", add = ArgValueCompleter::new(complete::who))]
    pub(crate) who: Option<String>,
    /// What was last used before this was not used: an age (`90d`, `12w`) back from the newest that the snapshot and the
    /// logs tell of, a day or a time
    #[arg(long, value_name = "WHEN", default_value = Self::SINCE)]
    pub(crate) since: String,
    #[command(flatten)]
    pub(crate) evidence: EvidencePlace,
    /// The form of the answer: text for people, or `json` as docs/answer-format.md says
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t)]
    pub(crate) form: UnusedForm,
    /// List everything, however much it is
    #[arg(long)]
    pub(crate) all: bool,
    /// Write the answer to a file, whole or not at all
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
}

impl Unused {
    /// How long ago it was, where that is not said.
    pub(crate) const SINCE: &str = "90d";
}

/// The form of what was not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum UnusedForm {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Usage {
    /// Files, folders, or `s3://BUCKET/BEGINNING`: the logs of a trail, what `aws cloudtrail lookup-events` printed, rows of
    /// CloudTrail Lake or Athena as JSON or CSV, answers of `aws iam get-service-last-accessed-details`. Packed with gzip or
    /// zstd or not. Of a saved snapshot its reports of last access
    #[arg(value_name = "LOGS", value_hint = ValueHint::AnyPath)]
    pub(crate) logs: Vec<PathBuf>,
    /// The profile of the AWS CLI that reads `s3://…`
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The region to begin from with `s3://…`; the one that the bucket is in is found
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    #[command(flatten)]
    pub(crate) evidence: EvidencePlace,
}

/// Where evidence of use is kept.
#[derive(Debug, Args, Default, Clone)]
pub(crate) struct EvidencePlace {
    /// The file that evidence of use is kept in. Without it: one beside the snapshots
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) evidence: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Snapshots {
    /// Say what was seen of the snapshot and what was not
    #[arg(long)]
    pub(crate) coverage: bool,
    /// Text for people, or `json`: docs/snapshots.schema.json, and with `--coverage` docs/coverage.schema.json
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t)]
    pub(crate) form: TextOrJson,
    #[command(subcommand)]
    pub(crate) change: Option<SnapshotChange>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SnapshotChange {
    /// Remove saved snapshots
    Rm {
        /// Their names, as `clavicle snapshots` lists them
        #[arg(value_name = "NAME", required = true, add = ArgValueCompleter::new(complete::snapshot))]
        names: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// `s3:GetObject`, `s3:Get*`, `read`, `s3:bucket`, `aws:SourceIp`, `s3`, an ARN, `shared-policy`, a policy file, a statement,
    /// what AWS said when it refused a call. `-` reads stdin
    #[arg(value_name = "WHAT", add = ArgValueCompleter::new(complete::action))]
    pub(crate) what: String,
    /// For a word: on which service or resource type (`s3`, `s3:bucket`)
    #[arg(value_name = "TYPE")]
    pub(crate) on: Option<String>,
    /// The form of the answer: text for people, `json` as docs/explained-format.md says
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t)]
    pub(crate) form: TextOrJson,
}

/// The form of what is one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum TextOrJson {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Data {
    #[command(subcommand)]
    pub(crate) change: Option<DataChange>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DataChange {
    /// Say which facts are in use, and where they are from
    Show,
    /// Load newer facts, for every command from now on
    Update {
        /// The folder that `cargo xtask refdata` compiled them into, or the https address of one
        #[arg(long, value_name = "DIR-OR-URL", value_hint = ValueHint::DirPath)]
        from: PathBuf,
    },
    /// Go back to the facts that are built in
    Reset,
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// The file of requests; stdin if none is named
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
    /// Say why, statement by statement
    #[arg(long)]
    pub(crate) explain: bool,
    /// A condition key that may have any value in every request. Again for more
    #[arg(long, value_name = "KEY")]
    pub(crate) unknown: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Prove {
    #[command(subcommand)]
    pub(crate) claim: Claim,
}

/// What is to be proved. Exit code 0: it is; 1: it is not so, with a request that shows it; 3: not known.
#[derive(Debug, Subcommand)]
pub(crate) enum Claim {
    /// WHO can never do ACTION with THING, by all policies of all layers, whatever the request carries
    Never(Can),
    /// WHO can do nothing with THING that THAN cannot, by all policies of all layers, whatever the request carries
    NoMore(NoMore),
    /// NEW allows nothing that OLD does not (as CheckNoNewAccess of IAM Access Analyzer). OLD may be a zone of trust
    NoNewAccess(TwoPolicies),
    /// Both policies allow the same
    Equal(TwoPolicies),
    /// The policies allow nothing in common
    Disjoint(TwoPolicies),
    /// The policy allows none of these actions on any of these resources (as CheckAccessNotGranted)
    NotGranted(NotGranted),
    /// The policy of a resource lets nobody in whom it does not name (as CheckNoPublicAccess)
    NotPublic(OnePolicy),
    /// The policy allows nothing outside of a zone of trust; what it does, label by label (as findings of IAM Access Analyzer)
    Findings(FindingsOf),
}

#[derive(Debug, Args)]
pub(crate) struct FindingsOf {
    #[command(flatten)]
    pub(crate) policy: OnePolicy,
    /// What is trusted: an account, an organization (`o-…`), or a file with a policy that allows what is. Again for more;
    /// without it nothing is, and all that the policy allows is listed
    #[arg(long, value_name = "WHO")]
    pub(crate) trust: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct NoMore {
    /// Who
    #[arg(value_name = "WHO", add = ArgValueCompleter::new(complete::who))]
    pub(crate) who: String,
    /// Beside whom
    #[arg(value_name = "THAN", add = ArgValueCompleter::new(complete::who))]
    pub(crate) than: String,
    /// The thing
    #[arg(value_name = "THING", add = ArgValueCompleter::new(complete::thing))]
    pub(crate) thing: String,
    /// Where THAN stands, if not in the same accounts: a snapshot or files, as `-s` takes them. The same name twice compares
    /// two states
    #[arg(long, value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub(crate) than_in: Option<PathBuf>,
    /// Of an action, a pattern of actions or a word alone; without it of all that are done to such things
    #[arg(long = "do", value_name = "ACTION", add = ArgValueCompleter::new(complete::action))]
    pub(crate) action: Option<String>,
    /// What holds of a condition key: `mfa`, `aws:SourceIp=10.0.0.1`. Again for more keys or values
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) when: Vec<String>,
    /// The form of the answer
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t)]
    pub(crate) form: TextOrJson,
}

#[derive(Debug, Args)]
pub(crate) struct TwoPolicies {
    /// A policy file; `-` reads stdin
    #[arg(value_name = "OLD", value_hint = ValueHint::FilePath)]
    pub(crate) old: PathBuf,
    /// The other one
    #[arg(value_name = "NEW", value_hint = ValueHint::FilePath)]
    pub(crate) new: PathBuf,
    /// The form of the answer
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t)]
    pub(crate) form: TextOrJson,
}

#[derive(Debug, Args)]
pub(crate) struct OnePolicy {
    /// A policy file; `-` reads stdin
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The form of the answer
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t)]
    pub(crate) form: TextOrJson,
}

#[derive(Debug, Args)]
pub(crate) struct NotGranted {
    #[command(flatten)]
    pub(crate) policy: OnePolicy,
    /// An action or a pattern of actions. Again for more
    #[arg(long = "do", value_name = "ACTION", add = ArgValueCompleter::new(complete::action))]
    pub(crate) actions: Vec<String>,
    /// A pattern of ARNs, as `Resource` has it, or `s3://bucket` for a bucket and all in it. Again for more; without it any
    /// resource
    #[arg(long = "on", value_name = "ARN")]
    pub(crate) resources: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// What it was: a policy file; or a saved snapshot (by name, or `last-week`), a file or folder of AWS's tools, `demo`. A plan of
    /// Terraform alone is compared with what is there before it
    #[arg(value_name = "OLD", value_hint = ValueHint::AnyPath)]
    pub(crate) old: PathBuf,
    /// What it is, of the same kind, or a plan or template that is laid over OLD. Without it: the snapshot that was saved
    /// last
    #[arg(value_name = "NEW", value_hint = ValueHint::AnyPath)]
    pub(crate) new: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) changes: Changes,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// For which builds; without it only `clavicle.toml` is written. The folder of the policies is named by `--src`
    #[arg(long, value_name = "KIND", value_enum)]
    pub(crate) ci: Option<Ci>,
    /// Write over what is there
    #[arg(long)]
    pub(crate) force: bool,
    /// Print what would be written, and write nothing
    #[arg(long)]
    pub(crate) print: bool,
}

/// What runs builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Ci {
    Github,
    Gitlab,
    PreCommit,
}

/// How changes are told.
#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// The form of the answer: text for people, `json` as docs/changes-format.md says, `md` for a comment of a pull
    /// request, `sarif`, `junit`, and `github` for annotations
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t)]
    pub(crate) form: ChangesForm,
    /// Print every row, however many there are
    #[arg(long)]
    pub(crate) all: bool,
    /// Exit with 0 though somebody can do more
    #[arg(long)]
    pub(crate) exit_zero: bool,
    /// Run again each time a file that is named changes, until it is stopped
    #[arg(long)]
    pub(crate) watch: bool,
    /// Write the answer to a file, whole or not at all
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
}

/// The form of what `diff` and `try` answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum ChangesForm {
    #[default]
    Text,
    Json,
    #[value(alias = "markdown")]
    Md,
    Sarif,
    Junit,
    Github,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// For Graphviz, for yEd and Gephi, for Neo4j as statements or as two tables, for BloodHound
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t)]
    pub(crate) form: ExportForm,
    /// Write to a file, whole or not at all; of `csv` the folder for the two tables
    #[arg(long, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub(crate) out: Option<PathBuf>,
}

/// The form of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum ExportForm {
    #[default]
    Dot,
    Graphml,
    Cypher,
    Csv,
    Opengraph,
}

#[derive(Debug, Args)]
pub(crate) struct WhatIf {
    /// Another text for a policy: `policy/x`, `scp/x`, `role/x#NAME`, `role/x#trust`, `s3://bucket`. `-` reads stdin
    #[arg(long = "edit", value_name = "POLICY=FILE")]
    pub(crate) edits: Vec<String>,
    /// A policy goes, with all its attachments; or a user, group or role, with its own policies
    #[arg(long = "delete", value_name = "POLICY-OR-WHO")]
    pub(crate) deletes: Vec<String>,
    /// A policy is attached to a user, group or role; one of the organization to an account, a unit or a root
    #[arg(long = "attach", value_name = "POLICY=WHO")]
    pub(crate) attaches: Vec<String>,
    /// A policy is attached no more
    #[arg(long = "detach", value_name = "POLICY=WHO")]
    pub(crate) detaches: Vec<String>,
    /// A policy becomes the permissions boundary of a user or role, in the place of another
    #[arg(long = "boundary", value_name = "POLICY=WHO")]
    pub(crate) boundaries: Vec<String>,
    /// A user or role has no permissions boundary any more
    #[arg(long = "no-boundary", value_name = "WHO")]
    pub(crate) unbounded: Vec<String>,
    /// Say what was used since and is lost: an age (`90d`, `12w`), a day or a time
    #[arg(long, value_name = "WHEN")]
    pub(crate) used: Option<String>,
    #[command(flatten)]
    pub(crate) evidence: EvidencePlace,
    #[command(flatten)]
    pub(crate) changes: Changes,
}

#[derive(Debug, Args)]
pub(crate) struct Suggest {
    /// Whose use is looked at: `role/web`, `group/devs`, `permission-set/Dev`, an ARN, a workload that runs as a role. For a
    /// task: nobody's
    #[arg(value_name = "WHO", add = ArgValueCompleter::new(complete::who))]
    pub(crate) who: Option<String>,
    /// What was last used before this was not used: an age (`90d`, `12w`), a day or a time. `90d` if it is not said
    #[arg(long, value_name = "WHEN", requires = "who")]
    pub(crate) used: Option<String>,
    #[command(flatten)]
    pub(crate) evidence: EvidencePlace,
    /// A recording: the JSON file that `record` wrote. With WHO, of what they have today, what it did not need goes
    #[arg(long, value_name = "FILE", conflicts_with = "used", value_hint = ValueHint::FilePath)]
    pub(crate) from: Option<PathBuf>,
    /// A thing whose content is to be listed. Again for more, as with the others
    #[arg(long, value_name = "THING", add = ArgValueCompleter::new(complete::thing))]
    pub(crate) list: Vec<String>,
    /// A thing that is to be read
    #[arg(long, value_name = "THING", add = ArgValueCompleter::new(complete::thing))]
    pub(crate) read: Vec<String>,
    /// A thing that is to be written
    #[arg(long, value_name = "THING", add = ArgValueCompleter::new(complete::thing))]
    pub(crate) write: Vec<String>,
    /// A thing that is to be deleted, or of which parts are
    #[arg(long, value_name = "THING", add = ArgValueCompleter::new(complete::thing))]
    pub(crate) delete: Vec<String>,
    /// A thing that is to be run
    #[arg(long, value_name = "THING", add = ArgValueCompleter::new(complete::thing))]
    pub(crate) run: Vec<String>,
    /// One action on one thing: `--do s3:GetBucketAcl=s3://b`
    #[arg(long = "do", value_name = "ACTION=THING")]
    pub(crate) actions: Vec<String>,
    /// Let in by a tag what goes by it: to all things of a type that bear the value of TAG that the caller bears. What
    /// cannot go by it stays by ARN
    #[arg(long, value_name = "TAG")]
    pub(crate) abac: Option<String>,
    #[command(flatten)]
    pub(crate) how: How,
    /// List everything, however much it is
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) written: Written,
}

#[derive(Debug, Args)]
pub(crate) struct Trimming {
    /// From whom: `role/web`, `group/devs`, `permission-set/Dev`, an ARN, a workload that runs as a role
    #[arg(value_name = "WHO", add = ArgValueCompleter::new(complete::who))]
    pub(crate) who: String,
    /// What was last used before this was not used: an age (`90d`, `12w`), a day or a time
    #[arg(long, value_name = "WHEN", default_value = "90d")]
    pub(crate) used: String,
    #[command(flatten)]
    pub(crate) evidence: EvidencePlace,
    #[command(flatten)]
    pub(crate) how: How,
    /// The form: text for people, `json` as docs/suggestion-format.md says; `sh`, `tf`, `cfn` for the commands of the AWS CLI,
    /// the configuration of Terraform, the template of CloudFormation alone
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t)]
    pub(crate) form: TrimForm,
    /// List everything, however much it is
    #[arg(long)]
    pub(crate) all: bool,
    /// Write the plan into a folder that is not there yet: the commands, those that undo them, the texts old and new
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
}

/// The form of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum TrimForm {
    #[default]
    Text,
    Json,
    Sh,
    #[value(alias = "terraform")]
    Tf,
    #[value(alias = "cloudformation")]
    Cfn,
}

/// How a policy is to be made.
#[derive(Debug, Args)]
pub(crate) struct How {
    /// How far a thing stands for others: for itself, for what lies in the same folder, for all of its type in its account
    #[arg(long, value_name = "REACH", value_enum, default_value_t)]
    pub(crate) resources: Reach,
    /// Write several actions as one with a wildcard where it matches exactly those that AWS has today. It will also match
    /// those that AWS adds
    #[arg(long)]
    pub(crate) wildcards: bool,
    /// Where the policy is to go: AWS has a quota for each
    #[arg(long = "for", value_name = "PLACE", value_enum, default_value_t)]
    pub(crate) place: Place,
}

/// How far a thing stands for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Reach {
    #[default]
    Exact,
    Folder,
    Type,
}

#[derive(Debug, Args)]
pub(crate) struct Minimize {
    /// The policy; `-` reads stdin
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Write several actions as one with a wildcard where it matches exactly those that AWS has today. It will also match
    /// those that AWS adds
    #[arg(long)]
    pub(crate) wildcards: bool,
    /// Where it is to go: into managed policies, as many as it takes, or among the inline policies of a user, group or role
    #[arg(long = "for", value_name = "PLACE", value_enum, default_value_t)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) written: Written,
}

/// Where a policy is to go: AWS has a quota for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Place {
    #[default]
    Managed,
    User,
    Group,
    Role,
}

/// How a policy is written.
#[derive(Debug, Args)]
pub(crate) struct Written {
    /// The form: text for people, `json` for programs, the bare `policy`, `tf` for Terraform, `cfn` for
    /// CloudFormation
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t)]
    pub(crate) form: PolicyForm,
    /// The name of the policy in `tf` and `cfn`
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Write the answer to a file, whole or not at all
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
}

/// The form of a policy that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum PolicyForm {
    #[default]
    Text,
    Json,
    Policy,
    #[value(alias = "terraform")]
    Tf,
    #[value(alias = "cloudformation")]
    Cfn,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(crate) shell: Shell,
}

/// A shell that completions can be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Typed::command().debug_assert();
    }
}
