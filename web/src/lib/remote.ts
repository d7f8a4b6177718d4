import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, request } from "../api/client.ts";

export type Remote<T> = { state: "loading" } | { state: "error"; error: ApiError } | { state: "ready"; value: T };

/** Loads a document and loads it again when the variables change; `reload` keeps what is shown meanwhile. */
export function useRemote<T>(document: string, variables: Record<string, unknown> = {}): [Remote<T>, () => void] {
  const [remote, setRemote] = useState<Remote<T>>({ state: "loading" });
  const key = JSON.stringify(variables);
  const generation = useRef(0);
  const load = (): void => {
    const mine = ++generation.current;
    request<T>(document, JSON.parse(key) as Record<string, unknown>)
      .then((value) => mine === generation.current && setRemote({ state: "ready", value }))
      .catch((error: unknown) => {
        const shown = error instanceof ApiError ? error : new ApiError(String(error), 0, null);
        if (mine === generation.current) setRemote({ state: "error", error: shown });
      });
  };
  useEffect(() => {
    setRemote({ state: "loading" });
    load();
    return () => void generation.current++;
  }, [document, key]);
  return [remote, load];
}
