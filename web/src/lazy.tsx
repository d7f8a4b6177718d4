import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { toApiError, type ApiError } from "./api/client.ts";
import { Failure, Skeleton } from "./components/state.tsx";

/** A page whose code is loaded when it is first shown, so that the first screen stays small. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function Lazy(props: Props) {
    const [Page, setPage] = useState<ComponentType<Props> | null>(() => loaded);
    const [error, setError] = useState<ApiError | null>(null);
    useEffect(() => {
      if (loaded !== null) return;
      load()
        .then((page) => {
          loaded = page;
          setPage(() => page);
        })
        .catch((failure: unknown) => setError(toApiError(failure)));
    }, []);
    // A new version of the server has other file names: only a reload helps.
    if (error !== null) return <Failure error={error} onRetry={() => window.location.reload()} />;
    return Page === null ? <Skeleton /> : <Page {...props} />;
  };
}
