import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Route, Switch, useRoute } from "wouter-preact";
import { forgetToken, session, storedToken } from "./api/client.ts";
import { meDocument } from "./api/first-documents.ts";
import { useRemote } from "./api/remote.ts";
import type { Me } from "./api/types.ts";
import { Shell } from "./components/shell.tsx";
import { Loaded } from "./components/state.tsx";
import { HomePage } from "./pages/home.tsx";
import { lazyPages } from "./pages/lazy-pages.ts";
import { LoginPage } from "./pages/login.tsx";
import { NotFoundPage } from "./pages/not-found.tsx";

const preloadMs = 1500;

const CiRunPage = lazyPages.page((pages) => pages.CiRunPage);
const DatabasePage = lazyPages.page((pages) => pages.DatabasePage);
const DatabasesPage = lazyPages.page((pages) => pages.DatabasesPage);
const DeclarativePlanPage = lazyPages.page((pages) => pages.DeclarativePlanPage);
const DeploymentPage = lazyPages.page((pages) => pages.DeploymentPage);
const DrawingPage = lazyPages.page((pages) => pages.DrawingPage);
const InstancePage = lazyPages.page((pages) => pages.InstancePage);
const MigrationsPage = lazyPages.page((pages) => pages.MigrationsPage);
const PlanPage = lazyPages.page((pages) => pages.PlanPage);
const PlansPage = lazyPages.page((pages) => pages.PlansPage);
const RepoPage = lazyPages.page((pages) => pages.RepoPage);
const TagByIdPage = lazyPages.page((pages) => pages.TagByIdPage);
const ReposPage = lazyPages.page((pages) => pages.ReposPage);
const SetPage = lazyPages.page((pages) => pages.SetPage);
const SetupPage = lazyPages.page((pages) => pages.SetupPage);
const TokensPage = lazyPages.page((pages) => pages.TokensPage);
const GoTo = lazyPages.dialog((pages) => pages.GoTo);
const KeyHelp = lazyPages.dialog((pages) => pages.KeyHelp);

/** Addresses that command lines print and documents link to; those below `/dirs` name the repository by number. */
function Routes() {
  return (
    <Switch>
      <Route path="/">{() => <HomePage />}</Route>
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
      <Route path="/settings/tokens">{() => <TokensPage />}</Route>
      <Route>{() => <NotFoundPage />}</Route>
    </Switch>
  );
}

function Inside({ onLogout }: { onLogout: () => void }) {
  const [remote, reload] = useRemote<{ me: Me }>(meDocument);
  // What comes after the first screen is fetched when that one is done; a failure shows when it is needed.
  useEffect(() => {
    const timer = setTimeout(() => void lazyPages.preload().catch(() => undefined), preloadMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Loaded remote={remote} reload={reload}>
      {({ me }) => (
        <Shell me={me} Help={KeyHelp} Palette={GoTo} onLogout={onLogout}>
          <Routes />
        </Shell>
      )}
    </Loaded>
  );
}

function App() {
  const [hasToken, setHasToken] = useState(storedToken() !== null);
  const [isSetup, setup] = useRoute("/setup/:code");
  const logOut = (): void => {
    forgetToken();
    setHasToken(false);
  };
  useEffect(() => {
    session.addEventListener("lost", logOut);
    return () => session.removeEventListener("lost", logOut);
  }, []);
  if (isSetup) return <SetupPage code={setup.code} onDone={() => setHasToken(true)} />;
  return hasToken ? <Inside onLogout={logOut} /> : <LoginPage onDone={() => setHasToken(true)} />;
}

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
