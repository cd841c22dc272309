import type { Step, StepMethod } from "../api/answer";
import { shapeKindOf } from "../mark/KindGlyph";

type Words = Pick<StepMethod, "misuse" | "fix" | "check">;

/**
 * What every kind of step means for people who are not experts: how it could be misused, what to do, how to check. Some mean
 * something else for some who begin them (`becomes, provider`) or for some things (`writes, workload`).
 */
export const PLAIN: Record<string, Words> = {
  becomes: {
    misuse: "Whoever becomes the role can do all that the role may do. Stolen credentials of the one are as good as those of the other.",
    fix: "Let the trust policy name only those who need the role, and ask for a condition that only they meet.",
    check: "Ask whether they can still become the role: the answer should be no.",
  },
  "becomes, outside": {
    misuse: "Whoever has power over that account, or takes it over, can do all that the role may do.",
    fix: "Let the trust policy name only those who need the role, and ask for a condition that only they meet.",
    check: "Ask whether they can still become the role: the answer should be no.",
  },
  "becomes, provider": {
    misuse: "Whoever signs in there and meets the conditions can do all that the role may do. Who that is, the provider says, and not AWS.",
    fix: "Let the condition name the one repository, environment or group that needs the role, without a star.",
    check: "Look who gets in from outside: the guard of this role should name nobody but them.",
  },
  "becomes, Identity Center": {
    misuse: "Whoever has this permission set for this account in IAM Identity Center can do all that the role may do.",
    fix: "In IAM Identity Center, take the permission set from those who do not need it here, or narrow it.",
    check: "Look at its assignments in IAM Identity Center: nobody in the list should be a surprise.",
  },
  "runs as": {
    misuse: "Whoever gets to run code there gets the credentials of the role. A fault in that code is enough.",
    fix: "Give the workload a role of its own that may do what its code needs, and no more.",
    check: "Ask what the role can do: nothing in the list should be a surprise.",
  },
  controls: {
    misuse: "Whoever controls a thing can change what it does or who may use it. What runs there then works for them.",
    fix: "Narrow the statement to the things of this task, or change them through a pipeline that is reviewed.",
    check: "Ask whether they can still control it: the answer should be no.",
  },
  lists: {
    misuse: "Names tell what there is and where to look next. They are often the first step, and seldom the last.",
    fix: "Narrow the statement to what this task has to list.",
    check: "Ask whether they can still list it: the answer should be no.",
  },
  reads: {
    misuse: "What was read can be copied and kept. Taking the right away later does not bring the copy back.",
    fix: "Narrow the statement to the part that this task reads, or ask for a condition such as a second factor.",
    check: "Ask whether they can still read it: the answer should be no.",
  },
  writes: {
    misuse: "What others rely on can be replaced without a trace in the content. Programs that read it act on what stands there.",
    fix: "Narrow the statement to the part that this task writes, and keep older versions.",
    check: "Ask whether they can still write it: the answer should be no.",
  },
  "reads, key": {
    misuse: "What is encrypted with this key can be opened by whoever gets hold of it as well.",
    fix: "Narrow the statement to the keys of this task, or let the key be used only through the service that keeps the data.",
    check: "Ask whether they can still use it: the answer should be no.",
  },
  "writes, key": {
    misuse: "Things can be encrypted with this key. Only those whom the key lets in can read them then.",
    fix: "Narrow the statement to the keys of this task.",
    check: "Ask whether they can still use it: the answer should be no.",
  },
  "writes, workload": {
    misuse: "What others rely on can be stopped, started anew or set otherwise. What depends on it stops with it.",
    fix: "Narrow the statement to the things of this task, or let a pipeline that is reviewed do it.",
    check: "Ask whether they can still change it: the answer should be no.",
  },
  deletes: {
    misuse: "What is deleted may be lost, by mistake or for ransom.",
    fix: "Let only few delete, ask for a second factor, and keep versions or backups elsewhere.",
    check: "Ask whether they can still delete it: the answer should be no.",
  },
  runs: {
    misuse: "It does for them what it does for others, as often as they like, with the input they choose.",
    fix: "Narrow the statement to what this task has to run.",
    check: "Ask whether they can still run it: the answer should be no.",
  },
  everyone: {
    misuse: "Anybody in the world can: nobody was let in by name.",
    fix: "Name in Principal only those who need it. Where it is meant to be public, accept it, with a reason and a day on which to look again.",
    check: "Ask whether everyone still can: the answer should be no.",
  },
  touches: {
    misuse: "Any permission that the task does not need is there for whoever takes the task over.",
    fix: "Narrow the statement to the actions and things of this task.",
    check: "Ask whether they can still do it: the answer should be no.",
  },
};

/** The words of a step: those of its method, else those of its kind. */
export function stepWords(step: Step): Words {
  return step.method ?? PLAIN[`${step.relation}, ${sortOf(step)}`] ?? (step.from.kind === "everyone" && step.relation !== "becomes" ? PLAIN.everyone : undefined) ?? PLAIN[step.relation] ?? (PLAIN.touches as Words);
}

/** What makes a step mean something else than most of its kind: of a role, who becomes it; of a thing, what it is. */
function sortOf({ relation, from, to }: Step): string {
  if (relation === "becomes") return isOfIdentityCenter(from.name) ? "Identity Center" : from.kind;
  if (to.kind === "kms:key") return "key";
  return /^rds:/.test(to.kind) ? "workload" : shapeKindOf(to.kind);
}

/** IAM Identity Center makes a provider of its own in every account: `AWSSSO_0a1b_DO_NOT_DELETE`. */
function isOfIdentityCenter(provider: string): boolean {
  return /provider\/AWSSSO_\w+_DO_NOT_DELETE$/.test(provider);
}

/** Who does what to what. The conditions and the method have lines of their own below, so they are not said twice. */
export function stepSentence(step: Step): string {
  let sentence = step.sentence;
  const conditions = `, if ${step.if.map((each) => each.replace(/^if /, "")).join(" and ")}`;
  if (step.if.length > 0 && sentence.endsWith(conditions)) sentence = sentence.slice(0, -conditions.length);
  const title = step.method?.title ?? "";
  const way = `: ${title.slice(0, 1).toLowerCase()}${title.slice(1)}`;
  return title !== "" && sentence.endsWith(way) ? sentence.slice(0, -way.length) : sentence;
}

/** Sentence by sentence: each stands on a line of its own. A full stop inside of a name ends none. */
export function sentences(text: string): string[] {
  return text.split(/(?<=[.!?:]) +(?=[A-Z])/).filter((each) => each !== "");
}

/** The question whose answer is no once it is mended: on the command line, for a test that stays. Of a method, its first request. */
export function checkCommand(step: Step): string | null {
  // Of those a provider vouches for, some are meant to get in: what is asked of them stands in the list.
  if (step.from.kind === "provider") return "clavicle outside";
  const [first] = step.requests;
  const [by, action, on] = first === undefined ? [step.from.name, step.action, step.to.name] : [first.by, first.action, first.on];
  if (action === null) return null;
  const quote = (name: string) => (/[^\w:/.@*+=,-]/.test(name) ? `'${name.replaceAll("'", "'\\''")}'` : name);
  return `clavicle can ${quote(by)} ${quote(action)} ${quote(on)} --expect no`;
}
