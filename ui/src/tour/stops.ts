import { HOME, type Place } from "../place/place";

export interface Stop {
  title: string;
  text: string;
  /** The same on the command line. */
  command: string;
  place: Place;
}

const POLICY = "policy/shared-ops";
const INVOICES = "s3://paperboat-invoices";

/** Five stops over Paperboat Books: each is a place of the app like any other, with the command that says the same. */
export const STOPS: readonly Stop[] = [
  {
    title: "An account that nobody knows",
    text: "Account 999999999999 can become a role of staging: its trust policy has no guard, and nobody has written down whose account it is.",
    command: "clavicle outside -s demo",
    place: { ...HOME, view: "border", pick: "acct/999999999999 → staging:role/LogShipper" },
  },
  {
    title: "The chain",
    text: "That role may change a function, the function runs as another role, and so on: five keys, handed on, end at the invoices of every customer.",
    command: `clavicle path acct/999999999999 ${INVOICES} -s demo`,
    place: { ...HOME, view: "ask", question: { in: "words", text: `path acct/999999999999 ${INVOICES}` }, answer: "0" },
  },
  {
    title: "The cheapest cut",
    text: "Several chains lead to the invoices, and all of them pass one statement. Narrowing that one breaks them all; the others need no change.",
    command: `clavicle who ${INVOICES} --do read --cut -s demo`,
    place: { ...HOME, view: "ask", question: { in: "words", text: `who can read ${INVOICES}` }, cut: true },
  },
  {
    title: "What if?",
    text: "Try it on a copy: edit the statement, or delete the policy, and read who loses what before anything is changed in AWS.",
    command: `clavicle try --delete staging:${POLICY} -s demo`,
    place: { ...HOME, view: "changes", pick: `staging:${POLICY}` },
  },
  {
    title: "The smaller policy",
    text: "This policy is shared by tasks that have nothing to do with each other. Each line says what it gives; one policy for each task would give far less.",
    command: `clavicle what staging:${POLICY} -s demo`,
    place: { ...HOME, view: "policies", pick: `staging:${POLICY}` },
  },
];
