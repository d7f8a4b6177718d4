import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { request, toApiError, type ApiError } from "../api/client.ts";
import { deleteEphemeralDocument, deletePolicyDocument, setEphemeralDocument, updateEnvironmentDocument } from "../api/documents.ts";
import type { EphemeralRule, PromotionPolicy, RankedEnvironment } from "../api/types.ts";
import { Ask, type Question } from "../components/ask.tsx";
import { Dialog } from "../components/dialog.tsx";
import { EnvironmentForm } from "../components/environment-form.tsx";
import { EphemeralForm } from "../components/ephemeral-form.tsx";
import { useMe } from "../components/me.ts";
import { RankedEnvironmentTable } from "../components/ranked-environment-table.tsx";
import { StageMap } from "../components/stage-map.tsx";
import { Empty, Failure } from "../components/state.tsx";
import { Table, type Column } from "../components/table.tsx";
import { repoPath } from "../lib/paths.ts";
import { ephemeralRemoveCommand, policyRemoveCommand, type EnvironmentWish, type EphemeralWish } from "../lib/policies.ts";
import { mayAdminister } from "../lib/rights.ts";
import { policyText } from "../text-policies.ts";
import type { Rules } from "./environments.tsx";

function nameOf({ repo }: PromotionPolicy): string {
  return repo ?? policyText.everyRepo;
}

interface PartProps {
  rules: Rules;
  reload: () => void;
  isAdmin: boolean;
}

/** A question before something is removed, and what came of it. */
function useQuestion(reload: () => void): [ask: (question: Question) => void, shown: ComponentChildren] {
  const [question, setQuestion] = useState<Question | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const carryOut = async (): Promise<void> => {
    setQuestion(null);
    setError(null);
    await question?.act().catch((failure: unknown) => setError(toApiError(failure)));
    reload();
  };
  const shown = (
    <>
      {error !== null && <Failure error={error} />}
      {question !== null && <Ask question={question} onClose={() => setQuestion(null)} onYes={() => void carryOut()} />}
    </>
  );
  return [setQuestion, shown];
}

function Environments({ rules, reload, isAdmin }: PartProps) {
  const [changed, setChanged] = useState<RankedEnvironment | null>(null);
  // A new form for each new environment: it begins empty.
  const [made, setMade] = useState(0);
  const save = async (input: EnvironmentWish): Promise<void> => {
    await request(updateEnvironmentDocument, { input });
    reload();
  };
  const { environments, promotionPolicies } = rules;
  const stages = promotionPolicies.find(({ repo }) => repo === null)?.stages ?? [];
  return (
    <section aria-labelledby="environments">
      <h2 id="environments">Environments</h2>
      <p class="soft">{environments.length === 0 ? policyText.noEnvironments : policyText.environments}</p>
      {environments.length > 0 && <RankedEnvironmentTable rows={environments} stages={stages} onChange={isAdmin ? setChanged : null} />}
      {isAdmin && (
        <EnvironmentForm
          key={made}
          label="New environment"
          submit="Add the environment"
          onSave={async (wish) => {
            await save(wish);
            setMade(made + 1);
          }}
        />
      )}
      {changed !== null && (
        <Dialog label={`Change ${changed.name}`} onClose={() => setChanged(null)}>
          <h2>{changed.name}</h2>
          <EnvironmentForm
            label={`Place and protection of ${changed.name}`}
            submit="Save"
            known={changed}
            onSave={async (wish) => {
              await save(wish);
              setChanged(null);
            }}
          />
          <form method="dialog" class="actions">
            <button type="submit">Cancel</button>
          </form>
        </Dialog>
      )}
    </section>
  );
}

function Policy({ policy, onRemove }: { policy: PromotionPolicy; onRemove: (() => void) | null }) {
  const name = nameOf(policy);
  return (
    <section aria-label={`Policy of ${name}`} class="policy">
      <div class="head">
        <h3>{policy.repo === null ? name : <Link href={repoPath(policy.repo)}>{name}</Link>}</h3>
        {onRemove !== null && (
          <span class="actions">
            <Link href={`/environments/policies/${policy.id}`} aria-label={`Change the policy of ${name}`}>
              Change
            </Link>
            <button type="button" aria-label={`Remove the policy of ${name}`} onClick={onRemove}>
              Remove
            </button>
          </span>
        )}
      </div>
      <StageMap label={`The way of a version of ${name}`} stages={policy.stages} />
    </section>
  );
}

function Ephemeral({ rules, reload, isAdmin }: PartProps) {
  const [ask, question] = useQuestion(reload);
  // A new form for each new rule: it begins empty.
  const [made, setMade] = useState(0);
  const rows = rules.ephemeralEnvironments;
  const save = async (input: EphemeralWish): Promise<void> => {
    await request(setEphemeralDocument, { input });
    setMade(made + 1);
    reload();
  };
  const remove = ({ glob }: EphemeralRule): void =>
    ask({
      title: `Let ${glob} stay?`,
      text: policyText.stay,
      verb: "Let them stay",
      command: ephemeralRemoveCommand(glob),
      act: async () => void (await request(deleteEphemeralDocument, { glob })),
    });
  const columns: Column<EphemeralRule>[] = [
    { head: "Names", cell: (row) => <code>{row.glob}</code> },
    { head: "Hours of silence", cell: (row) => row.hours, numeric: true },
    { head: "Environments now", cell: (row) => row.environments, numeric: true },
  ];
  if (isAdmin) {
    columns.push({
      head: "Action",
      cell: (row) => (
        <button type="button" aria-label={`Remove ${row.glob}`} onClick={() => remove(row)}>
          Remove
        </button>
      ),
    });
  }
  return (
    <section aria-labelledby="ephemeral">
      <h2 id="ephemeral">Environments that come and go</h2>
      <p class="soft">{policyText.ephemeral}</p>
      {question}
      {rows.length > 0 && <Table caption="Environments that come and go" columns={columns} rows={rows} rowKey={(row) => row.glob} />}
      {isAdmin && <EphemeralForm key={made} onSave={save} />}
    </section>
  );
}

function Policies({ rules, reload, isAdmin }: PartProps) {
  const [ask, question] = useQuestion(reload);
  const remove = (policy: PromotionPolicy): void =>
    ask({
      title: `Remove the policy of ${nameOf(policy)}?`,
      text: policyText.remove,
      verb: "Remove",
      command: policyRemoveCommand(policy),
      act: async () => void (await request(deletePolicyDocument, { id: policy.id })),
    });
  return (
    <section aria-labelledby="policies">
      <div class="head">
        <h2 id="policies">Promotion policies</h2>
        {isAdmin && <Link href="/environments/policies/new">Write a policy</Link>}
      </div>
      {question}
      {rules.promotionPolicies.length === 0 && (
        <Empty title={policyText.emptyTitle} command="rhumb cloud policy set --file promotion.hcl">
          <p>{isAdmin ? policyText.empty : policyText.emptyReader}</p>
        </Empty>
      )}
      {rules.promotionPolicies.map((policy) => (
        <Policy key={policy.id} policy={policy} onRemove={isAdmin ? () => remove(policy) : null} />
      ))}
    </section>
  );
}

/** Environments and the policies about them. */
export function RulesTab({ rules, reload }: { rules: Rules; reload: () => void }) {
  const isAdmin = mayAdminister(useMe());
  return (
    <>
      {!isAdmin && <p class="notice">{policyText.readOnly}</p>}
      <Environments rules={rules} reload={reload} isAdmin={isAdmin} />
      <Policies rules={rules} reload={reload} isAdmin={isAdmin} />
      <Ephemeral rules={rules} reload={reload} isAdmin={isAdmin} />
    </>
  );
}
