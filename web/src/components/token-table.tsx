import type { Token } from "../api/types.ts";
import { rightsOf, stateOf, type TokenState } from "../lib/tokens.ts";
import { Badge, type Tone } from "./status.tsx";
import { Table, type Column } from "./table.tsx";
import { Time } from "./time.tsx";

const tones: Record<TokenState, Tone> = { active: "ok", expired: "wait", revoked: "idle" };

function columnsOf(onRevoke: (token: Token) => void): Column<Token>[] {
  return [
    { head: "Owner", cell: (row) => row.owner.name },
    {
      head: "Token",
      cell: (row) => (
        <code>
          {row.prefix}…{row.lastFour}
        </code>
      ),
    },
    {
      head: "State",
      cell: (row) => {
        const state = stateOf(row, Date.now());
        return <Badge tone={tones[state]}>{state}</Badge>;
      },
    },
    { head: "May", cell: (row) => <span class="cut" title={rightsOf(row)}>{rightsOf(row)}</span> },
    { head: "Created", cell: (row) => <Time value={row.createdAt} /> },
    { head: "Last used", cell: (row) => <Time value={row.lastUsedAt} /> },
    { head: "Expires", cell: (row) => (row.expiresAt === null ? "never" : <Time value={row.expiresAt} />) },
    {
      head: "Action",
      cell: (row) =>
        row.revokedAt === null && (
          <button type="button" aria-label={`Revoke ${row.prefix}…${row.lastFour} of ${row.owner.name}`} onClick={() => onRevoke(row)}>
            Revoke
          </button>
        ),
    },
  ];
}

export function TokenTable({ rows, onRevoke }: { rows: Token[]; onRevoke: (token: Token) => void }) {
  return <Table caption="Tokens" columns={columnsOf(onRevoke)} rows={rows} rowKey={(row) => row.id} />;
}
