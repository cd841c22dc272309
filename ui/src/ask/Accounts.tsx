import { useState } from "preact/hooks";
import { address } from "../api/call";
import { shown, useFetched } from "../api/fetched";
import type { AccountsPage, AccountSummary, Summary } from "../api/summary";
import { Pager } from "../list/Pager";
import { ErrorBox } from "../shell/ErrorBox";
import { number } from "../text/count";
import { Name } from "../text/Name";

/** Every account: where there are more than were sent with the summary, they are found by their name. */
export function Accounts({ summary, onAccount }: { summary: Summary; onAccount: (id: string) => void }) {
  const [find, setFind] = useState("");
  const [from, setFrom] = useState(0);
  const many = summary.counts.accounts > summary.accounts.length;
  const asked = find.trim() !== "" || from > 0;
  const found = useFetched<AccountsPage>(asked ? address("accounts", { find: find.trim(), from: from === 0 ? null : from }) : null, "clavicle.accounts/1");
  const page = asked ? shown(found) : null;
  const accounts = page?.accounts ?? summary.accounts;
  return (
    <>
      {many && (
        <input
          class="combobox-input account-find"
          type="search"
          aria-label="find an account"
          placeholder="find an account"
          value={find}
          onInput={(event) => {
            setFind(event.currentTarget.value);
            setFrom(0);
          }}
        />
      )}
      {/* Accounts that nobody looked through for the words are no answer to them. */}
      {found.state === "failed" ? <ErrorBox error={found.error} /> : (
        <>
          <ul class="account-list" aria-busy={asked && found.state === "loading"}>
            {accounts.map((account) => <li key={account.id}><AccountButton account={account} onAccount={onAccount} /></li>)}
          </ul>
          {asked && page !== null && page.total === 0 && <p class="quiet" role="status">No account has these words.</p>}
          {many && <Pager total={page?.total ?? summary.counts.accounts} from={page?.from ?? 0} shown={accounts.length} onFrom={setFrom} />}
        </>
      )}
    </>
  );
}

function AccountButton({ account, onAccount }: { account: AccountSummary; onAccount: (id: string) => void }) {
  return (
    <button type="button" class="account" onClick={() => onAccount(account.id)}>
      <span class="account-name"><Name text={account.name} most={32} /></span>
      <span class="account-id mono">{account.id}</span>
      <span class="account-facts">
        {number(account.identities)} identities · {number(account.things)} things
        {account.unit !== null && account.unit !== "" && (
          <>
            {" · "}
            <Name text={account.unit} most={32} />
          </>
        )}
      </span>
    </button>
  );
}
