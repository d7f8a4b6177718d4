// The only place that talks to the registry.
import { text } from "../text.ts";

const tokenKey = "rhumb.token";

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;

  constructor(message: string, status: number, code = "", requestId: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }

  get isNotFound(): boolean {
    return this.code === "NOT_FOUND" || this.status === 404;
  }
}

/** Any failure as one that can be shown. */
export function toApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(String(error), 0);
}

/** Empty: the browser has a session, as a cookie that no script sees. */
export function storedToken(): string | null {
  return sessionStorage.getItem(tokenKey) ?? localStorage.getItem(tokenKey);
}

export function storeToken(token: string, remember: boolean): void {
  forgetToken();
  (remember ? localStorage : sessionStorage).setItem(tokenKey, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(tokenKey);
  localStorage.removeItem(tokenKey);
}

export function logOut(): void {
  if (storedToken() === "") void post("/auth/logout", {}).catch(() => undefined);
  forgetToken();
}

/** Says `lost` when the registry no longer accepts the stored token. */
export const session = new EventTarget();

export interface Reply {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string; requestId?: string } }[];
}

const authorization = (token: string | null): Record<string, string> => (token ? { Authorization: `Bearer ${token}` } : {});

export async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<[Response, Reply]> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new ApiError(text.errors.unreachable, 0);
  });
  return [response, (await response.json().catch(() => ({}))) as Reply];
}

export function failureOf(response: Response, reply: Reply): ApiError | null {
  const errors = reply.errors ?? [];
  if (response.ok && errors.length === 0) return null;
  const details = errors[0]?.extensions;
  const message = errors.map((error) => error.message).join("\n") || text.errors.status(response.status);
  return new ApiError(message, response.status, details?.code, details?.requestId ?? response.headers.get("X-Request-Id"));
}

export async function request<T>(document: string, variables: Record<string, unknown> = {}, token = storedToken()): Promise<T> {
  const [response, reply] = await post("/query", { query: document, variables }, authorization(token));
  if (response.status === 401) {
    if (token === storedToken()) session.dispatchEvent(new Event("lost"));
    throw new ApiError(text.errors.unauthorized, 401, "", response.headers.get("X-Request-Id"));
  }
  const failure = failureOf(response, reply);
  if (failure !== null) throw failure;
  return (reply.data ?? {}) as T;
}

/** Something of the registry's that is no answer of the API. */
export async function fetchFile(path: string): Promise<Response> {
  const response = await fetch(path, { headers: authorization(storedToken()) }).catch(() => {
    throw new ApiError(text.errors.unreachable, 0);
  });
  if (response.ok) return response;
  throw failureOf(response, (await response.json().catch(() => ({}))) as Reply) ?? new ApiError(text.errors.status(response.status), response.status);
}

/** Opens the stream of the registry's events; the caller reads it. */
export async function openEvents(signal: AbortSignal): Promise<ReadableStream<Uint8Array> | null> {
  const response = await fetch("/events", {
    headers: { ...authorization(storedToken()), Accept: "text/event-stream" },
    signal,
  });
  const isStream = response.headers.get("Content-Type")?.startsWith("text/event-stream") === true;
  return response.ok && isStream ? response.body : null;
}
