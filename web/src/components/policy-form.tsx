import { useRef, useState } from "preact/hooks";
import { toApiError } from "../api/client.ts";
import type { PromotionPolicy, PromotionStage } from "../api/types.ts";
import { policySetCommand } from "../lib/policies.ts";
import { changeStage, draftErrors, draftOf, newStage, placeRefusal, raiseStage, removeStage, stagesOf, type DraftErrors } from "../lib/policy-draft.ts";
import { policyText } from "../text-policies.ts";
import { Command } from "./command.tsx";
import { Field } from "./form.tsx";
import { StageFields, ZoneList } from "./stage-fields.tsx";
import { StageMap } from "./stage-map.tsx";

interface PolicyFormProps {
  /** The policy that is changed; without it a new one is written. */
  policy: PromotionPolicy | undefined;
  /** Those that are there. */
  policies: PromotionPolicy[];
  repos: string[];
  onSave: (wish: { repo: string | null; stages: PromotionStage[] }) => Promise<void>;
}

function repoError(repo: string | null, policies: PromotionPolicy[]): string | undefined {
  if (!policies.some((each) => each.repo === repo)) return undefined;
  return repo === null ? policyText.everyReplaces : policyText.replaces;
}

function Preview({ repo, stages, isWrong }: { repo: string | null; stages: PromotionStage[]; isWrong: boolean }) {
  return (
    <section aria-labelledby="preview">
      <h2 id="preview">What it says</h2>
      {isWrong ? (
        <p class="soft">{policyText.noCommand}</p>
      ) : (
        <>
          <StageMap label="The way of a version" stages={stages} />
          <p class="soft">{policyText.command}</p>
          <Command>{policySetCommand(repo, stages)}</Command>
        </>
      )}
    </section>
  );
}

/** Writes a policy, stage by stage. What is wrong stands at its field. */
export function PolicyForm({ policy, policies, repos, onSave }: PolicyFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [repoText, setRepoText] = useState(policy?.repo ?? "");
  const [draft, setDraft] = useState(() => (policy === undefined ? [newStage([])] : draftOf(policy.stages)));
  const [isTried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<DraftErrors>({});
  const [isBusy, setBusy] = useState(false);
  const repo = repoText.trim() === "" ? null : repoText.trim();
  const taken = policy === undefined ? repoError(repo, policies) : undefined;
  const found: DraftErrors = { ...draftErrors(draft), ...(taken === undefined ? {} : { repo: taken }) };
  const isWrong = Object.keys(found).length > 0;
  const shown = isTried ? { ...refusal, ...found } : {};
  const edit = (now: typeof draft): void => {
    setRefusal({});
    setDraft(now);
  };
  // After the errors are there: whoever does not see them is taken to the first.
  const focusFirst = (): void => void setTimeout(() => form.current?.querySelector<HTMLInputElement>('[aria-invalid="true"]')?.focus());
  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (isWrong) return focusFirst();
    setBusy(true);
    await onSave({ repo, stages: stagesOf(draft) }).catch((failure: unknown) => {
      setRefusal(placeRefusal(toApiError(failure).message, draft));
      focusFirst();
    });
    setBusy(false);
  };
  return (
    <form ref={form} class="policy-form" aria-label="Policy" noValidate onSubmit={(event) => void save(event)}>
      {policy === undefined && (
        <div class="fields">
          <Field
            label="Repository"
            list="policy-repos"
            value={repoText}
            autoComplete="off"
            placeholder={policyText.everyRepo}
            hint="Empty: every one that has no policy of its own"
            error={shown.repo}
            onValue={(value) => {
              setRefusal({});
              setRepoText(value);
            }}
          />
          <datalist id="policy-repos">
            {repos.map((slug) => (
              <option key={slug} value={slug} />
            ))}
          </datalist>
        </div>
      )}
      <ZoneList />
      {draft.map((stage, i) => (
        <StageFields
          key={stage.key}
          stage={stage}
          number={i + 1}
          before={draft.slice(0, i)}
          errors={shown}
          onChange={(changes) => edit(changeStage(draft, stage.key, changes))}
          onRaise={() => edit(raiseStage(draft, stage.key))}
          onRemove={() => edit(removeStage(draft, stage.key))}
        />
      ))}
      <div class="filters">
        <button type="button" onClick={() => edit([...draft, newStage(draft)])}>
          Add a stage
        </button>
        <button type="submit" class="primary" disabled={isBusy}>
          {policy === undefined ? "Make the policy" : "Save the policy"}
        </button>
      </div>
      <p role="alert" class="bad">
        {shown.form}
      </p>
      <Preview repo={repo} stages={isWrong ? [] : stagesOf(draft)} isWrong={isWrong} />
    </form>
  );
}
