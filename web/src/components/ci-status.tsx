import { words } from "../lib/format.ts";
import { Badge, type Tone } from "./status.tsx";

function toneOf(status: string): Tone {
  if (status === "SUCCESSFUL") return "ok";
  return status === "FAILED" ? "bad" : "idle";
}

/** What a linter made of a version. */
export function CiStatus({ value }: { value: string }) {
  return <Badge tone={toneOf(value)}>{words(value)}</Badge>;
}
