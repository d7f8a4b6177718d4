import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { request, toApiError, type ApiError } from "./client.ts";

export type Remote<T> = { state: "loading" } | { state: "error"; error: ApiError } | { state: "ready"; value: T };

/**
 * Loads a document, and again when the variables change: what is shown stays until the answer is
 * here, so that filters and pages do not flicker. A reload that fails keeps what was there.
 */
export function useRemote<T>(document: string, variables: Record<string, unknown> = {}): [Remote<T>, () => void] {
  const [remote, setRemote] = useState<Remote<T>>({ state: "loading" });
  const key = JSON.stringify(variables);
  const generation = useRef(0);
  const load = useCallback(
    (isReload: boolean): void => {
      const mine = ++generation.current;
      request<T>(document, JSON.parse(key) as Record<string, unknown>)
        .then((value) => mine === generation.current && setRemote({ state: "ready", value }))
        .catch((error: unknown) => {
          if (mine !== generation.current) return;
          setRemote((before) => (isReload && before.state === "ready" ? before : { state: "error", error: toApiError(error) }));
        });
    },
    [document, key],
  );
  useEffect(() => {
    load(false);
    return () => void generation.current++;
  }, [load]);
  const reload = useCallback(() => load(true), [load]);
  return [remote, reload];
}
