import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { forgetToken } from "../api/client.ts";
import type { Me } from "../api/types.ts";

const pages: [string, string, string][] = [
  ["/", "Home", "h"],
  ["/repos", "Repositories", "r"],
  ["/databases", "Databases", "d"],
  ["/migrations", "Migrations", "m"],
  ["/settings/tokens", "Tokens", "t"],
];

function isCurrent(path: string, location: string): boolean {
  return path === "/" ? location === "/" : location === path || location.startsWith(`${path}/`);
}

/** `g` and a letter go to a page, `/` to the search field, `?` to the list of keys. */
function useShortcuts(navigate: (path: string) => void, help: { current: HTMLDialogElement | null }): void {
  useEffect(() => {
    let afterG = false;
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, textarea") !== null) return;
      if (afterG) {
        afterG = false;
        const page = pages.find(([, , key]) => key === event.key);
        if (page !== undefined) navigate(page[0]);
        return;
      }
      if (event.key === "g") afterG = true;
      if (event.key === "?") help.current?.showModal();
      if (event.key === "/") {
        event.preventDefault();
        document.querySelector<HTMLInputElement>("[data-search]")?.focus();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate]);
}

function KeyHelp({ dialog }: { dialog: { current: HTMLDialogElement | null } }) {
  return (
    <dialog ref={dialog} aria-label="Keyboard shortcuts">
      <h2>Keyboard shortcuts</h2>
      <dl class="facts">
        {pages.map(([, name, key]) => (
          <div key={key}>
            <dt>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>Search on this page</dd>
        </div>
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}

export function Shell({ me, onLogout, children }: { me: Me; onLogout: () => void; children: ComponentChildren }) {
  const [location, navigate] = useLocation();
  const help = useRef<HTMLDialogElement>(null);
  useShortcuts(navigate, help);
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="bar">
        <Link href="/" class="brand">
          <img src="/favicon.svg" alt="" width="22" height="22" /> Rhumb
        </Link>
        <nav aria-label="Pages">
          {pages.map(([path, name]) => (
            <Link key={path} href={path} aria-current={isCurrent(path, location) ? "page" : undefined}>
              {name}
            </Link>
          ))}
        </nav>
        <span class="who">
          {me.name} · {me.org}
          <button
            type="button"
            onClick={() => {
              forgetToken();
              onLogout();
            }}
          >
            Log out
          </button>
        </span>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <KeyHelp dialog={help} />
    </>
  );
}
