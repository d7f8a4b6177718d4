import { useState } from "preact/hooks";
import { useSearch } from "wouter-preact";
import { request, toApiError, type ApiError } from "../api/client.ts";
import { createBotDocument, revokeTokenDocument, tokensDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { PageInfo, Token } from "../api/types.ts";
import { Command } from "../components/command.tsx";
import { Dialog } from "../components/dialog.tsx";
import { NewBotForm, type BotWish } from "../components/new-bot-form.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Failure, Loaded } from "../components/state.tsx";
import { Pager } from "../components/table.tsx";
import { TokenTable } from "../components/token-table.tsx";
import { pageOf } from "../lib/query.ts";
import { peopleText } from "../text-people.ts";

/** The secret of a new token, this once. */
function NewSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <section class="notice notice-ok" role="status" aria-label="New token">
      <p>{peopleText.tokens.shownOnce}</p>
      <Command>{secret}</Command>
      <button type="button" onClick={onClose}>
        I have kept it
      </button>
    </section>
  );
}

function RevokeDialog({ token, onRevoke, onClose }: { token: Token; onRevoke: () => void; onClose: () => void }) {
  return (
    <Dialog label="Revoke a token" onClose={onClose}>
      <h2>
        Revoke {token.prefix}…{token.lastFour} of {token.owner.name}?
      </h2>
      <p>{peopleText.tokens.revoke}</p>
      <form method="dialog" class="actions">
        <button type="submit">Keep it</button>
        <button type="button" class="danger" onClick={onRevoke}>
          Revoke
        </button>
      </form>
    </Dialog>
  );
}

export function TokensPage() {
  const search = useSearch();
  const [remote, reload] = useRemote<{ tokens: { tokens: Token[]; pageInfo: PageInfo } }>(tokensDocument, { input: { page: pageOf(search), pageSize: 50 } });
  const [secret, setSecret] = useState("");
  const [doomed, setDoomed] = useState<Token | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    setError(null);
    await act().catch((failure: unknown) => setError(toApiError(failure)));
    reload();
  };
  const create = (input: BotWish): Promise<void> =>
    attempt(async () => setSecret((await request<{ createBot: { secret: string } }>(createBotDocument, { input })).createBot.secret));
  const revoke = ({ id }: Token): Promise<void> => attempt(async () => void (await request(revokeTokenDocument, { id })));
  return (
    <>
      <PageHead title="Tokens" />
      <p class="soft">{peopleText.tokens.lead}</p>
      {error !== null && <Failure error={error} />}
      {secret !== "" && <NewSecret secret={secret} onClose={() => setSecret("")} />}
      <NewBotForm onCreate={create} />
      <Loaded remote={remote} reload={reload}>
        {({ tokens: { tokens, pageInfo } }) => (
          <>
            <TokenTable rows={tokens} onRevoke={setDoomed} />
            <Pager info={pageInfo} />
          </>
        )}
      </Loaded>
      {doomed !== null && (
        <RevokeDialog
          token={doomed}
          onClose={() => setDoomed(null)}
          onRevoke={() => {
            setDoomed(null);
            void revoke(doomed);
          }}
        />
      )}
    </>
  );
}
