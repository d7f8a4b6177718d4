import type { PolicyAction } from "../api/types.ts";
import { newFreeze, type DraftErrors, type FreezeDraft, type StageDraft } from "../lib/policy-draft.ts";
import { timeZones } from "../lib/zones.ts";
import { policyText } from "../text-policies.ts";
import { Field } from "./form.tsx";

interface FreezeFieldsProps {
  freeze: FreezeDraft;
  place: string;
  error: string | undefined;
  zoneError: string | undefined;
  onChange: (changes: Partial<FreezeDraft>) => void;
  onRemove: () => void;
}

/** The list of zones that the fields of a form offer. */
const zonesId = "time-zones";

export function ZoneList() {
  return (
    <datalist id={zonesId}>
      {timeZones().map((zone) => (
        <option key={zone} value={zone} />
      ))}
    </datalist>
  );
}

function FreezeFields({ freeze, place, error, zoneError, onChange, onRemove }: FreezeFieldsProps) {
  const field = (name: "weekly" | "zone" | "from" | "until" | "reason", label: string, more: Record<string, unknown> = {}) => (
    <Field label={label} value={freeze[name]} autoComplete="off" onValue={(value) => onChange({ [name]: value })} {...more} />
  );
  return (
    <fieldset class="fields freeze">
      <legend>{place}</legend>
      <label class="filter">
        When
        <select value={freeze.isWeekly ? "weekly" : "once"} onChange={(event) => onChange({ isWeekly: event.currentTarget.value === "weekly" })}>
          <option value="weekly">every week</option>
          <option value="once">once</option>
        </select>
      </label>
      {freeze.isWeekly ? (
        <>
          {field("weekly", "Hours", { hint: policyText.weekly, error })}
          {field("zone", "Time zone", { list: zonesId, hint: policyText.zone, error: zoneError })}
        </>
      ) : (
        <>
          {field("from", "From (UTC)", { type: "datetime-local", step: 1, error })}
          {field("until", "Until (UTC)", { type: "datetime-local", step: 1 })}
        </>
      )}
      {field("reason", "Reason")}
      <button type="button" aria-label={`Remove ${place.toLowerCase()}`} onClick={onRemove}>
        Remove
      </button>
    </fieldset>
  );
}

interface StageFieldsProps {
  stage: StageDraft;
  number: number;
  /** Those that it may require. */
  before: StageDraft[];
  errors: DraftErrors;
  onChange: (changes: Partial<StageDraft>) => void;
  onRaise: () => void;
  onRemove: () => void;
}

function Requires({ stage, before, error, onChange }: Pick<StageFieldsProps, "stage" | "before" | "onChange"> & { error: string | undefined }) {
  if (before.length === 0) return null;
  const toggle = (key: number): void => onChange({ requires: stage.requires.includes(key) ? stage.requires.filter((each) => each !== key) : [...stage.requires, key] });
  return (
    <fieldset class="requires wide">
      <legend>A version must have passed in</legend>
      {before.map(({ key, name }, i) => (
        <label key={key} class="check">
          <input type="checkbox" checked={stage.requires.includes(key)} onChange={() => toggle(key)} /> {name.trim() === "" ? `stage ${i + 1}` : name}
        </label>
      ))}
      {error !== undefined && <span class="field-error">{error}</span>}
    </fieldset>
  );
}

function Freezes({ stage, number, errors, onChange }: Pick<StageFieldsProps, "stage" | "number" | "errors" | "onChange">) {
  const { freezes } = stage;
  const change = (key: number, changes: Partial<FreezeDraft>): void => onChange({ freezes: freezes.map((each) => (each.key === key ? { ...each, ...changes } : each)) });
  const error = errors[`${stage.key}.freezes`];
  return (
    <div class="wide freezes">
      {freezes.map((freeze, i) => (
        <FreezeFields
          key={freeze.key}
          freeze={freeze}
          place={`Freeze ${i + 1} of stage ${number}`}
          error={errors[`freeze.${freeze.key}`]}
          zoneError={errors[`zone.${freeze.key}`]}
          onChange={(changes) => change(freeze.key, changes)}
          onRemove={() => onChange({ freezes: freezes.filter((each) => each !== freeze) })}
        />
      ))}
      {error !== undefined && <span class="field-error">{error}</span>}
      <button type="button" onClick={() => onChange({ freezes: [...freezes, newFreeze()] })}>
        Add a freeze
      </button>
    </div>
  );
}

/** One stage of a policy that is being written. */
export function StageFields({ stage, number, before, errors, onChange, onRaise, onRemove }: StageFieldsProps) {
  const field = (name: "name" | "envs" | "coverage" | "soak" | "approvals", label: string, more: Record<string, unknown> = {}) => (
    <Field
      label={label}
      value={stage[name]}
      autoComplete="off"
      error={errors[`${stage.key}.${name}`]}
      onValue={(value) => onChange({ [name]: value })}
      {...more}
    />
  );
  const isRequiring = stage.requires.length > 0;
  return (
    <fieldset class="fields stage-fields">
      <legend>Stage {number}</legend>
      {field("name", "Name")}
      {field("envs", "Environments", { hint: policyText.envs })}
      <Requires stage={stage} before={before} error={errors[`${stage.key}.requires`]} onChange={onChange} />
      {isRequiring && field("coverage", "In how many databases", { hint: policyText.coverage })}
      {isRequiring && field("soak", "For how long", { hint: policyText.soak })}
      {field("approvals", "Approvals", { type: "number", hint: "by people who did not push it" })}
      <label class="filter">
        Otherwise
        <select value={stage.onViolation} onChange={(event) => onChange({ onViolation: event.currentTarget.value as PolicyAction })}>
          <option value="FAIL">it is refused</option>
          <option value="WARN">it is warned of</option>
        </select>
      </label>
      <Freezes stage={stage} number={number} errors={errors} onChange={onChange} />
      <div class="wide actions">
        {number > 1 && (
          <button type="button" aria-label={`Move up stage ${number}`} onClick={onRaise}>
            Move up
          </button>
        )}
        <button type="button" aria-label={`Remove stage ${number}`} onClick={onRemove}>
          Remove stage
        </button>
      </div>
    </fieldset>
  );
}
