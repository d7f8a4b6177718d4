import { useState } from "preact/hooks";
import { request, toApiError, type ApiError } from "../api/client.ts";
import {
  accountDocument,
  confirmAppDocument,
  createTokenDocument,
  endSessionDocument,
  proposeAppDocument,
  removeAppDocument,
  revokeTokenDocument,
  setPasswordDocument,
  updateAccountDocument,
} from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { Account, LoginSession } from "../api/types.ts";
import { Command } from "../components/command.tsx";
import { Facts } from "../components/facts.tsx";
import { Field, Form } from "../components/form.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Failure, Loaded } from "../components/state.tsx";
import { Badge } from "../components/status.tsx";
import { Table } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { TokenTable } from "../components/token-table.tsx";
import { expiryAfter } from "../lib/tokens.ts";
import { peopleText } from "../text-people.ts";
import { Passkeys } from "./account-passkeys.tsx";

type Act = (work: () => Promise<void>) => Promise<void>;

function Password({ account, reload }: { account: Account; reload: () => void }) {
  const [isDone, setDone] = useState(false);
  const save = async ({ email = "", current = "", password = "" }: Record<string, string>): Promise<void> => {
    if (account.email === "") await request(updateAccountDocument, { input: { email } });
    await request(setPasswordDocument, { input: { current, password } });
    setDone(true);
    reload();
  };
  return (
    <section aria-labelledby="password">
      <h2 id="password">Password</h2>
      <p class="soft">{account.hasPassword ? peopleText.account.password : peopleText.account.noPassword}</p>
      {isDone && <p role="status">The password was changed; other sessions have ended.</p>}
      <Form label="Password" submit={account.hasPassword ? "Change the password" : "Set a password"} className="filters" onSubmit={save}>
        {account.email === "" && <Field label="E-mail address" name="email" type="email" autoComplete="username" required />}
        {account.hasPassword && <Field label="Current password" name="current" type="password" autoComplete="current-password" required />}
        <Field label="New password" name="password" type="password" autoComplete="new-password" required minLength={10} />
      </Form>
    </section>
  );
}

interface Proposal {
  secret: string;
  uri: string;
}

function App({ account, reload }: { account: Account; reload: () => void }) {
  const [proposal, setProposal] = useState<Proposal | null>(null);
  const [codes, setCodes] = useState<string[]>([]);
  const propose = async ({ password = "" }: Record<string, string>): Promise<void> =>
    setProposal((await request<{ proposeApp: Proposal }>(proposeAppDocument, { password })).proposeApp);
  const confirm = async ({ code = "" }: Record<string, string>): Promise<void> => {
    setCodes((await request<{ confirmApp: { codes: string[] } }>(confirmAppDocument, { code })).confirmApp.codes);
    setProposal(null);
    reload();
  };
  const remove = async ({ password = "" }: Record<string, string>): Promise<void> => {
    await request(removeAppDocument, { password });
    setCodes([]);
    reload();
  };
  const askPassword = <Field label="Password" name="password" type="password" autoComplete="current-password" required />;
  return (
    <section aria-labelledby="code-app">
      <h2 id="code-app">One-time codes</h2>
      <p class="soft">{account.hasApp ? peopleText.account.hasApp(account.recoveryCodesLeft) : peopleText.account.noApp}</p>
      {codes.length > 0 && (
        <section class="notice notice-ok" role="status" aria-label="Recovery codes">
          <p>{peopleText.account.codes}</p>
          <Command>{codes.join("\n")}</Command>
        </section>
      )}
      {account.hasApp && (
        <Form label="Remove the app" submit="Remove the app" className="filters" onSubmit={remove}>
          {askPassword}
        </Form>
      )}
      {!account.hasApp && proposal === null && account.hasPassword && (
        <Form label="Set up an app" submit="Set up an app" className="filters" onSubmit={propose}>
          {askPassword}
        </Form>
      )}
      {proposal !== null && (
        <>
          <p>{peopleText.account.proposal}</p>
          <Command>{proposal.secret}</Command>
          <p>
            <a href={proposal.uri}>Open an app on this device</a>
          </p>
          <Form label="First code" submit="Turn it on" className="filters" onSubmit={confirm}>
            <Field label="First code of the app" name="code" inputMode="numeric" autoComplete="one-time-code" required />
          </Form>
        </>
      )}
    </section>
  );
}

function Sessions({ rows, onEnd }: { rows: LoginSession[]; onEnd: (row: LoginSession) => void }) {
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      <Table
        caption="Sessions"
        rows={rows}
        rowKey={(row) => row.id}
        columns={[
          { head: "Browser", cell: (row) => <span class="cut" title={row.userAgent}>{row.userAgent}</span> },
          { head: "Address", cell: (row) => row.lastUsedIP },
          { head: "Began", cell: (row) => <Time value={row.createdAt} /> },
          { head: "Last used", cell: (row) => <Time value={row.lastUsedAt} /> },
          { head: "Ends", cell: (row) => <Time value={row.expiresAt} /> },
          {
            head: "Action",
            cell: (row) =>
              row.isCurrent ? (
                <Badge tone="ok">this one</Badge>
              ) : (
                <button type="button" aria-label={`End the session of ${row.lastUsedIP}`} onClick={() => onEnd(row)}>
                  End
                </button>
              ),
          },
        ]}
      />
    </section>
  );
}

function Tokens({ account, act }: { account: Account; act: Act }) {
  const [secret, setSecret] = useState("");
  const create = ({ days = "90" }: Record<string, string>): Promise<void> =>
    act(async () => {
      const made = await request<{ createToken: { secret: string } }>(createTokenDocument, { input: { expiresAt: expiryAfter(Number(days), Date.now()) } });
      setSecret(made.createToken.secret);
    });
  return (
    <section aria-labelledby="tokens">
      <h2 id="tokens">Personal tokens</h2>
      <p class="soft">{peopleText.account.tokens}</p>
      {secret !== "" && (
        <section class="notice notice-ok" role="status" aria-label="New token">
          <p>{peopleText.tokens.shownOnce}</p>
          <Command>{secret}</Command>
        </section>
      )}
      <Form label="New personal token" submit="Create a token" className="filters" onSubmit={create}>
        <label class="filter">
          Valid for
          <select name="days">
            <option value="30">30 days</option>
            <option value="90" selected>
              90 days
            </option>
            <option value="365">a year</option>
            <option value="0">without end</option>
          </select>
        </label>
      </Form>
      {account.tokens.length > 0 && (
        <TokenTable rows={account.tokens} onRevoke={({ id }) => void act(async () => void (await request(revokeTokenDocument, { id })))} />
      )}
    </section>
  );
}

/** What a person has here, and what gets them in. */
export function AccountPage() {
  const [remote, reload] = useRemote<{ account: Account }>(accountDocument);
  const [error, setError] = useState<ApiError | null>(null);
  const act: Act = async (work) => {
    setError(null);
    await work().catch((failure: unknown) => setError(toApiError(failure)));
    reload();
  };
  return (
    <>
      <PageHead title="My account" />
      {error !== null && <Failure error={error} />}
      <Loaded remote={remote} reload={reload}>
        {({ account }) => (
          <div class="sections">
            <Facts
              rows={[
                ["Name", account.name],
                ["E-mail address", account.email === "" ? "none yet" : account.email],
              ]}
            />
            <Password account={account} reload={reload} />
            <Passkeys account={account} reload={reload} />
            <App account={account} reload={reload} />
            <Sessions rows={account.sessions} onEnd={({ id }) => void act(async () => void (await request(endSessionDocument, { id })))} />
            <Tokens account={account} act={act} />
          </div>
        )}
      </Loaded>
    </>
  );
}
