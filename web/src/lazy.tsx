import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { toApiError, type ApiError } from "./api/client.ts";
import { Failure, Skeleton } from "./components/state.tsx";

function Loading() {
  return <Skeleton />;
}

function Nothing() {
  return null;
}

/**
 * Components whose code is loaded when the first of them is shown, so that the first screen stays
 * small. Once it is there all of them show at once. Over a page nothing is shown meanwhile.
 */
export class LazyModule<Module> {
  private readonly load: () => Promise<Module>;
  private module: Module | null = null;

  constructor(load: () => Promise<Module>) {
    this.load = load;
  }

  async preload(): Promise<Module> {
    this.module ??= await this.load();
    return this.module;
  }

  page<Props extends object>(pick: (module: Module) => FunctionComponent<Props>): FunctionComponent<Props> {
    return this.show(pick, Loading);
  }

  dialog<Props extends object>(pick: (module: Module) => FunctionComponent<Props>): FunctionComponent<Props> {
    return this.show(pick, Nothing);
  }

  private show<Props extends object>(pick: (module: Module) => FunctionComponent<Props>, Meanwhile: FunctionComponent): FunctionComponent<Props> {
    return (props) => {
      const [module, setModule] = useState(this.module);
      const [error, setError] = useState<ApiError | null>(null);
      useEffect(() => {
        if (module !== null) return;
        this.preload()
          .then(setModule)
          .catch((failure: unknown) => setError(toApiError(failure)));
      }, []);
      // A new version of the server has other file names: only a reload helps.
      if (error !== null) return <Failure error={error} onRetry={() => window.location.reload()} />;
      if (module === null) return <Meanwhile />;
      const Component = pick(module);
      return <Component {...props} />;
    };
  }
}
