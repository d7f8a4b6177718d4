import { useState } from "preact/hooks";
import { useSearch } from "wouter-preact";
import { request, toApiError, type ApiError } from "../api/client.ts";
import {
  botsDocument,
  inviteMemberDocument,
  membersDocument,
  removeBotDocument,
  removeMemberDocument,
  resetMemberDocument,
  updateMemberDocument,
} from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { Bot, Member, PageInfo } from "../api/types.ts";
import { Ask, type Question } from "../components/ask.tsx";
import { Command } from "../components/command.tsx";
import { Field, Form } from "../components/form.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Failure, Loaded } from "../components/state.tsx";
import { Badge } from "../components/status.tsx";
import { Pager, Table } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { pageOf } from "../lib/query.ts";
import { peopleText } from "../text-people.ts";

const roles = ["VIEWER", "DEVELOPER", "DEPLOYER", "APPROVER", "ADMIN", "OWNER"];

function grantsOf({ grants }: Member): string {
  return grants.map(({ role, repo, project, envName }) => `${role.toLowerCase()} of ${[repo, project, envName].filter(Boolean).join(", ")}`).join("; ");
}

interface RowActions {
  onRole: (member: Member, role: string) => void;
  onReset: (member: Member) => void;
  onRemove: (member: Member) => void;
}

function MemberTable({ rows, onRole, onReset, onRemove }: { rows: Member[] } & RowActions) {
  return (
    <Table
      caption="Members"
      rows={rows}
      rowKey={(row) => row.id}
      columns={[
        { head: "Name", cell: (row) => row.name },
        { head: "E-mail address", cell: (row) => row.email || "-" },
        { head: "State", cell: (row) => (row.joinedAt === null ? <Badge tone="wait">invited</Badge> : <Badge tone="ok">member</Badge>) },
        {
          head: "Role",
          cell: (row) => (
            <select aria-label={`Role of ${row.name}`} value={row.roles[row.roles.length - 1] ?? ""} onChange={(event) => onRole(row, event.currentTarget.value)}>
              {row.roles.length === 0 && <option value="">by grants</option>}
              {roles.map((role) => (
                <option key={role} value={role}>
                  {role.toLowerCase()}
                </option>
              ))}
            </select>
          ),
        },
        { head: "Grants", cell: (row) => <span class="cut" title={grantsOf(row)}>{grantsOf(row) || "-"}</span> },
        { head: "Last seen", cell: (row) => <Time value={row.lastSeen} /> },
        {
          head: "Actions",
          cell: (row) => (
            <>
              <button type="button" aria-label={`New address for ${row.name}`} onClick={() => onReset(row)}>
                New address
              </button>{" "}
              <button type="button" aria-label={`Remove ${row.name}`} onClick={() => onRemove(row)}>
                Remove
              </button>
            </>
          ),
        },
      ]}
    />
  );
}

function BotTable({ rows, onRemove }: { rows: Bot[]; onRemove: (bot: Bot) => void }) {
  return (
    <Table
      caption="Bots"
      rows={rows}
      rowKey={(row) => row.id}
      columns={[
        { head: "Name", cell: (row) => row.name },
        { head: "Tokens in use", numeric: true, cell: (row) => row.tokens.filter(({ revokedAt }) => revokedAt === null).length },
        { head: "Made by", cell: (row) => row.createdBy?.name ?? "-" },
        { head: "Made", cell: (row) => <Time value={row.createdAt} /> },
        {
          head: "Actions",
          cell: (row) => (
            <button type="button" aria-label={`Remove ${row.name}`} onClick={() => onRemove(row)}>
              Remove
            </button>
          ),
        },
      ]}
    />
  );
}

interface Lists {
  members: { members: Member[]; pageInfo: PageInfo };
}

function Bots({ ask }: { ask: (make: (reload: () => void) => Question) => void }) {
  const [remote, reload] = useRemote<{ bots: { bots: Bot[]; pageInfo: PageInfo } }>(botsDocument, { input: { pageSize: 100 } });
  const remove = (bot: Bot): void =>
    ask(() => ({
      title: `Remove the bot ${bot.name}?`,
      text: peopleText.members.removeBot,
      verb: "Remove",
      act: async () => {
        await request(removeBotDocument, { id: bot.id });
        reload();
      },
    }));
  return (
    <section aria-labelledby="bots">
      <h2 id="bots">Bots</h2>
      <Loaded remote={remote} reload={reload}>
        {({ bots }) => <BotTable rows={bots.bots} onRemove={remove} />}
      </Loaded>
    </section>
  );
}

/** People and bots, and what they may do. */
export function MembersPage() {
  const search = useSearch();
  const [remote, reload] = useRemote<Lists>(membersDocument, { input: { page: pageOf(search), pageSize: 50 } });
  const [address, setAddress] = useState("");
  const [question, setQuestion] = useState<Question | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    setError(null);
    await act().catch((failure: unknown) => setError(toApiError(failure)));
    reload();
  };
  const invite = async ({ email = "", role = "" }: Record<string, string>): Promise<void> => {
    const made = await request<{ inviteMember: Member }>(inviteMemberDocument, { input: { email, roles: [role] } });
    setAddress(made.inviteMember.inviteURL ?? "");
    reload();
  };
  const changeRole = (member: Member, role: string): void =>
    void attempt(async () => void (await request(updateMemberDocument, { input: { id: member.id, roles: [role] } })));
  const reset = (member: Member): void =>
    setQuestion({
      title: `Make a new address for ${member.name}?`,
      text: peopleText.members.reset,
      verb: "Make it",
      act: async () => setAddress((await request<{ resetMember: Member }>(resetMemberDocument, { id: member.id })).resetMember.inviteURL ?? ""),
    });
  const remove = (member: Member): void =>
    setQuestion({
      title: `Remove ${member.name}?`,
      text: peopleText.members.remove,
      verb: "Remove",
      act: async () => void (await request(removeMemberDocument, { id: member.id })),
    });
  return (
    <>
      <PageHead title="Members" />
      <p class="soft">{peopleText.members.lead}</p>
      {error !== null && <Failure error={error} />}
      {address !== "" && (
        <section class="notice notice-ok" role="status" aria-label="One-time address">
          <p>{peopleText.members.address}</p>
          <Command>{address}</Command>
          <button type="button" onClick={() => setAddress("")}>
            I have sent it
          </button>
        </section>
      )}
      <Form label="Invite somebody" submit="Invite" className="filters new-bot" onSubmit={invite}>
        <Field label="E-mail address" name="email" type="email" autoComplete="off" required />
        <label class="filter">
          Role
          <select name="role" aria-label="Role">
            {roles.map((role) => (
              <option key={role} value={role} selected={role === "DEVELOPER"}>
                {role.toLowerCase()}
              </option>
            ))}
          </select>
        </label>
      </Form>
      <Loaded remote={remote} reload={reload}>
        {({ members }) => (
          <>
            <MemberTable rows={members.members} onRole={changeRole} onReset={reset} onRemove={remove} />
            <Pager info={members.pageInfo} />
          </>
        )}
      </Loaded>
      <Bots ask={(make) => setQuestion(make(reload))} />
      {question !== null && (
        <Ask
          question={question}
          onClose={() => setQuestion(null)}
          onYes={() => {
            setQuestion(null);
            void attempt(question.act);
          }}
        />
      )}
    </>
  );
}
