import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Held } from "../lib/rights.ts";

/** Who looks at the pages. */
export const MeContext = createContext<Held>({ roles: [], grants: [], scopes: [] });

export function useMe(): Held {
  return useContext(MeContext);
}
