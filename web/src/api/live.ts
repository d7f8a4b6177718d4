// Pages that are open follow what the registry commits: one stream for all of them, none while the
// tab is hidden (a browser allows only six connections to one server).
import { useEffect, useRef } from "preact/hooks";
import { EventReader, type ServerEvent } from "../lib/events.ts";
import { openEvents } from "./client.ts";

/** What changed. `id` is a deployment or a set, `set` the set it belongs to. */
export interface Change {
  id: string;
  set?: string;
  repo: string;
  status: string;
}

/** Of null: more may have changed than is told. */
type Listener = (change: Change | null) => void;

const retryMsMax = 30_000;
const gatherMs = 250;
const pauseMs = 1000;
const listeners = new Set<Listener>();
let stop: AbortController | null = null;
let isOpen = false;

function tell(event: ServerEvent): void {
  if (event.event !== "migration" && event.event !== "many") return;
  const change = event.event === "many" ? null : (JSON.parse(event.data) as Change);
  for (const listener of listeners) listener(change);
}

async function readAll(body: ReadableStream<Uint8Array>): Promise<void> {
  const chunks = body.getReader();
  const decoder = new TextDecoder();
  const events = new EventReader();
  for (;;) {
    const { done, value } = await chunks.read();
    if (done) return;
    events.push(decoder.decode(value, { stream: true })).forEach(tell);
  }
}

async function follow(signal: AbortSignal): Promise<void> {
  for (let waitMs = 1000; !signal.aborted; waitMs = Math.min(waitMs * 2, retryMsMax)) {
    try {
      const body = await openEvents(signal);
      if (body !== null) {
        waitMs = 1000;
        isOpen = true;
        await readAll(body);
      }
    } catch {
      // The stream is a comfort: without it pages poll while something runs.
    }
    if (!signal.aborted) {
      isOpen = false;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** Follows while somebody listens and looks. */
function adjust(): void {
  const isWanted = listeners.size > 0 && document.visibilityState === "visible";
  if (isWanted && stop === null) {
    stop = new AbortController();
    void follow(stop.signal);
  } else if (!isWanted && stop !== null) {
    stop.abort();
    stop = null;
    isOpen = false;
  }
}

function onVisibility(): void {
  adjust();
  if (document.visibilityState === "visible") for (const listener of listeners) listener(null);
}

function listen(listener: Listener): () => void {
  if (listeners.size === 0) document.addEventListener("visibilitychange", onVisibility);
  listeners.add(listener);
  adjust();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) document.removeEventListener("visibilitychange", onVisibility);
    adjust();
  };
}

/**
 * Calls `reload` soon after a change that `concerns` this page, at most once a second however many
 * there are. While `isRunning` and no stream is open it asks every 5 s.
 */
export function useLive(reload: () => void, concerns: (change: Change) => boolean, isRunning = false): void {
  const latest = useRef({ reload, concerns });
  latest.current = { reload, concerns };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastAt = 0;
    const forget = listen((change) => {
      if (timer !== undefined || (change !== null && !latest.current.concerns(change))) return;
      const run = (): void => {
        timer = undefined;
        lastAt = Date.now();
        latest.current.reload();
      };
      timer = setTimeout(run, Math.max(gatherMs, lastAt + pauseMs - Date.now()));
    });
    return () => {
      clearTimeout(timer);
      forget();
    };
  }, []);
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => isOpen || document.visibilityState !== "visible" || latest.current.reload(), 5000);
    return () => clearInterval(timer);
  }, [isRunning]);
}
