import { useState } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";
import { request, toApiError, type ApiError } from "../api/client.ts";
import { deleteWebhookDocument, pingWebhookDocument, redeliverWebhookDocument, updateWebhookDocument, webhookDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { PageInfo, Webhook, WebhookDelivery } from "../api/types.ts";
import { Dialog } from "../components/dialog.tsx";
import { Disclosure } from "../components/disclosure.tsx";
import { Facts } from "../components/facts.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Failure, Loaded } from "../components/state.tsx";
import { Badge } from "../components/status.tsx";
import { Pager } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { pageOf } from "../lib/query.ts";
import { stateOf } from "../lib/webhooks.ts";
import { webhookText } from "../text-webhooks.ts";
import { NotFoundPage } from "./not-found.tsx";
import { webhookTones } from "./webhooks.tsx";

// A receiver has ten seconds; most answer at once.
const answerMs = 1500;

function Delivery({ delivery, onAgain }: { delivery: WebhookDelivery; onAgain: () => void }) {
  const waits = delivery.attempt === 0 && delivery.nextAttempt !== null;
  const word = delivery.delivered ? "delivered" : waits ? "waits" : "failed";
  return (
    <Disclosure
      isOpen={false}
      summary={
        <>
          <Badge tone={delivery.delivered ? "ok" : waits ? "idle" : "bad"}>{word}</Badge> {delivery.event} · <Time value={delivery.time} ago />
          {delivery.error !== null && <> · {delivery.error}</>}
        </>
      }
    >
      {() => (
        <>
          <Facts
            rows={[
              ["Delivery", <code>{delivery.guid}</code>],
              ["Attempts", String(delivery.attempt)],
              ["Status", delivery.status === null ? "" : String(delivery.status)],
              ["Next attempt", delivery.nextAttempt === null ? "" : <Time value={delivery.nextAttempt} />],
            ]}
          />
          {delivery.request !== "" && (
            <pre class="sql" tabIndex={0} aria-label="Request">
              {delivery.request}
            </pre>
          )}
          {delivery.response !== null && (
            <pre class="sql" tabIndex={0} aria-label="Response">
              {delivery.response}
            </pre>
          )}
          <button type="button" onClick={onAgain}>
            Send again
          </button>
        </>
      )}
    </Disclosure>
  );
}

function RemoveDialog({ onRemove, onClose }: { onRemove: () => void; onClose: () => void }) {
  return (
    <Dialog label="Remove a webhook" onClose={onClose}>
      <h2>Remove this webhook?</h2>
      <p>{webhookText.remove}</p>
      <form method="dialog" class="actions">
        <button type="submit">Keep it</button>
        <button type="button" class="danger" onClick={onRemove}>
          Remove
        </button>
      </form>
    </Dialog>
  );
}

function WebhookFacts({ webhook }: { webhook: Webhook }) {
  const state = stateOf(webhook);
  return (
    <>
      <Facts
        rows={[
          ["State", <Badge tone={webhookTones[state]}>{state}</Badge>],
          ["Type", webhook.type.toLowerCase()],
          ["Address", <code>{webhook.url}</code>],
          ["Secret", webhook.hasSecret ? "set" : "none"],
          ["Repository", webhook.repo ?? "every one"],
          ["Environments", webhook.envs.join(", ")],
          ["Statuses", webhook.statuses.join(", ")],
          ["Told of", webhook.events.join(", ") || "the usual events"],
          ["Switched off because", webhook.disabledReason],
        ]}
      />
      {state !== "enabled" && (
        <p class="notice" role="status">
          {state === "disabled" ? webhookText.off : webhookText.failing}
        </p>
      )}
    </>
  );
}

/** One webhook, and what was sent to it. */
export function WebhookPage({ id }: { id: string }) {
  const page = pageOf(useSearch());
  const [, navigate] = useLocation();
  const [remote, reload] = useRemote<{ webhooks: Webhook[]; webhookDeliveries: { deliveries: WebhookDelivery[]; pageInfo: PageInfo } }>(webhookDocument, {
    input: { webhookID: id, page: { page } },
  });
  const [error, setError] = useState<ApiError | null>(null);
  const [isDoomed, setDoomed] = useState(false);
  const attempt = async (document: string, variables: Record<string, unknown>): Promise<boolean> => {
    setError(null);
    try {
      await request(document, variables);
      return true;
    } catch (failure) {
      setError(toApiError(failure));
      return false;
    }
  };
  const send = async (document: string, subject: string): Promise<void> => {
    if (!(await attempt(document, { id: subject }))) return;
    reload();
    setTimeout(reload, answerMs);
  };
  const remove = async (): Promise<void> => {
    setDoomed(false);
    if (await attempt(deleteWebhookDocument, { id })) navigate("/settings/webhooks");
  };
  const enable = async (enabled: boolean): Promise<void> => {
    await attempt(updateWebhookDocument, { id, input: { enabled } });
    reload();
  };
  return (
    <Loaded remote={remote} reload={reload}>
      {({ webhooks, webhookDeliveries: { deliveries, pageInfo } }) => {
        const webhook = webhooks.find((each) => each.id === id);
        if (webhook === undefined) return <NotFoundPage />;
        return (
          <>
            <PageHead title={`Webhook ${id}`} trail={[["Webhooks", "/settings/webhooks"]]}>
              <span class="actions">
                {webhook.enabled && (
                  <button type="button" class="primary" onClick={() => void send(pingWebhookDocument, id)}>
                    Send a ping
                  </button>
                )}
                <button type="button" onClick={() => void enable(!webhook.enabled)}>
                  {webhook.enabled ? "Disable" : "Enable"}
                </button>
                <button type="button" class="danger" onClick={() => setDoomed(true)}>
                  Remove
                </button>
              </span>
            </PageHead>
            {error !== null && <Failure error={error} />}
            <WebhookFacts webhook={webhook} />
            <section>
              <h2>Deliveries</h2>
              {deliveries.length === 0 && <p class="soft">{webhookText.noDeliveries}</p>}
              {deliveries.map((delivery) => (
                <Delivery key={delivery.id} delivery={delivery} onAgain={() => void send(redeliverWebhookDocument, delivery.id)} />
              ))}
              <Pager info={pageInfo} />
            </section>
            {isDoomed && <RemoveDialog onClose={() => setDoomed(false)} onRemove={() => void remove()} />}
          </>
        );
      }}
    </Loaded>
  );
}
