import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Me } from "../api/types.ts";

/** Who looks at the pages. */
export const MeContext = createContext<Pick<Me, "roles" | "scopes">>({ roles: [], scopes: [] });

export function useMe(): Pick<Me, "roles" | "scopes"> {
  return useContext(MeContext);
}
