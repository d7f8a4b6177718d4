import type { ComponentChildren } from "preact";
import { Link } from "wouter-preact";
import type { ApiError } from "../api/client.ts";
import type { Remote } from "../api/remote.ts";
import { text } from "../text.ts";
import { Command } from "./command.tsx";

export function Skeleton({ lines = 6 }: { lines?: number }) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} />
      ))}
    </div>
  );
}

export function Failure({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  return (
    <div class="notice notice-bad" role="alert">
      <h2>{error.status === 403 ? text.errors.forbidden : text.errors.failed}</h2>
      <p>{error.message}</p>
      {error.requestId !== null && (
        <p class="soft">
          Request <code>{error.requestId}</code>
        </p>
      )}
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Missing({ reason }: { reason: string }) {
  return (
    <div class="empty">
      <h1>{text.notFound.title}</h1>
      <p>{reason}</p>
      <p>
        <Link href="/">Go to the start</Link>, or press <kbd>?</kbd> for the keys.
      </p>
    </div>
  );
}

/** An empty page says what to run next. */
export function Empty({ title, command, children }: { title: string; command?: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
      {command !== undefined && <Command>{command}</Command>}
    </div>
  );
}

export function Loaded<T>({ remote, reload, children }: { remote: Remote<T>; reload: () => void; children: (value: T) => ComponentChildren }) {
  if (remote.state === "loading") return <Skeleton />;
  if (remote.state === "error") {
    return remote.error.isNotFound ? <Missing reason={remote.error.message} /> : <Failure error={remote.error} onRetry={reload} />;
  }
  return <>{children(remote.value)}</>;
}
