import { Badge } from "./status.tsx";

/** That an environment comes and goes, and for how long its databases may be silent. */
export function EphemeralBadge({ hours }: { hours: number | null }) {
  return hours === null ? null : <Badge tone="idle">{`ephemeral, ${hours} h`}</Badge>;
}
