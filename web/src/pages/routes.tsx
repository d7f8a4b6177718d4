import { Route, Switch } from "wouter-preact";
import { AccountPage } from "./account.tsx";
import { ApprovalsPage } from "./approvals.tsx";
import { AuditPage } from "./audit.tsx";
import { CiRunPage } from "./ci-run.tsx";
import { DatabasePage } from "./database.tsx";
import { DatabasesPage } from "./databases.tsx";
import { DeclarativePlanPage } from "./declarative-plan.tsx";
import { DeploymentPage } from "./deployment.tsx";
import { DevicePage } from "./device.tsx";
import { DrawingPage } from "./drawing.tsx";
import { EnvironmentsPage } from "./environments.tsx";
import { InstancePage } from "./instance.tsx";
import { MembersPage } from "./members.tsx";
import { MigrationsPage } from "./migrations.tsx";
import { NotFoundPage } from "./not-found.tsx";
import { PlanPage } from "./plan.tsx";
import { PlansPage } from "./plans.tsx";
import { PolicyPage } from "./policy.tsx";
import { TagByIdPage } from "./repo-tags.tsx";
import { RepoPage } from "./repo.tsx";
import { ReposPage } from "./repos.tsx";
import { SetPage } from "./set.tsx";
import { TokensPage } from "./tokens.tsx";
import { WebhookPage } from "./webhook.tsx";
import { WebhooksPage } from "./webhooks.tsx";

/** Addresses that command lines print and documents link to; those below `/dirs` name the repository by number. */
export function OtherRoutes() {
  return (
    <Switch>
      <Route path="/repos">{() => <ReposPage />}</Route>
      <Route path="/repos/*">{(params) => <RepoPage key={params["*"]} by={{ slug: params["*"] }} />}</Route>
      <Route path="/dirs/:id">{({ id }) => <RepoPage key={id} by={{ id }} />}</Route>
      <Route path="/dirs/:id/tags/:tag">{({ id, tag }) => <TagByIdPage key={tag} repoId={id} tagId={tag} />}</Route>
      {["/deployments/sets/:id", "/dirs/:dir/deployments/sets/:id"].map((path) => (
        <Route key={path} path={path}>
          {({ id }: { id: string }) => <SetPage key={id} id={id} />}
        </Route>
      ))}
      {["/deployments/:id", "/dirs/:dir/deployments/:id"].map((path) => (
        <Route key={path} path={path}>
          {({ id }: { id: string }) => <DeploymentPage key={id} id={id} />}
        </Route>
      ))}
      <Route path="/schemas/:id">{({ id }) => <RepoPage key={id} by={{ id }} />}</Route>
      <Route path="/schemas/:repo/plans/:id">{({ id }) => <DeclarativePlanPage key={id} id={id} />}</Route>
      <Route path="/ci-runs/:id">{({ id }) => <CiRunPage key={id} id={id} />}</Route>
      <Route path="/explore/:id">{({ id }) => <DrawingPage key={id} id={id} />}</Route>
      <Route path="/instances/:id">{({ id }) => <InstancePage key={id} id={id} />}</Route>
      <Route path="/databases">{() => <DatabasesPage />}</Route>
      <Route path="/databases/:id">{({ id }) => <DatabasePage key={id} id={id} />}</Route>
      <Route path="/migrations">{() => <MigrationsPage />}</Route>
      <Route path="/plans">{() => <PlansPage />}</Route>
      <Route path="/plans/:id">{({ id }) => <PlanPage key={id} id={id} />}</Route>
      <Route path="/approvals">{() => <ApprovalsPage />}</Route>
      <Route path="/environments">{() => <EnvironmentsPage />}</Route>
      <Route path="/environments/policies/:id">{({ id }) => <PolicyPage key={id} id={id} />}</Route>
      <Route path="/account">{() => <AccountPage />}</Route>
      <Route path="/device">{() => <DevicePage />}</Route>
      <Route path="/settings/audit">{() => <AuditPage />}</Route>
      <Route path="/settings/members">{() => <MembersPage />}</Route>
      <Route path="/settings/tokens">{() => <TokensPage />}</Route>
      <Route path="/settings/webhooks">{() => <WebhooksPage />}</Route>
      <Route path="/settings/webhooks/:id">{({ id }) => <WebhookPage key={id} id={id} />}</Route>
      <Route>{() => <NotFoundPage />}</Route>
    </Switch>
  );
}
