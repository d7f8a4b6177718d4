import type { ComponentChildren } from "preact";
import type { ApiError } from "../api/client.ts";
import type { Remote } from "../lib/remote.ts";

export function Skeleton({ lines = 6 }: { lines?: number }) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} />
      ))}
    </div>
  );
}

export function Failure({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  return (
    <div class="notice notice-bad" role="alert">
      <p>{error.message}</p>
      {error.requestId !== null && (
        <p class="soft">
          Request <code>{error.requestId}</code>
        </p>
      )}
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

/** An empty page says what to run next. */
export function Empty({ title, command, children }: { title: string; command?: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
      {command !== undefined && <pre class="command">{command}</pre>}
    </div>
  );
}

export function Loaded<T>({ remote, reload, children }: { remote: Remote<T>; reload: () => void; children: (value: T) => ComponentChildren }) {
  if (remote.state === "loading") return <Skeleton />;
  if (remote.state === "error") return <Failure error={remote.error} onRetry={reload} />;
  return <>{children(remote.value)}</>;
}
