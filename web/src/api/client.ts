// The only place that talks to the registry.

const tokenKey = "rhumb.token";

export class ApiError extends Error {
  readonly status: number;
  readonly requestId: string | null;

  constructor(message: string, status: number, requestId: string | null) {
    super(message);
    this.status = status;
    this.requestId = requestId;
  }
}

export function storedToken(): string | null {
  return sessionStorage.getItem(tokenKey) ?? localStorage.getItem(tokenKey);
}

export function storeToken(token: string, remember: boolean): void {
  (remember ? localStorage : sessionStorage).setItem(tokenKey, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(tokenKey);
  localStorage.removeItem(tokenKey);
}

interface Reply {
  data?: Record<string, unknown> | null;
  errors?: { message: string }[];
}

export async function request<T>(document: string, variables: Record<string, unknown> = {}, token = storedToken()): Promise<T> {
  const response = await fetch("/query", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token ?? ""}` },
    body: JSON.stringify({ query: document, variables }),
  }).catch(() => {
    throw new ApiError("The registry does not answer. Is `rhumb serve` running?", 0, null);
  });
  const requestId = response.headers.get("X-Request-Id");
  if (response.status === 401) {
    throw new ApiError("This token is not valid here, or not any more.", 401, requestId);
  }
  const reply = (await response.json().catch(() => ({}))) as Reply;
  const message = reply.errors?.map((error) => error.message).join("\n");
  if (message !== undefined || !response.ok) {
    throw new ApiError(message ?? `The registry answered ${response.status}.`, response.status, requestId);
  }
  return (reply.data ?? {}) as T;
}

export interface LiveMessage {
  event: string;
  data: string;
}

/** Follows the server's events until `signal` is aborted; reconnects by itself. */
export async function followEvents(path: string, onMessage: (message: LiveMessage) => void, signal: AbortSignal): Promise<void> {
  for (let wait = 1000; !signal.aborted; wait = Math.min(wait * 2, 30_000)) {
    try {
      const response = await fetch(path, { headers: { Authorization: `Bearer ${storedToken() ?? ""}`, Accept: "text/event-stream" }, signal });
      if (response.ok && response.body !== null) {
        wait = 1000;
        await readEvents(response.body, onMessage);
      }
    } catch {
      if (signal.aborted) return;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function readEvents(body: ReadableStream<Uint8Array>, onMessage: (message: LiveMessage) => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    buffer += decoder.decode(value, { stream: true });
    for (let end = buffer.indexOf("\n\n"); end >= 0; end = buffer.indexOf("\n\n")) {
      const message = parseEvent(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
      if (message !== null) onMessage(message);
    }
  }
}

export function parseEvent(block: string): LiveMessage | null {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return data.length === 0 ? null : { event, data: data.join("\n") };
}
