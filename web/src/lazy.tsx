import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { toApiError, type ApiError } from "./api/client.ts";
import { Failure, Skeleton } from "./components/state.tsx";

function Loading() {
  return <Skeleton />;
}

/** A component whose code is loaded when it is first shown, so that the first screen stays small. */
export function lazy<Props extends object>(load: () => Promise<FunctionComponent<Props>>, Meanwhile: FunctionComponent = Loading): FunctionComponent<Props> {
  let loaded: FunctionComponent<Props> | null = null;
  return function Lazy(props) {
    const [Page, setPage] = useState<FunctionComponent<Props> | null>(() => loaded);
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
    return Page === null ? <Meanwhile /> : <Page {...props} />;
  };
}

/** Like lazy(), for what opens over a page: nothing is shown while it loads. */
export function lazyDialog<Props extends object>(load: () => Promise<FunctionComponent<Props>>): FunctionComponent<Props> {
  return lazy(load, () => null);
}
