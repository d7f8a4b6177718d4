import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Route, Switch, useRoute } from "wouter-preact";
import { forgetToken, session, storedToken } from "./api/client.ts";
import { meDocument } from "./api/first-documents.ts";
import { useRemote } from "./api/remote.ts";
import type { Me } from "./api/types.ts";
import { Shell } from "./components/shell.tsx";
import { Loaded } from "./components/state.tsx";
import { lazy, lazyDialog } from "./lazy.tsx";
import { HomePage } from "./pages/home.tsx";
import { LoginPage } from "./pages/login.tsx";
import { NotFoundPage } from "./pages/not-found.tsx";

const others = () => import("./pages/others.ts");
const DatabasePage = lazy(async () => (await others()).DatabasePage);
const DatabasesPage = lazy(async () => (await others()).DatabasesPage);
const DeploymentPage = lazy(async () => (await others()).DeploymentPage);
const MigrationsPage = lazy(async () => (await others()).MigrationsPage);
const RepoPage = lazy(async () => (await others()).RepoPage);
const TagByIdPage = lazy(async () => (await others()).TagByIdPage);
const ReposPage = lazy(async () => (await others()).ReposPage);
const SetPage = lazy(async () => (await others()).SetPage);
const SetupPage = lazy(async () => (await others()).SetupPage);
const TokensPage = lazy(async () => (await others()).TokensPage);
const GoTo = lazyDialog(async () => (await others()).GoTo);
const KeyHelp = lazyDialog(async () => (await others()).KeyHelp);

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
      <Route path="/databases">{() => <DatabasesPage />}</Route>
      <Route path="/databases/:id">{({ id }) => <DatabasePage key={id} id={id} />}</Route>
      <Route path="/migrations">{() => <MigrationsPage />}</Route>
      <Route path="/settings/tokens">{() => <TokensPage />}</Route>
      <Route>{() => <NotFoundPage />}</Route>
    </Switch>
  );
}

function Inside({ onLogout }: { onLogout: () => void }) {
  const [remote, reload] = useRemote<{ me: Me }>(meDocument);
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
