import { Link } from "wouter-preact";
import type { PolicyReason } from "../api/types.ts";
import { kindOf } from "../lib/approvals.ts";
import { reasonAdvice } from "../text-policies.ts";
import { Badge } from "./status.tsx";

function Reason({ reason }: { reason: PolicyReason }) {
  const kind = kindOf(reason);
  const refuses = reason.violation === "FAIL";
  return (
    <li class="file reason">
      <p class="head">
        <Badge tone={refuses ? "bad" : "wait"} mark={refuses ? "✕" : "!"}>
          {refuses ? "refuses" : "warns"}
        </Badge>
        <strong>{reason.policy}</strong>
      </p>
      <p>{reason.message}</p>
      {reason.details.length > 0 && (
        <ul>
          {reason.details.map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      )}
      {reasonAdvice[kind] !== "" && (
        <p class="soft">
          {reasonAdvice[kind]} {kind === "approvals" && <Link href="/approvals">Go to Approvals</Link>}
        </p>
      )}
    </li>
  );
}

/** What speaks against a deployment, and what can be done about each of it. */
export function ReasonList({ reasons }: { reasons: PolicyReason[] }) {
  return (
    <ul class="plain reasons" aria-label="Reasons">
      {reasons.map((reason) => (
        <Reason key={reason.policy + reason.message} reason={reason} />
      ))}
    </ul>
  );
}
