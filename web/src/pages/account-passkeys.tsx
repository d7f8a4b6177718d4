import { useState } from "preact/hooks";
import { ApiError, request } from "../api/client.ts";
import { confirmPasskeyDocument, proposePasskeyDocument, removePasskeyDocument, renamePasskeyDocument } from "../api/documents.ts";
import { hasPasskeys, makePasskey } from "../api/passkeys.ts";
import type { Account, Passkey } from "../api/types.ts";
import { Dialog } from "../components/dialog.tsx";
import { Field, Form } from "../components/form.tsx";
import { Table } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import type { CreationJson } from "../lib/passkeys.ts";
import { peopleText } from "../text-people.ts";

const texts = peopleText.passkeys;

interface Change {
  kind: "rename" | "remove";
  passkey: Passkey;
}

function PasskeyTable({ rows, onChange }: { rows: Passkey[]; onChange: (change: Change) => void }) {
  return (
    <Table
      caption="Passkeys"
      rows={rows}
      rowKey={(row) => row.id}
      columns={[
        { head: "Name", cell: (row) => row.name },
        { head: "Added", cell: (row) => <Time value={row.createdAt} /> },
        { head: "Last used", cell: (row) => (row.lastUsedAt === null ? "never" : <Time value={row.lastUsedAt} />) },
        {
          head: "Action",
          cell: (passkey) => (
            <span class="actions">
              <button type="button" aria-label={`Rename ${passkey.name}`} onClick={() => onChange({ kind: "rename", passkey })}>
                Rename
              </button>
              <button type="button" aria-label={`Remove ${passkey.name}`} onClick={() => onChange({ kind: "remove", passkey })}>
                Remove
              </button>
            </span>
          ),
        },
      ]}
    />
  );
}

/** Closes its dialog. */
function Cancel() {
  return (
    <form method="dialog" class="actions">
      <button type="submit">Cancel</button>
    </form>
  );
}

function RenameDialog({ passkey, onDone, onClose }: { passkey: Passkey; onDone: () => void; onClose: () => void }) {
  const rename = async ({ name = "" }: Record<string, string>): Promise<void> => {
    await request(renamePasskeyDocument, { input: { id: passkey.id, name } });
    onDone();
  };
  return (
    <Dialog label="Rename a passkey" onClose={onClose}>
      <h2>Rename {passkey.name}</h2>
      <Form label="Rename a passkey" submit="Rename" className="decide" onSubmit={rename}>
        <Field label="New name" name="name" defaultValue={passkey.name} required maxLength={100} autoComplete="off" autofocus />
      </Form>
      <Cancel />
    </Dialog>
  );
}

function RemoveDialog({ passkey, onDone, onClose }: { passkey: Passkey; onDone: () => void; onClose: () => void }) {
  const remove = async ({ password = "" }: Record<string, string>): Promise<void> => {
    await request(removePasskeyDocument, { id: passkey.id, password });
    onDone();
  };
  return (
    <Dialog label="Remove a passkey" onClose={onClose}>
      <h2>Remove {passkey.name}?</h2>
      <p>{texts.remove}</p>
      <Form label="Remove a passkey" submit="Remove the passkey" className="decide" onSubmit={remove}>
        <Field label="Password" name="password" type="password" autoComplete="current-password" required autofocus />
      </Form>
      <Cancel />
    </Dialog>
  );
}

function NewPasskeyForm({ account, onDone }: { account: Account; onDone: (name: string) => void }) {
  const add = async ({ name = "", password = "" }: Record<string, string>): Promise<void> => {
    // Asked before the authenticator is: what it has made stays there.
    if (account.passkeys.some((known) => known.name === name)) throw new ApiError(texts.taken, 0);
    const { options } = (await request<{ proposePasskey: { options: CreationJson } }>(proposePasskeyDocument, { password })).proposePasskey;
    await request(confirmPasskeyDocument, { input: { name, ...(await makePasskey(options)) } });
    onDone(name);
  };
  return (
    <Form label="Add a passkey" submit="Add a passkey" className="filters" onSubmit={add}>
      <Field label="Name" name="name" placeholder={texts.example} required maxLength={100} autoComplete="off" />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
    </Form>
  );
}

/** Passkeys of the person: added, renamed, removed. */
export function Passkeys({ account, reload }: { account: Account; reload: () => void }) {
  const [change, setChange] = useState<Change | null>(null);
  const [done, setDone] = useState("");
  const finish = (text: string): void => {
    setChange(null);
    setDone(text);
    reload();
  };
  const dialog = change !== null && { passkey: change.passkey, onClose: () => setChange(null) };
  return (
    <section aria-labelledby="passkeys">
      <h2 id="passkeys">Passkeys</h2>
      <p class="soft">{texts.lead}</p>
      {done !== "" && <p role="status">{done}</p>}
      {account.passkeys.length > 0 && <PasskeyTable rows={account.passkeys} onChange={setChange} />}
      {!hasPasskeys() && <p>{texts.failed.unsupported}</p>}
      {hasPasskeys() && !account.hasPassword && <p>{texts.noPassword}</p>}
      {hasPasskeys() && account.hasPassword && <NewPasskeyForm account={account} onDone={(name) => finish(texts.added(name))} />}
      {dialog !== false && change?.kind === "rename" && <RenameDialog {...dialog} onDone={() => finish(texts.renamed)} />}
      {dialog !== false && change?.kind === "remove" && <RemoveDialog {...dialog} onDone={() => finish(texts.removed)} />}
    </section>
  );
}
