import { useLocation, useSearch } from "wouter-preact";
import { checkDeploymentDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { DeploymentAnswer } from "../api/types.ts";
import { Command } from "../components/command.tsx";
import { Field, Form } from "../components/form.tsx";
import { ReasonList } from "../components/reason-list.tsx";
import { Loaded } from "../components/state.tsx";
import { Badge } from "../components/status.tsx";
import { policyCheckCommand, policyOf, stageOf } from "../lib/policies.ts";
import { valueOf, withQuery } from "../lib/query.ts";
import { policyText } from "../text-policies.ts";
import type { Rules } from "./environments.tsx";

interface DeploymentQuestion {
  repo: string;
  env: string;
  version: string;
}

function Answer({ question, stage }: { question: DeploymentQuestion; stage: string | undefined }) {
  const { repo, env, version } = question;
  const [remote, reload] = useRemote<{ checkDeployment: DeploymentAnswer }>(checkDeploymentDocument, { input: { repo, envName: env, version } });
  return (
    <Loaded remote={remote} reload={reload}>
      {({ checkDeployment: { allowed, reasons } }) => (
        <section aria-labelledby="answer">
          <div class="head" role="status">
            <h2 id="answer">
              {version} of {repo} in {env}
            </h2>
            <Badge tone={allowed ? "ok" : "bad"} mark={allowed ? "✓" : "✕"}>
              {allowed ? policyText.allowed : policyText.refused}
            </Badge>
          </div>
          <p class="soft">{stage === undefined ? "No stage of a policy is about this environment." : `The environment is in the stage ${stage}.`}</p>
          {reasons.length === 0 ? <p>{policyText.noReason}</p> : <ReasonList reasons={reasons} />}
          <p class="soft">{policyText.command}</p>
          <Command>{policyCheckCommand(question)}</Command>
        </section>
      )}
    </Loaded>
  );
}

/** Why a version may not go somewhere. The question lives in the address. */
export function CheckTab({ rules }: { rules: Rules }) {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const question: DeploymentQuestion = { repo: valueOf(search, "repo"), env: valueOf(search, "env"), version: valueOf(search, "version") };
  const isAsked = Object.values(question).every((value) => value !== "");
  const stages = policyOf(rules.promotionPolicies, question.repo)?.stages ?? [];
  const ask = async ({ repo = "", env = "", version = "" }: Record<string, string>): Promise<void> =>
    navigate(path + withQuery(search, { repo: repo.trim(), env: env.trim(), version: version.trim() }));
  return (
    <>
      <p class="soft">{policyText.check}</p>
      <Form key={search} label="Check a version" submit="Check" className="filters" onSubmit={ask}>
        <Field label="Repository" name="repo" list="check-repos" defaultValue={question.repo} autoComplete="off" data-search required />
        <Field label="Environment" name="env" list="check-envs" defaultValue={question.env} autoComplete="off" required />
        <Field label="Version" name="version" defaultValue={question.version} autoComplete="off" required />
        <datalist id="check-repos">
          {rules.repos.repos.map(({ slug }) => (
            <option key={slug} value={slug} />
          ))}
        </datalist>
        <datalist id="check-envs">
          {rules.environments.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </Form>
      {isAsked && <Answer key={search} question={question} stage={stageOf(stages, question.env)?.name} />}
    </>
  );
}
