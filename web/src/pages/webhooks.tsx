import { useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { request, toApiError, type ApiError } from "../api/client.ts";
import { createWebhookDocument, webhooksDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { Webhook } from "../api/types.ts";
import { NewWebhookForm } from "../components/new-webhook-form.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Empty, Failure, Loaded } from "../components/state.tsx";
import { Badge, type Tone } from "../components/status.tsx";
import { Table, type Column } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { stateOf, toldOf, type WebhookState, type WebhookWish } from "../lib/webhooks.ts";
import { webhookText } from "../text-webhooks.ts";

export const webhookTones: Record<WebhookState, Tone> = { enabled: "ok", failing: "wait", disabled: "bad" };

const columns: Column<Webhook>[] = [
  { head: "Webhook", cell: (row) => <Link href={`/settings/webhooks/${row.id}`}>{row.id}</Link> },
  { head: "Type", cell: (row) => row.type.toLowerCase() },
  { head: "Address", cell: (row) => <code>{row.url}</code> },
  { head: "Repository", cell: (row) => row.repo ?? "every one" },
  { head: "Environments", cell: (row) => row.envs.join(", ") || "every one" },
  { head: "Told of", cell: (row) => <span title={row.events.join(", ")}>{toldOf(row)}</span> },
  {
    head: "State",
    cell: (row) => {
      const state = stateOf(row);
      return <Badge tone={webhookTones[state]}>{state}</Badge>;
    },
  },
  { head: "Made", cell: (row) => <Time value={row.createdAt} /> },
];

/** Who is told of what happens. */
export function WebhooksPage() {
  const [remote, reload] = useRemote<{ webhooks: Webhook[] }>(webhooksDocument);
  const [error, setError] = useState<ApiError | null>(null);
  const [, navigate] = useLocation();
  const create = async (input: WebhookWish): Promise<boolean> => {
    setError(null);
    try {
      const made = await request<{ createWebhook: { id: string } }>(createWebhookDocument, { input });
      navigate(`/settings/webhooks/${made.createWebhook.id}`);
      return true;
    } catch (failure) {
      setError(toApiError(failure));
      return false;
    }
  };
  return (
    <>
      <PageHead title="Webhooks" />
      <p class="soft">{webhookText.lead}</p>
      <Loaded remote={remote} reload={reload}>
        {({ webhooks }) =>
          webhooks.length === 0 ? (
            <Empty title={webhookText.emptyTitle} command="rhumb cloud webhook create --type slack --url-file slack.txt">
              <p>{webhookText.empty}</p>
            </Empty>
          ) : (
            <Table caption="Webhooks" columns={columns} rows={webhooks} rowKey={(row) => row.id} />
          )
        }
      </Loaded>
      <section>
        <h2>Add a webhook</h2>
        {error !== null && <Failure error={error} />}
        <NewWebhookForm onCreate={create} />
      </section>
    </>
  );
}
