import type { PromotionStage } from "../api/types.ts";
import { columnsOf, rulesOf } from "../lib/policies.ts";
import { policyText } from "../text-policies.ts";
import { Badge } from "./status.tsx";

function StageCard({ stage }: { stage: PromotionStage }) {
  const rules = rulesOf(stage);
  return (
    <li class="stage">
      <div class="head">
        <strong>{stage.name}</strong>
        {stage.onViolation === "WARN" && <Badge tone="wait">warns only</Badge>}
      </div>
      <p>
        {stage.envs.map((env) => (
          <code key={env}>{env} </code>
        ))}
      </p>
      <ul class="plain soft">
        {(rules.length === 0 ? [policyText.noRules] : rules).map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
    </li>
  );
}

/** The way of a version from left to right: what a stage requires stands before it. */
export function StageMap({ label, stages }: { label: string; stages: PromotionStage[] }) {
  return (
    <ol class="stage-map" aria-label={label}>
      {columnsOf(stages).map((column, i) => (
        <li key={column[0]?.name ?? i}>
          {i > 0 && (
            <span class="arrow" aria-hidden="true">
              →
            </span>
          )}
          <ul class="stage-column" aria-label={`Step ${i + 1}`}>
            {column.map((stage) => (
              <StageCard key={stage.name} stage={stage} />
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}
